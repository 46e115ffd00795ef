package berth.hosttest.attack;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import berth.hosttest.Host;
import berth.hosttest.Running;
import berth.hosttest.Skip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A container takes all it can get: the host and its neighbours go on, and it can be stopped and deleted as ever. */
@ParameterizedClass
@EnumSource(Kind.class)
@Tag("alone")
final class ExhaustionTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    private final Kind kind;

    private Attacker bad;
    private Attacker good;

    ExhaustionTest(Kind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void aGreedyOneAndANeighbour() {
        good = Attacker.in(host, kind, "good");
        bad = Attacker.in(host, kind, "bad", "ct set pids-limit bad 300", "ct set memory-limit bad 64M");
    }

    private void neighbourAndHostGoOn() {
        assertThat(good.asRoot("echo alive")).prints("alive");
        assertThat(host.osctl("ct new --image busybox third")).succeeds();
        assertThat(host.osctl("ct start third")).succeeds();
        assertThat(host.osctl("ct exec third echo alive")).prints("alive");
    }

    private static void itIsStoppedAndDeleted() {
        assertThat(host.osctl("ct stop --kill bad")).succeeds();
        assertThat(host.osctl("ct del bad")).succeeds();
    }

    @Test
    void aForkBombEndsAtItsOwnLimit() {
        Running bomb = bad.begins("forks 5000").shows(" children");

        assertThat(Integer.parseInt(bomb.output().replaceAll("\\D", ""))).isLessThan(300);
        neighbourAndHostGoOn();
        itIsStoppedAndDeleted();
    }

    @Test
    void aMemoryBombEndsAtItsOwnLimit() {
        assertThat(bad.tries("memory 256").status()).isNotZero();

        assertThat(host.json("ct show bad").get("oom_kills").asInt()).isPositive();
        neighbourAndHostGoOn();
        itIsStoppedAndDeleted();
    }

    @Test
    void filesInMemoryCountAsMemory() {
        bad.asRoot("mkdir -p /tmp/m; mount -t tmpfs -o size=1g none /tmp/m; mount -t tmpfs none /run;"
                + " dd if=/dev/zero of=/tmp/m/fill bs=1M count=256; dd if=/dev/zero of=/run/fill bs=1M count=256;"
                + " dd if=/dev/zero of=/dev/fill bs=1M count=256");

        // Nothing, if its init was among what the kernel killed.
        assertThat(host.json("ct show bad").get("memory").asLong(0)).isLessThanOrEqualTo(64L << 20);
        assertThat(host.shell("dd if=/dev/zero of=/run/%s/probe bs=1M count=1 2>/dev/null && rm /run/%1$s/probe"
                                .formatted(host.instance()))
                        .run())
                .succeeds();
        neighbourAndHostGoOn();
        itIsStoppedAndDeleted();
    }

    @Test
    void millionsOfEmptyFilesInMemoryCountAsMemory() {
        bad.asRoot("mkdir -p /tmp/m; mount -t tmpfs -o nr_inodes=0 none /tmp/m; cd /tmp/m; seq 400000 | xargs touch");

        assertThat(host.json("ct show bad").get("memory").asLong(0)).isLessThanOrEqualTo(64L << 20);
        neighbourAndHostGoOn();
        itIsStoppedAndDeleted();
    }

    /** More than its own pseudo-terminals; not all that the machine has, which others need while this runs. */
    @Test
    void hundredsOfTerminalsFromMountsOfItsOwnHinderNobody() {
        Running greedy = bad.command(
                        "ulimit -n 200; for i in 1 2 3 4; do mkdir -p /tmp/t$i;"
                                + " mount -t devpts -o newinstance,ptmxmode=666 none /tmp/t$i; /root/hostile terminals /tmp/t$i/ptmx & done; wait")
                .start()
                .shows(" terminals");

        assertThat(host.shell("script -qec 'echo a terminal' /dev/null").run()).mentions("a terminal");
        assertThat(host.command("ct ls").onTerminal().result()).mentions("good");
        assertThat(good.asRoot("echo alive")).prints("alive");
        itIsStoppedAndDeleted();
        await("the end of what held them").atMost(Running.PATIENCE).until(() -> !greedy.isRunning());
        neighbourAndHostGoOn();
    }

    @Test
    void aHundredThousandCgroupsAreMoreThanItGets() {
        bad.asRoot("mkdir -p /tmp/c; mount -t cgroup2 none /tmp/c");

        int got = Integer.parseInt(bad.tries("cgroups /tmp/c 100000").stdout().replaceAll("\\D", ""));

        assertThat(got).isBetween(100, 4096);
        neighbourAndHostGoOn();
        itIsStoppedAndDeleted();
    }

    /** Cgroup v1 knows no limit but memory for them: fewer are tried. */
    @Test
    void manyCgroupsOfTheOldKindHinderNobody() {
        bad.asRoot("mkdir -p /tmp/c; mount -t cgroup -o memory none /tmp/c || mount -t cgroup2 none /tmp/c");

        bad.tries("cgroups /tmp/c 1500");

        neighbourAndHostGoOn();
        itIsStoppedAndDeleted();
    }

    @Test
    void cgroupsDeeperThanAnyPathAreTakenAwayWithTheContainer() {
        bad.asRoot("mkdir -p /tmp/c /tmp/d; mount -t cgroup2 none /tmp/c; mount -t cgroup -o memory none /tmp/d;"
                + " /root/hostile depth /tmp/c 1000; /root/hostile depth /tmp/d 1000;"
                + " mkdir \"/tmp/c/$(printf '\\377\\376')\" \"/tmp/d/$(printf '\\377\\376')\"");

        // Nobody but the daemon is left to clean up.
        Running.signal(bad.monitor(), "KILL");
        host.awaitState("bad", "stopped");

        assertThat(host.osctl("ct start bad")).succeeds();
        assertThat(bad.asRoot("stat -c %a /")).prints("755");
        itIsStoppedAndDeleted();
    }

    @Test
    void directoriesDeeperThanAnyPathAreTakenAwayWithTheContainer() {
        bad.tries("depth /root 3000");

        itIsStoppedAndDeleted();
        await("nothing of it on the disk")
                .atMost(Running.PATIENCE)
                .until(() -> host.shell("find %s -name deeper | head -n 1".formatted(host.pool("tank")))
                        .run()
                        .stdout()
                        .isEmpty());
    }

    @Test
    void aFloodOnTheConsoleFillsNoLog() throws IOException {
        Path log = host.pool("tank").resolve("log/ct/bad.console.log");
        Running viewer = host.shell("osctl ct console bad | sleep 100").start();

        bad.asRoot("yes 'flood flood flood flood flood flood flood flood' | head -c 8000000 >/dev/console");

        assertThat(Files.size(log)).isLessThanOrEqualTo(512 * 1024);
        neighbourAndHostGoOn();
        viewer.signal("KILL");
        itIsStoppedAndDeleted();
    }

    @Test
    void aFloodOfOutputThatNobodyReadsHoldsUpNobody() {
        host.shell("osctl ct exec bad yes | sleep 100").start();
        host.shell("script -qec 'osctl ct exec bad yes' /dev/null | sleep 100").start();

        neighbourAndHostGoOn();
        itIsStoppedAndDeleted();
    }

    @Test
    void aStormOfRebootsHoldsUpNobody() {
        bad.asRoot("printf '::sysinit:/sbin/reboot -f\\n' >/etc/inittab");
        bad.asRoot("reboot -f");

        neighbourAndHostGoOn();
        itIsStoppedAndDeleted();
    }

    @Test
    void aDaemonThatIsDearToTheHostDoesNotMakeItsGuestsSo() {
        String score = "echo %d >/proc/" + host.daemon().pid() + "/oom_score_adj";
        Skip.unless(
                host.shell(score.formatted(-500)).run().status() == 0,
                "ExhaustionTest.aDaemonThatIsDearToTheHostDoesNotMakeItsGuestsSo",
                "root may not protect processes on this host");
        host.given("ct restart --kill bad");

        assertThat(bad.asRoot("cat /proc/1/oom_score_adj /proc/self/oom_score_adj"))
                .prints("0\n0");
        assertThat(bad.asRoot("echo -100 >/proc/self/oom_score_adj").status()).isNotZero();
        host.shell(score.formatted(0)).run();
    }

    @Test
    void allContainersTogetherLeaveSomethingToTheHost() {
        String instance = "cd /sys/fs/cgroup; cat pids/%1$s/pids.max || cat %1$s/pids.max".formatted(host.instance());
        assertThat(host.shell("m=$(%s 2>/dev/null); test $m -gt 1000 && test $m -lt $(cat /proc/sys/kernel/pid_max)"
                                .formatted(instance))
                        .run())
                .succeeds();
        assertThat(host.shell("""
                                cd /sys/fs/cgroup
                                most=$(cat memory/%1$s/memory.limit_in_bytes 2>/dev/null || cat %1$s/memory.max)
                                total=$(($(sed -n 's/^MemTotal: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo) * 1024))
                                test $most -lt $total && test $most -gt $((total / 2))""".formatted(host.instance())).run()).succeeds();
    }
}
