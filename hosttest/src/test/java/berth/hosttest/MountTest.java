package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What containers have mounted beside their own files. */
final class MountTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    private Path source = Path.of("/");

    @BeforeEach
    void aDirectoryOfTheHost() throws IOException {
        source = Files.createTempDirectory(host.scratch(), "source");
        Files.setPosixFilePermissions(source, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(source.resolve("greeting"), "hello");
        host.given("ct new --image busybox web");
    }

    private void mounted(String words) {
        host.given("ct mounts new --fs %s --mountpoint /mnt/data %s web".formatted(source, words));
    }

    private static Result inside(String script) {
        return host.osctl(List.of("ct", "exec", "web", "sh", "-c", script));
    }

    private static void rebooted() {
        int former = host.initPid("web");
        inside("reboot");
        host.awaitReboot("web", former);
    }

    @Test
    void aMountIsThereAtOnceAndThroughEveryRestart() {
        host.given("ct start web");
        mounted("");
        assertThat(inside("cat /mnt/data/greeting")).succeeds().prints("hello");

        rebooted();
        assertThat(inside("cat /mnt/data/greeting")).succeeds().prints("hello");
        host.killDaemon();
        host.startDaemon();
        assertThat(inside("cat /mnt/data/greeting")).succeeds().prints("hello");
        rebooted();
        assertThat(inside("cat /mnt/data/greeting")).succeeds().prints("hello");
        host.given("ct restart --kill web");
        assertThat(inside("cat /mnt/data/greeting")).succeeds().prints("hello");
        assertThat(host.json("ct mounts ls web").get(0).get("active").asBoolean())
                .isTrue();
    }

    @Test
    void whatAStoppedContainerIsGivenIsThereWhenItStarts() {
        mounted("");
        host.given("ct mounts new --fs %s/greeting --mountpoint /etc/greeting web".formatted(source), "ct start web");

        assertThat(inside("cat /mnt/data/greeting /etc/greeting")).succeeds().prints("hellohello");
    }

    @Test
    void aDirectoryThatIsClosedToOthersInsideIsNoneToTheGuestsRoot() {
        host.given("ct start web");
        assertThat(inside("mkdir -m 0770 /srv /srv/closed; chmod 0770 /srv; chown 33:33 /srv /srv/closed"))
                .succeeds();

        assertThat(host.osctl("ct mounts new --fs %s --mountpoint /srv/closed/data web".formatted(source)))
                .succeeds();
        assertThat(inside("cat /srv/closed/data/greeting")).prints("hello");
        host.given("ct restart --kill web");
        assertThat(inside("cat /srv/closed/data/greeting")).prints("hello");
    }

    @Test
    void whatIsTakenAwayIsGoneAtOnce() {
        mounted("");
        host.given("ct start web", "ct mounts del web /mnt/data/");

        assertThat(inside("test -e /mnt/data/greeting")).exits(1);
        assertThat(host.json("ct mounts ls web")).isEmpty();
        assertThat(source.resolve("greeting")).exists();
    }

    @Test
    void aMountCanRestUntilTheNextStart() {
        mounted("");
        host.given("ct start web", "ct mounts deactivate web /mnt/data");
        assertThat(inside("test -e /mnt/data/greeting")).exits(1);
        assertThat(host.osctl("ct mounts deactivate web /mnt/data")).fails(Status.WRONG_STATE);

        host.killDaemon();
        host.startDaemon();
        assertThat(inside("test -e /mnt/data/greeting")).exits(1);

        host.given("ct mounts activate web /mnt/data");
        assertThat(inside("test -e /mnt/data/greeting")).succeeds();
        assertThat(host.osctl("ct mounts activate web /mnt/data")).fails(Status.WRONG_STATE);
        host.given("ct mounts deactivate web /mnt/data", "ct restart --kill web");
        assertThat(inside("test -e /mnt/data/greeting")).succeeds();
    }

    @Test
    void aMountCanWaitForItsActivation() {
        mounted("--no-automount");
        host.given("ct start web");
        assertThat(inside("test -e /mnt/data")).exits(1);

        host.given("ct mounts activate web /mnt/data");
        assertThat(inside("test -e /mnt/data/greeting")).succeeds();
    }

    @Test
    void withMappedOwnersFilesHaveTheSameNumbersOnBothSides() throws IOException {
        Files.setAttribute(source.resolve("greeting"), "unix:uid", 33);
        host.given("ct start web");
        mounted("--map owner");

        assertThat(inside("stat -c %u /mnt/data/greeting")).prints("33");
        assertThat(inside("echo new >/mnt/data/new && chown 12:13 /mnt/data/new"))
                .succeeds();

        assertThat(Files.getAttribute(source.resolve("new"), "unix:uid")).isEqualTo(12);
        assertThat(Files.getAttribute(source.resolve("new"), "unix:gid")).isEqualTo(13);
        rebooted();
        assertThat(inside("stat -c %u /mnt/data/greeting")).prints("33");
    }

    @Test
    void withoutAMapFilesOfTheHostAreNobodysAndThatIsSaid() {
        host.given("ct start web");

        assertThat(host.osctl("ct mounts new --fs %s --mountpoint /mnt/data web".formatted(source)))
                .succeeds()
                .complains("uid 0", "--map owner");

        assertThat(inside("stat -c %u /mnt/data/greeting")).prints("65534");
        assertThat(inside("echo new >/mnt/data/new").status()).isNotZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"live", "from the start"})
    void whatIsReadOnlyStaysSoWhateverRootInsideDoes(String when) {
        host.given(when.equals("live") ? "ct start web" : "ct ls");
        mounted("--map owner --opts ro");
        host.given("ct start web");

        assertThat(inside("echo new >/mnt/data/new").status()).isNotZero();
        assertThat(inside("mount -o remount,bind,rw /mnt/data").status()).isNotZero();
        assertThat(inside("mount -o remount,bind,ro,suid,dev /mnt/data").status())
                .isNotZero();
        assertThat(inside("mkdir /mnt/copy && mount -o bind /mnt/data /mnt/copy;"
                                + " mount -o remount,bind,rw /mnt/copy; echo new >/mnt/copy/new")
                        .status())
                .isNotZero();
        assertThat(source.resolve("new")).doesNotExist();
    }

    @Test
    void nothingThatIsMountedInsideAppearsOnTheHost() {
        host.given("ct start web");
        mounted("--map owner");

        assertThat(inside("mkdir /mnt/data/deep && mount -t tmpfs tmpfs /mnt/data/deep && touch /mnt/data/deep/x"))
                .succeeds();

        assertThat(source.resolve("deep")).isEmptyDirectory();
        assertThat(host.shell("grep -c %s/deep /proc/self/mountinfo".formatted(source))
                        .run())
                .exits(1);
    }

    @Test
    void memoryIsMountedWithASizeAndAMode() {
        host.given("ct start web");
        host.given("ct mounts new --type tmpfs --mountpoint /scratch --opts size=1M,mode=0750 web");

        assertThat(inside("stat -c '%a %u' /scratch")).prints("750 0");
        assertThat(inside("head -c 2000000 /dev/zero >/scratch/file").status()).isNotZero();
        assertThat(inside("mount -o remount,size=100M /scratch").status()).isNotZero();
        assertThat(inside("rm /scratch/file; echo x >/scratch/file && chown 5 /scratch/file"))
                .succeeds();
        host.given("ct restart --kill web");
        assertThat(inside("stat -c '%a %u' /scratch && ls /scratch")).prints("750 0");
    }

    @Test
    void whatIsOptionalDoesNotKeepAContainerFromStarting() throws IOException {
        mounted("--optional");
        Files.delete(source.resolve("greeting"));
        Files.delete(source);

        host.given("ct start web");

        assertThat(host.json("ct show web").get("missing_mounts").get(0).asString())
                .isEqualTo("/mnt/data");
        assertThat(host.osctl("ct log cat web")).mentions("/mnt/data", "optional", source.toString());
        Files.createDirectory(source);
        host.given("ct mounts activate web /mnt/data");
        assertThat(host.json("ct show web").get("missing_mounts")).isEmpty();
    }

    @Test
    void whatIsNeededAndGoneFailsTheStartAndLeavesNothing() throws IOException {
        mounted("");
        Files.delete(source.resolve("greeting"));
        Files.delete(source);

        assertThat(host.osctl("ct start web"))
                .fails(Status.NOT_FOUND)
                .complains("web", source.toString(), "--optional");

        assertThat(host.state("web")).isEqualTo("stopped");
        assertThat(host.runningResidue()).isEmpty();
        host.given("ct mounts clear web", "ct start web");
    }

    @Test
    void aLinkInsideLeadsNowhereOutside() throws IOException {
        Path outside = Files.createTempDirectory(host.scratch(), "outside");
        Files.setPosixFilePermissions(outside, PosixFilePermissions.fromString("rwxrwxrwx"));
        host.given("ct start web");
        inside("ln -s %s /mnt; ln -s ../../../../../..%s /srv".formatted(outside, outside));

        host.osctl("ct mounts new --fs %s --mountpoint /mnt/deep/data web".formatted(source));
        assertThat(host.osctl("ct mounts new --fs %s --mountpoint /srv web".formatted(source)))
                .fails(Status.FAILED)
                .complains("symbolic link");
        host.osctl("ct restart --kill web");

        assertThat(outside).isEmptyDirectory();
        assertThat(host.shell("grep -c %s /proc/self/mountinfo".formatted(outside))
                        .run())
                .exits(1);
    }

    @Test
    void aMountLiesAlsoOnWhatTheContainerMountedItself() {
        host.given("ct start web");
        assertThat(inside("mount -t tmpfs tmpfs /tmp")).succeeds();

        host.given("ct mounts new --fs %s --mountpoint /tmp/data web".formatted(source));

        assertThat(inside("cat /tmp/data/greeting")).succeeds().prints("hello");
    }

    @Test
    void aMountBeneathAnotherGoesFirst() {
        mounted("--map owner");
        host.given("ct mounts new --type tmpfs --mountpoint /mnt/data/deep web", "ct start web");
        assertThat(inside("touch /mnt/data/deep/x")).succeeds();

        assertThat(host.osctl("ct mounts del web /mnt/data"))
                .fails(Status.IN_USE)
                .complains("/mnt/data/deep");

        host.given("ct mounts clear web");
        assertThat(inside("test -e /mnt/data/greeting")).exits(1);
    }

    @Test
    void aRollbackTakesTheMountsAlong() {
        host.given("ct start web");
        mounted("");

        host.given("ct rollback web 1");
        assertThat(inside("test -e /mnt/data/greeting")).exits(1);
        host.given("ct rollback web 2");
        assertThat(inside("test -e /mnt/data/greeting")).succeeds();
    }

    @Test
    void theDirectoryByWhichMountsArriveIsShutInside() {
        host.given("ct start web");

        assertThat(inside("ls /dev/.berth").status()).isNotZero();
        assertThat(inside("umount /dev/.berth")).succeeds();
        assertThat(host.osctl("ct mounts new --fs %s --mountpoint /mnt/data web".formatted(source)))
                .fails(Status.WRONG_STATE)
                .complains("/dev/.berth", "restart");
        host.given("ct restart --kill web");
        mounted("");
        assertThat(inside("cat /mnt/data/greeting")).succeeds();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--fs /proc --mountpoint /mnt/x            | /proc",
                "--fs /sys/fs --mountpoint /mnt/x          | /sys/fs",
                "--fs /dev --mountpoint /mnt/x             | /dev",
                "--fs /dev/null --mountpoint /mnt/x        | /dev/null",
                "--fs / --mountpoint /mnt/x                | Berth's own",
                "--fs /run --mountpoint /mnt/x             | Berth's own",
                "--fs /etc --mountpoint /mnt/x --map owner | /etc",
                "--fs relative --mountpoint /mnt/x         | relative",
                "--fs /tmp/../etc --mountpoint /mnt/x      | ..",
                "--fs /nosuch --mountpoint /mnt/x          | /nosuch",
                "--fs /tmp --mountpoint /                  | root of a container",
                "--fs /tmp --mountpoint /proc/x            | /proc",
                "--fs /tmp --mountpoint x                  | x",
                "--fs /tmp --mountpoint /mnt/x --type ext4 | ext4",
                "--fs /tmp --mountpoint /mnt/x --opts dev  | devices",
                "--fs /tmp --mountpoint /mnt/x --opts a=b  | a=b",
                "--fs /tmp --mountpoint /mnt/x --map mine  | mine",
                "--mountpoint /mnt/x                       | --fs",
                "--fs /tmp --type tmpfs --mountpoint /x    | --fs",
                "--type tmpfs --mountpoint /x --opts size=0 | size 0"
            })
    void whatCannotBeMountedIsRefused(String words, String named) {
        Result result = host.osctl("ct mounts new %s web".formatted(words));

        assertThat(result.status()).isNotZero();
        assertThat(result).complains(named);
        assertThat(host.json("ct mounts ls web")).isEmpty();
    }

    @Test
    void aPoolIsNoSource() {
        host.given("ct new --image busybox other");

        assertThat(host.osctl("ct mounts new --fs %s --mountpoint /mnt/x web"
                        .formatted(host.pool("tank").resolve("ct"))))
                .fails(Status.INVALID)
                .complains("Berth's own");
    }

    @ParameterizedTest
    @CsvSource({
        "ct-mounts-new/before:write configuration, ct mounts new --fs %s --mountpoint /mnt/b web, no, yes",
        "ct-mounts-del/before:unmount, ct mounts del web /mnt/data, no, no"
    })
    void aChangeThatWasCutOffIsTheOldOneOrTheNew(String point, String line, String b, String data) {
        mounted("");
        host.given("ct start web");
        host.letDaemonDieAt(point);
        assertThat(host.osctl(line.formatted(source))).fails(Status.DAEMON_WENT_AWAY);
        host.restartDeadDaemon();

        assertThat(inside("test -e /mnt/b/greeting && echo yes || echo no")).prints(b);
        assertThat(inside("test -e /mnt/data/greeting && echo yes || echo no")).prints(data);
        assertThat(host.json("ct mounts ls web")).hasSize(data.equals("yes") ? 1 : 0);
        host.given("ct mounts new --fs %s --mountpoint /mnt/b web".formatted(source));
        assertThat(inside("cat /mnt/b/greeting")).succeeds();
    }
}
