package berth.hosttest.attack;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import berth.hosttest.Cgroups;
import berth.hosttest.Host;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Root inside a container tries to raise its limits, or to leave the cgroups that have them. */
@ParameterizedClass
@EnumSource(Kind.class)
final class LimitEscapeTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    private final Kind kind;

    private Attacker bad;

    LimitEscapeTest(Kind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void aLimitedContainer() {
        bad = Attacker.in(
                host,
                kind,
                "web",
                "ct set pids-limit web 60",
                "ct set memory-limit web 64M",
                "ct set cpu-limit web 50%",
                "ct set cpuset web 0");
    }

    private void asRoot(String script) {
        bad.asRoot(script);
    }

    private static void assertThatLimitsHold() {
        assertThat(Cgroups.ofContainer(host, "web", "pids.max", "pids.max")).isEqualTo("60");
        assertThat(Cgroups.ofContainer(host, "web", "memory.limit_in_bytes", "memory.max"))
                .isEqualTo("67108864");
        assertThat(Cgroups.ofContainer(host, "web", "cpu.cfs_quota_us", "cpu.max"))
                .startsWith("50000");
        assertThat(Cgroups.ofContainer(host, "web", "cpuset.cpus", "cpuset.cpus"))
                .isEqualTo("0");
        String cgroup = host.json("ct show web").get("cgroup_path").asString();
        assertThat(Cgroups.ofProcess(host.initPid("web"))).allMatch(line -> line.contains(":/" + cgroup));
    }

    @Test
    void everyFileThatItFindsInItsCgroupsIsWritten() {
        asRoot("""
                for f in $(find /sys/fs/cgroup -type f); do
                    for v in max -1 0-1 '100000 100000' 999999999; do echo "$v" >"$f"; done
                done 2>/dev/null""");

        assertThatLimitsHold();
    }

    @Test
    void treesAreMountedAnew() {
        asRoot("""
                mkdir -p /tmp/c
                for o in pids memory cpu cpuset blkio devices freezer none,name=systemd; do
                    mkdir -p /tmp/c/$o && mount -t cgroup -o $o none /tmp/c/$o
                done
                mkdir -p /tmp/c/two && mount -t cgroup2 none /tmp/c/two
                for f in $(find /tmp/c -name '*.max' -o -name '*limit_in_bytes' -o -name '*quota_us' -o -name cpuset.cpus); do
                    for v in max -1 0-1; do echo "$v" >"$f"; done
                done 2>/dev/null
                for f in $(find /tmp/c -name cgroup.procs -o -name tasks); do echo 1 >"$f"; done 2>/dev/null""");

        assertThatLimitsHold();
    }

    @Test
    void newCgroupsHaveNoMoreThanTheirParents() {
        asRoot("""
                for d in /sys/fs/cgroup /sys/fs/cgroup/*; do
                    mkdir -p $d/mine/deeper && for p in $d/mine $d/mine/deeper; do
                        echo max >$p/pids.max; echo -1 >$p/cpu.cfs_quota_us; echo 0-1 >$p/cpuset.cpus
                        echo 1 >$p/cgroup.procs
                    done
                done 2>/dev/null""");

        assertThatLimitsHold();
        asRoot("for i in $(seq 100); do sleep 60 & done");
        assertThat(host.json("ct show web").get("nproc").asInt()).isLessThanOrEqualTo(60);
    }

    @Test
    void namespacesOfItsOwnShowNothingMore() {
        asRoot("""
                unshare -Cm sh -c 'mkdir -p /tmp/r; mount -t cgroup -o pids none /tmp/r; mount -t cgroup2 none /tmp/r
                    for f in $(find /tmp/r -name pids.max); do echo max >$f; done
                    for f in $(find /tmp/r -name cgroup.procs); do echo 1 >$f; done' 2>/dev/null""");

        assertThatLimitsHold();
    }

    @Test
    void itsProcessesCannotBeMovedToTheMonitorOrBeyond() {
        asRoot("""
                for up in .. ../.. ../../.. ../../../..; do
                    for d in /sys/fs/cgroup /sys/fs/cgroup/*; do
                        for n in '' /monitor /entry /delegated; do echo 1 >$d/$up$n/cgroup.procs; done
                    done
                done 2>/dev/null""");

        assertThatLimitsHold();
    }

    @Test
    void aReleaseAgentCannotBeNamed() {
        asRoot("""
                for f in $(find /sys/fs/cgroup -name release_agent -o -name notify_on_release); do
                    echo /tmp/agent >$f; echo 1 >$f
                done 2>/dev/null""");

        assertThat(host.shell("cat /sys/fs/cgroup/*/release_agent 2>/dev/null | grep -c /tmp/agent")
                        .run())
                .prints("0");
    }

    @Test
    void aRebootInsideKeepsEveryLimit() {
        int former = host.initPid("web");

        asRoot("reboot");
        host.awaitReboot("web", former);

        assertThatLimitsHold();
    }
}
