package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** System call filters, nesting and clocks of containers. */
final class IsolationTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    /** Makes directories fail as a full disk would, which nothing else does here. */
    private static final String NO_DIRECTORIES = "2\ndenylist\n[all]\nmkdir errno 28\nmkdirat errno 28\n";

    private static final String MAKES_A_DIRECTORY = "ct exec web mkdir /tmp/made";

    private static Path profile(String text) {
        Path file = host.scratch().resolve("own.seccomp");
        Host.write(file, text);
        return file;
    }

    private static void reboot() {
        int former = host.initPid("web");
        host.osctl("ct exec web reboot");
        host.awaitReboot("web", former);
    }

    private static String timeNamespace(String process) {
        return host.osctl("ct exec web stat -L -c %i /proc/" + process + "/ns/time")
                .stdout();
    }

    @Test
    void theUsualFilterIsInForce() {
        host.given("ct new --image busybox web", "ct start web");

        assertThat(host.osctl("ct exec web grep Seccomp: /proc/1/status /proc/self/status"))
                .mentions("/proc/1/status:Seccomp:\t2", "/proc/self/status:Seccomp:\t2");
        assertThat(host.osctl("ct exec web dmesg")).exits(1).complains("not permitted");
        assertThat(host.json("ct show web").get("seccomp_profile").asString()).isEqualTo("default");
    }

    @Test
    @Tag("debian")
    void whatTheFilterRefusesFailsEvenWhereTheKernelWouldNotMind() {
        assertThat(host.osctl("image import --name debian " + DebianImage.archive()))
                .succeeds();
        host.given("ct new --image debian web", "ct start web");

        // bpf, perf_event_open and userfaultfd for its own pages: with nothing but a wrong argument, or none.
        assertThat(host.osctl(List.of(
                        "ct",
                        "exec",
                        "web",
                        "perl",
                        "-e",
                        "for ([321, 99, 0, 0], [298, 0, 0, 0], [323, 1, 0, 0], [313, -1, 0, 0])"
                                + " { $r = syscall($$_[0], $$_[1], $$_[2], $$_[3]); print \"$!\\n\" }")))
                .succeeds()
                .prints("Operation not permitted\n".repeat(4).strip());
        host.given("ct stop --kill web");
    }

    @Test
    void aFilterOfItsOwnHoldsThroughEveryRestart() {
        host.given("ct new --image busybox web", "ct start web");

        assertThat(host.osctl("ct set seccomp-profile web " + profile(NO_DIRECTORIES)))
                .succeeds()
                .complains("next start");
        // What the file becomes does not matter any more.
        Host.write(host.scratch().resolve("own.seccomp"), "2\ndenylist\n");
        host.given("ct restart --kill web");

        assertThat(host.osctl(MAKES_A_DIRECTORY)).exits(1).complains("No space left");
        assertThat(host.json("ct show web").get("seccomp_profile").asString()).isEqualTo("own.seccomp");
        reboot();
        assertThat(host.osctl(MAKES_A_DIRECTORY)).exits(1).complains("No space left");
        host.killDaemon();
        host.startDaemon();
        assertThat(host.osctl(MAKES_A_DIRECTORY)).exits(1).complains("No space left");
        host.given("ct restart --kill web");
        assertThat(host.osctl(MAKES_A_DIRECTORY)).exits(1).complains("No space left");

        host.given("ct unset seccomp-profile web", "ct restart --kill web");
        assertThat(host.osctl(MAKES_A_DIRECTORY)).succeeds();
    }

    @Test
    void aCopyAndARollbackKeepTheFilter() {
        host.given(
                "ct new --image busybox web",
                "ct set seccomp-profile web " + profile(NO_DIRECTORIES),
                "ct unset seccomp-profile web",
                "ct rollback web 2",
                "ct cp web copy",
                "ct start copy");

        assertThat(host.osctl("ct exec copy mkdir /tmp/made")).exits(1).complains("No space left");
    }

    @Test
    void aFileThatIsNoProfileIsRefusedWithItsLine() {
        host.given("ct new --image busybox web");

        assertThat(host.osctl("ct set seccomp-profile web " + profile("2\ndenylist\nmknot errno 1\n")))
                .fails(Status.INVALID)
                .complains("own.seccomp", "line 3", "mknot");
        assertThat(host.osctl("ct set seccomp-profile web /dev/zero")).fails(Status.INVALID);
        assertThat(host.osctl("ct set seccomp-profile web /nowhere"))
                .fails(Status.NOT_FOUND)
                .complains("/nowhere");
        assertThat(host.json("ct show web").get("revision").asInt()).isEqualTo(1);
    }

    @Test
    void aFilterThatNoProgramCanLiveWithIsToldWhereItKeepsAContainerFromStarting() {
        host.given("ct new --image busybox web", "ct set seccomp-profile web " + profile("2\nallowlist errno 1\n"));

        assertThat(host.osctl("ct start web"))
                .fails(Status.FAILED)
                .complains("init has ended", "osctl ct unset seccomp-profile web");
        host.given("ct unset seccomp-profile web", "ct start web");
    }

    @Test
    void nestingHoldsThroughEveryRestart() {
        host.given("ct new --image busybox web", "ct start web");
        // By the filter of system calls, or by AppArmor before it.
        Result refused = host.osctl("ct exec web unshare -Urpf --mount-proc true");
        assertThat(refused).exits(1);
        assertThat(refused.stderr()).containsAnyOf("Operation not permitted", "Permission denied");

        assertThat(host.osctl("ct set nesting web enabled")).succeeds().complains("next start");
        assertThat(host.osctl("ct exec web unshare -Urpf --mount-proc true")).exits(1);
        host.given("ct restart --kill web");

        assertThat(host.osctl("ct exec web unshare -Urpf --mount-proc true")).succeeds();
        reboot();
        host.killDaemon();
        host.startDaemon();
        assertThat(host.osctl("ct exec web unshare -Urpf --mount-proc true")).succeeds();
        assertThat(host.json("ct show web").get("nesting").asBoolean()).isTrue();

        host.given("ct unset nesting web", "ct restart --kill web");
        assertThat(host.osctl("ct exec web unshare -Urpf --mount-proc true")).exits(1);
    }

    @Test
    void itsAppArmorProfileIsShownOrWhyItHasNone() {
        host.given("ct new --image busybox web", "ct start web");
        String shown = host.json("ct show web").get("apparmor_profile").asString();

        assertThat(List.of("lxc-berth.%s.default".formatted(host.instance()), "none, the kernel has no AppArmor"))
                .contains(shown);
    }

    @Test
    void nestingIsEnabledOrDisabled() {
        host.given("ct new --image busybox --nesting web");
        assertThat(host.json("ct show web").get("nesting").asBoolean()).isTrue();

        assertThat(host.osctl("ct set nesting web perhaps"))
                .fails(Status.INVALID)
                .complains("enabled", "disabled");

        host.given("ct set nesting web disabled");
        assertThat(host.json("ct show web").get("nesting").asBoolean()).isFalse();
    }

    @Test
    void aReadOnlyRootStaysSoWhateverItsRootTries() {
        host.given("ct new --image busybox web", "ct start web", "ct exec web mkdir -p /var/tmp /srv");
        assertThat(host.osctl("ct set read-only-root web enabled")).succeeds().complains("next start");
        host.given("ct set hostname web after", "ct restart --kill web");

        assertThat(host.osctl("ct exec web touch /srv/a")).exits(1).complains("Read-only file system");
        assertThat(host.osctl("ct exec web mount -o remount,rw /")).doesNotSucceed();
        assertThat(host.osctl("ct exec web mount -o remount,bind,rw /")).doesNotSucceed();
        assertThat(host.osctl("ct exec web mkdir /tmp/root")).succeeds();
        assertThat(host.osctl("ct exec web mount -o bind / /tmp/root")).succeeds();
        assertThat(host.osctl("ct exec web mount -o remount,bind,rw /tmp/root")).doesNotSucceed();
        assertThat(host.osctl("ct exec web touch /tmp/root/srv/a")).exits(1);
        assertThat(host.osctl("ct exec web unshare -Um mount -o remount,bind,rw /"))
                .doesNotSucceed();
        assertThat(host.osctl("ct exec web cat /etc/hostname")).prints("after");
        assertThat(host.osctl("ct exec web touch /run/a /tmp/a /var/tmp/a")).succeeds();
        assertThat(host.json("ct show web").get("read_only_root").asBoolean()).isTrue();

        reboot();
        assertThat(host.osctl("ct exec web touch /srv/a")).exits(1);
        assertThat(host.osctl("ct set hostname web later")).succeeds().complains("read-only");
        assertThat(host.osctl("ct exec web hostname")).prints("later");

        host.given("ct unset read-only-root web", "ct restart --kill web");
        assertThat(host.osctl("ct exec web touch /srv/a")).succeeds();
    }

    @Test
    void itsClocksBeginWithIt() {
        host.given("ct new --image busybox web", "ct start web");

        double uptime = Double.parseDouble(
                host.osctl("ct exec web cat /proc/uptime").stdout().split(" ")[0]);
        double hosts = Double.parseDouble(Host.read(Path.of("/proc/uptime")).split(" ")[0]);
        assertThat(uptime).isLessThan(hosts);
        assertThat(host.osctl("ct exec web cat /proc/1/timens_offsets")).mentions("boottime", "-");
        assertThat(timeNamespace("self")).isEqualTo(timeNamespace("1"));

        reboot();
        assertThat(host.osctl("ct exec web cat /proc/1/timens_offsets")).mentions("boottime", "-");
        assertThat(timeNamespace("self")).isEqualTo(timeNamespace("1"));
    }
}
