package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What containers see of the machine in {@code /proc} and {@code /sys}. */
final class ViewTest {
    /** 64 MiB, as /proc/meminfo writes it. */
    private static final String TOTAL = "MemTotal:          65536 kB";

    @RegisterExtension
    static final Host host = Host.withBusybox();

    @BeforeAll
    static void lxcfs() {
        assumeTrue(Files.exists(Path.of("/dev/fuse")), "no /dev/fuse here");
        assumeTrue(Files.exists(Path.of("/usr/bin/lxcfs")), "no lxcfs here");
    }

    @BeforeEach
    void aContainerWithALimit() {
        host.given("ct new --image busybox web", "ct set memory-limit web 64M", "ct start web");
    }

    private static Result inside(String script) {
        return host.osctl(List.of("ct", "exec", "web", "sh", "-c", script));
    }

    private static String total() {
        return inside("head -n 1 /proc/meminfo").stdout().strip();
    }

    private static long lxcfsPid() {
        return Long.parseLong(
                Host.read(Path.of("/run", host.instance(), "lxcfs.pid")).strip());
    }

    private static void kill(long lxcfs) {
        Running.signal(lxcfs, "KILL");
        await("the end of lxcfs")
                .atMost(Running.PATIENCE)
                .until(() ->
                        ProcessHandle.of(lxcfs).filter(ProcessHandle::isAlive).isEmpty());
    }

    private static void awaitOwnView() {
        await("the container's own view")
                .atMost(Running.PATIENCE)
                .untilAsserted(() -> assertThat(total()).isEqualTo(TOTAL));
    }

    @Test
    void theMemoryThatAContainerSeesIsItsLimit() {
        assertThat(total()).isEqualTo(TOTAL);
        host.given("ct set memory-limit web 96M");
        assertThat(total()).isEqualTo("MemTotal:          98304 kB");
        assertThat(host.json("ct show web").get("view").asString()).isEqualTo("own");
    }

    @Test
    void theProcessorsThatAContainerSeesAreThoseItMayUse() {
        host.given("ct set cpuset web 0");

        assertThat(inside("cat /sys/devices/system/cpu/online")).prints("0");
        assertThat(inside("grep -c ^processor /proc/cpuinfo")).prints("1");
    }

    @Test
    void aContainerCountsItsOwnUptimeAndLoad() {
        assertThat(inside("[ $(cut -d. -f1 /proc/uptime) -lt 600 ]")).succeeds();
        assertThat(inside("cut -d' ' -f1-3 /proc/loadavg").stdout()).matches("[0-9.]+ [0-9.]+ [0-9.]+\\s*");
        assertThat(inside("grep -c . /proc/stat /proc/swaps /proc/diskstats")).mentions("/proc/stat");
    }

    /** lxcfs is root, and would write some of its files on to the host's. */
    @ParameterizedTest
    @ValueSource(strings = {"/proc/meminfo", "/sys/devices/system/cpu/online"})
    void nothingIsWrittenThroughAView(String file) {
        assertThat(inside("echo 0 >" + file).stderr()).contains("Read-only file system");
        inside("mount -o remount,bind,rw " + file);

        assertThat(inside("echo 0 >" + file).status()).isNotZero();
        assertThat(inside("grep fuse.lxcfs /proc/mounts | cut -d' ' -f2 | grep ^/sys/"))
                .prints("/sys/devices/system/cpu/online");
    }

    @Test
    void whenLxcfsDiesContainersThatRunGetTheirViewsBack() {
        long former = lxcfsPid();

        kill(former);

        awaitOwnView();
        assertThat(lxcfsPid()).isNotEqualTo(former);
        assertThat(inside("cat /proc/uptime /proc/stat /sys/devices/system/cpu/online"))
                .succeeds();
        assertThat(inside("grep -c lxcfs /proc/self/mountinfo")).prints("9");
    }

    @Test
    void itMayDieAgainAndAgain() {
        kill(lxcfsPid());
        awaitOwnView();
        kill(lxcfsPid());
        awaitOwnView();
        int init = host.initPid("web");
        inside("reboot");
        host.awaitReboot("web", init);

        assertThat(total()).isEqualTo(TOTAL);
    }

    @Test
    void whenItDiesWithTheDaemonTheNextOneGivesTheViewsBack() {
        host.killDaemon();
        kill(lxcfsPid());

        host.startDaemon();

        awaitOwnView();
    }

    @Test
    void itOutlivesTheDaemon() {
        long lxcfs = lxcfsPid();

        host.killDaemon();
        host.startDaemon();

        assertThat(lxcfsPid()).isEqualTo(lxcfs);
        assertThat(total()).isEqualTo(TOTAL);
        host.daemon().stop();
        host.startDaemon();
        assertThat(lxcfsPid()).isEqualTo(lxcfs);
    }

    @Test
    void whatSomebodyInsideUnmountedStaysSo() {
        assertThat(inside("umount /proc/uptime")).succeeds();

        kill(lxcfsPid());
        awaitOwnView();

        assertThat(inside("grep -c ' /proc/uptime ' /proc/self/mountinfo")).exits(1);
    }

    @Test
    void whatTellsOfTheHostIsCovered() {
        assertThat(inside("cat /proc/keys /proc/timer_list /proc/interrupts")).prints("");
        assertThat(inside("ls /sys/firmware /proc/acpi 2>/dev/null | grep -v : | grep ."))
                .exits(1);
        assertThat(inside("head -c 1 /proc/kcore | wc -c")).prints("0");
    }

    /** Where systemd is the init, all mounts of the host are shared. */
    @Test
    void whatIsMountedOverAViewInsideIsNotMountedOnTheHost() {
        String served = "/run/%s/lxcfs".formatted(host.instance());
        host.given("ct stop --kill web");
        assertThat(host.shell("mount --make-shared " + served).run()).succeeds();
        host.given("ct start web");

        assertThat(inside("mount --bind /etc/hostname /proc/uptime && cat /proc/uptime"))
                .prints("web");

        assertThat(host.shell("grep -c %s/ /proc/self/mountinfo".formatted(served))
                        .run())
                .prints("0");
    }
}
