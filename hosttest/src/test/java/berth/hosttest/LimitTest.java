package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What containers and groups may use of the machine. */
final class LimitTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    private static String pids(String container) {
        return Cgroups.ofContainer(host, container, "pids.max", "pids.max");
    }

    private static String memory(String container) {
        return Cgroups.ofContainer(host, container, "memory.limit_in_bytes", "memory.max");
    }

    private static String cpu(String container) {
        return Cgroups.ofContainer(host, container, "cpu.cfs_quota_us", "cpu.max")
                .replaceAll(" .*", "");
    }

    @Test
    void limitsHoldAtOnceAndAfterEveryRestart() {
        host.given("ct new --image busybox web", "ct start web");

        assertThat(host.osctl("ct set cpu-limit web 150%")).succeeds().mentions("150%");
        assertThat(host.osctl("ct set memory-limit web 64M 64M")).succeeds();
        assertThat(host.osctl("ct set pids-limit web 50")).succeeds();
        assertThat(cpu("web")).isEqualTo("150000");
        assertThat(memory("web")).isEqualTo("67108864");
        assertThat(pids("web")).isEqualTo("50");

        host.killDaemon();
        host.startDaemon();
        host.given("ct restart --kill web");

        assertThat(cpu("web")).isEqualTo("150000");
        assertThat(memory("web")).isEqualTo("67108864");
        assertThat(pids("web")).isEqualTo("50");
    }

    @Test
    void whatIsLiftedIsUnlimitedAtOnce() {
        host.given(
                "ct new --image busybox web",
                "ct set pids-limit web 50",
                "ct set cpuset web 0",
                "ct start web",
                "ct unset pids-limit web",
                "ct unset cpuset web");

        assertThat(pids("web")).isEqualTo("max");
        assertThat(host.json("ct show web").get("cpuset").isNull()).isTrue();
    }

    @Test
    void aDaemonThatComesBackMakesHoldWhatIsConfigured() {
        host.given("ct new --image busybox web", "ct set pids-limit web 50", "ct start web");
        Path file = Cgroups.fileOfContainer(host, "web", "pids.max", "pids.max");
        host.killDaemon();

        Host.write(file, "60");
        host.startDaemon();

        assertThat(pids("web")).isEqualTo("50");
    }

    @Test
    void itIsToldWhatHoldsAndWhoseItIs() {
        host.given(
                "group new /web",
                "group set memory-limit /web 256M",
                "group set cpu-limit /web 50.5%",
                "ct new --image busybox --group /web shop",
                "ct set memory-limit shop 1G",
                "ct set cpu-limit shop 10%");

        var shown = host.json("ct show shop");

        assertThat(shown.get("memory_limit").asLong()).isEqualTo(256L << 20);
        assertThat(shown.get("cpu_limit").asDouble()).isEqualTo(10);
        assertThat(shown.get("limited_by").get("memory-limit").asString()).isEqualTo("group /web");
        assertThat(shown.get("limited_by").get("cpu-limit").asString()).isEqualTo("itself");
        assertThat(shown.get("limits").get("memory-limit").asString()).isEqualTo("1G");
        assertThat(host.json("group show /web").get("cpu_limit").asDouble()).isEqualTo(50.5);
    }

    @Test
    void aGroupsLimitIsThereWithItsFirstContainerAndChangesUnderIt() {
        host.given(
                "group new /web",
                "group set pids-limit /web 40",
                "group set cpu-limit /web 100%",
                "ct new --image busybox --group /web shop",
                "ct set cpu-limit shop 80%",
                "ct start shop");
        assertThat(Cgroups.ofGroup(host, "/web", "pids.max", "pids.max")).isEqualTo("40");
        assertThat(cpu("shop")).isEqualTo("80000");

        assertThat(host.osctl("group set cpu-limit /web 30%")).succeeds();
        assertThat(Cgroups.ofGroup(host, "/web", "cpu.cfs_quota_us", "cpu.max")).startsWith("30000");

        assertThat(host.osctl("group unset cpu-limit /web")).succeeds();
        assertThat(cpu("shop")).isEqualTo("80000");
    }

    @Test
    void processorsFollowThoseOfTheGroup() {
        host.given(
                "group new /web",
                "ct new --image busybox --group /web shop",
                "ct start shop",
                "group set cpuset /web 0");
        String inside = "ct exec shop grep Cpus_allowed_list /proc/self/status";

        assertThat(host.osctl(inside).stdout().strip()).endsWith("\t0");

        host.given("group unset cpuset /web");
        assertThat(host.osctl(inside).stdout().strip()).doesNotEndWith("\t0");
    }

    @Test
    void whoTakesMoreMemoryThanThereIsIsKilledAndCounted() {
        host.given("ct new --image busybox web", "ct set memory-limit web 32M", "ct start web");

        assertThat(host.osctl("ct exec web sh -c 'head -c 100000000 /dev/zero | tail -c 99999999 >/dev/null'")
                        .status())
                .isNotZero();

        assertThat(host.json("ct show web").get("oom_kills").asInt()).isPositive();
        assertThat(host.state("web")).isEqualTo("running");
    }

    @Test
    void whoForksMoreThanIsAllowedFailsAndIsCounted() {
        host.given("ct new --image busybox web", "ct set pids-limit web 20", "ct start web");

        host.osctl("ct exec web sh -c 'for i in $(seq 40); do sleep 60 & done'");

        var shown = host.json("ct show web");
        assertThat(shown.get("nproc").asInt()).isLessThanOrEqualTo(20);
        assertThat(shown.get("refused_tasks").asInt()).isPositive();
        assertThat(host.osctl("ct stop --kill web")).succeeds();
    }

    @Test
    void processorTimeThatIsUsedUpIsCounted() {
        host.given("ct new --image busybox web", "ct set cpu-limit web 10%", "ct start web");

        host.osctl("ct exec web sh -c 'i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done'");

        assertThat(host.json("ct show web").get("throttled_us").asLong()).isPositive();
    }

    @ParameterizedTest
    @CsvSource({
        "cpu-limit,0",
        "cpu-limit,99999%",
        "memory-limit,0",
        "memory-limit,1000T",
        "pids-limit,0",
        "pids-limit,999999999",
        "cpuset,4000",
        "io-limit,fast",
        "cpu-weight,0"
    })
    void whatCannotBeIsRefusedAndNothingChanges(String limit, String value) {
        host.given("ct new --image busybox web", "ct start web");

        assertThat(host.osctl("ct set %s web %s".formatted(limit, value))).fails(Status.INVALID);

        assertThat(host.json("ct show web").get("limits").isEmpty()).isTrue();
        assertThat(host.json("ct show web").get("revision").asInt()).isEqualTo(1);
    }

    @Test
    void lessMemoryThanIsInUseIsRefused() {
        host.given("ct new --image busybox web", "ct set memory-limit web 256M", "ct start web");
        // Files of a tmpfs are memory that cannot be given back.
        host.given(
                "ct exec web mkdir /full",
                "ct exec web mount -t tmpfs none /full",
                "ct exec web dd if=/dev/zero of=/full/file bs=1M count=64");

        assertThat(host.osctl("ct set memory-limit web 32M"))
                .fails(Status.IN_USE)
                .complains("memory-limit 32M", "web");

        assertThat(memory("web")).isEqualTo("268435456");
        assertThat(host.json("ct show web").get("limits").get("memory-limit").asString())
                .isEqualTo("256M");
    }

    @Test
    void aRollbackBringsFormerLimitsBackAtOnce() {
        host.given(
                "ct new --image busybox web",
                "ct set pids-limit web 50",
                "ct start web",
                "ct set pids-limit web 60",
                "ct rollback web 2");

        assertThat(pids("web")).isEqualTo("50");
    }

    @Test
    void parametersOfTheKernelAreSetListedAndReplaced() {
        host.given("ct new --image busybox web", "ct start web");

        assertThat(host.osctl("ct cgparams set web pids.max 77")).succeeds();
        assertThat(pids("web")).isEqualTo("77");
        assertThat(host.osctl("ct cgparams ls -H -o parameter,value web"))
                .succeeds()
                .mentions("pids.max", "77");

        assertThat(host.shell("echo '{\"parameters\": []}' | osctl ct cgparams replace web")
                        .run())
                .succeeds();
        assertThat(pids("web")).isEqualTo("max");
        assertThat(host.osctl("ct cgparams unset web pids.max")).fails(Status.NOT_FOUND);
    }

    @Test
    void aParameterThatTheKernelRefusesIsNotKept() {
        host.given("ct new --image busybox web", "ct start web");

        assertThat(host.osctl("ct cgparams set web pids.max many"))
                .fails(Status.INVALID)
                .complains("pids.max");
        assertThat(host.osctl("ct cgparams set -v 2 web cgroup.procs 1")).fails(Status.INVALID);
        assertThat(host.osctl("ct cgparams set web ../../x 1"))
                .fails(Status.INVALID)
                .complains("../../x", "memory.high");

        assertThat(host.json("ct cgparams ls web")).isEmpty();
    }
}
