package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Snapshots of containers' files, and copies of containers. */
final class SnapshotTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    @BeforeEach
    void aStoppedContainerWithAFile() {
        host.given("ct new --image busybox web", "ct start web");
        writes("web", "first");
        host.given("ct exec web rm /etc/passwd", "ct stop --kill web");
    }

    private static void writes(String container, String text) {
        host.given("ct exec %s sh -c 'echo %s > /root/file'".formatted(container, text));
    }

    private static void holds(String container, String text) {
        host.given("ct start " + container);
        assertThat(host.osctl("ct exec %s cat /root/file".formatted(container))).prints(text);
        assertThat(host.osctl("ct exec %s ls /etc/passwd".formatted(container))).fails(Status.FAILED);
        host.given("ct stop --kill " + container);
    }

    private static void writesStopped(String container, String text) {
        host.given("ct start " + container);
        writes(container, text);
        host.given("ct stop --kill " + container);
    }

    @Test
    void aStoppedContainerGoesBackToASnapshotAndForthAgain() {
        host.given("ct snapshot new web one");
        writesStopped("web", "second");

        assertThat(host.osctl("ct snapshot rollback web one")).succeeds().mentions("before-rollback-");
        holds("web", "first");
        String undo = host.json("ct snapshot ls web").get(1).get("name").asString();
        host.given("ct snapshot rollback web " + undo);
        holds("web", "second");
    }

    @Test
    void aRunningContainerRunsOnWhileItsSnapshotKeepsWhatWasWritten() {
        host.given("ct start web");
        writes("web", "second");
        int init = host.initPid("web");

        assertThat(host.osctl("ct snapshot new web live")).succeeds();
        writes("web", "third");

        assertThat(host.state("web")).isEqualTo("running");
        assertThat(host.initPid("web")).isEqualTo(init);
        assertThat(host.json("ct snapshot show web live").get("container").asString())
                .isEqualTo("suspended");
        host.given("ct stop --kill web", "ct snapshot rollback web live");
        holds("web", "second");
    }

    @Test
    void aContainerThatWasFrozenStaysFrozen() {
        host.given("ct start web", "ct freeze web", "ct snapshot new web live");

        assertThat(host.state("web")).isEqualTo("frozen");
        host.given("ct unfreeze web");
        assertThat(host.osctl("ct exec web cat /root/file")).prints("first");
    }

    @Test
    void aReinstalledContainerIsAsNewAndCanBeWhatItWasAgain() {
        assertThat(host.osctl("ct reinstall web")).succeeds().mentions("before-reinstall-");

        host.given("ct start web");
        assertThat(host.osctl("ct exec web ls /root/file")).fails(Status.FAILED);
        assertThat(host.osctl("ct exec web ls /etc/passwd")).succeeds();
        assertThat(host.osctl("ct reinstall web")).fails(Status.WRONG_STATE).complains("ct stop web");
        host.given("ct stop --kill web");
        String undo = host.json("ct snapshot ls web").get(0).get("name").asString();
        host.given("ct snapshot rollback web " + undo);
        holds("web", "first");
    }

    @Test
    void aRunningContainerIsNotRolledBack() {
        host.given("ct snapshot new web one", "ct start web");

        assertThat(host.osctl("ct snapshot rollback web one"))
                .fails(Status.WRONG_STATE)
                .complains("running", "ct stop web");
    }

    @Test
    void withoutANameASnapshotIsCalledByTheTime() {
        host.given("ct snapshot new web", "ct snapshot new web");

        assertThat(host.json("ct snapshot ls web")).hasSize(2);
        assertThat(host.json("ct snapshot ls web").get(0).get("name").asString())
                .matches("\\d{8}-\\d{6}");
    }

    @Test
    void aNameIsTakenOnce() {
        host.given("ct snapshot new web one");

        assertThat(host.osctl("ct snapshot new web one")).fails(Status.EXISTS).complains("'one'");
        assertThat(host.osctl("ct snapshot new web ../one")).fails(Status.INVALID);
        assertThat(host.json("ct snapshot ls web")).hasSize(1);
    }

    @Test
    void aSnapshotThatDoesNotExistIsNamed() {
        assertThat(host.osctl("ct snapshot rollback web none"))
                .fails(Status.NOT_FOUND)
                .complains("'web' has no snapshot 'none'", "ct snapshot ls web");
        assertThat(host.osctl("ct snapshot del web none")).fails(Status.NOT_FOUND);
        assertThat(host.osctl("ct snapshot clone web none copy")).fails(Status.NOT_FOUND);
    }

    private static void givenASnapshotOfEach(String... texts) {
        Stream.of(texts).forEach(text -> {
            writesStopped("web", text);
            host.given("ct snapshot new web " + text);
        });
    }

    private static int layers() {
        return host.json("ct show web -o layers").get("layers").asInt();
    }

    @Test
    void manySnapshotsAreMergedInTheBackgroundAndEachStillShowsWhatItShowed() {
        givenASnapshotOfEach("a", "b", "c", "d", "e", "f", "g", "h", "i", "j");

        await("few layers").atMost(Running.PATIENCE).until(() -> layers() <= 8);
        holds("web", "j");
        host.given("ct snapshot rollback web c");
        holds("web", "c");
        host.given("ct snapshot rollback web i");
        holds("web", "i");
    }

    @Test
    void layersOfARunningContainerAreMergedWhenItIsStopped() {
        givenASnapshotOfEach("a", "b", "c", "d", "e", "f", "g", "h");
        writesStopped("web", "i");
        host.given("ct snapshot new web i", "ct start web");
        assertThat(host.osctl("ct exec web cat /root/file")).prints("i");

        host.given("ct stop --kill web");

        await("few layers").atMost(Running.PATIENCE).until(() -> layers() <= 8);
        holds("web", "i");
    }

    @Test
    void deletedSnapshotsLeaveTheOthersAndTheContainerAlone() {
        host.given("ct snapshot new web one");
        writesStopped("web", "second");
        host.given("ct snapshot new web two");
        writesStopped("web", "third");
        host.given("ct snapshot del web one");

        holds("web", "third");
        host.given("ct snapshot rollback web two");
        holds("web", "second");
    }

    @Test
    void aSnapshotIsReadOnTheHostWhileItIsMounted() {
        host.given("ct snapshot new web one");
        Path place = Path.of(host.osctl("ct snapshot mount web one").stdout().strip());

        assertThat(place.resolve("root/file")).hasContent("first\n");
        assertThat(host.shell("touch %s/root/new".formatted(place)).run().status())
                .isNotZero();
        assertThat(host.osctl("ct snapshot del web one")).fails(Status.IN_USE).complains(place.toString());
        assertThat(host.osctl("ct snapshot unmount web one")).succeeds();
        assertThat(place).doesNotExist();
    }

    @Test
    void aCopyHasTheFilesWithItsOwnOwnersAndGoesItsOwnWay() {
        assertThat(host.osctl("ct cp web copy")).succeeds();
        writesStopped("copy", "of the copy");

        holds("web", "first");
        holds("copy", "of the copy");
        host.given("ct start copy");
        assertThat(host.osctl("ct exec copy stat -c %u:%g /root/file")).prints("0:0");
        assertThat(host.osctl("ct exec copy hostname")).prints("copy");
    }

    @Test
    void aCopyOutlivesWhatItWasCopiedFrom() {
        host.given("ct cp web copy", "ct cp copy copy2", "ct del web", "ct del copy");

        holds("copy2", "first");
        host.given("ct new --image busybox web", "ct start web");
        assertThat(host.osctl("ct exec web ls /root/file")).fails(Status.FAILED);
    }

    @Test
    void aRunningContainerIsCopiedAsItIs() {
        host.given("ct start web");
        writes("web", "second");

        host.given("ct cp web copy");
        writes("web", "third");

        assertThat(host.state("web")).isEqualTo("running");
        holds("copy", "second");
    }

    @Test
    void aSnapshotBecomesAContainerOfItsOwn() {
        host.given("ct snapshot new web one");
        writesStopped("web", "second");

        host.given("ct snapshot clone web one copy", "ct snapshot del web one");

        holds("copy", "first");
        holds("web", "second");
    }

    @Test
    void aCopyNeedsAnIdThatIsFree() {
        assertThat(host.osctl("ct cp web web")).fails(Status.EXISTS);
        host.given("ct new --image busybox mail");
        assertThat(host.osctl("ct cp web mail")).fails(Status.EXISTS).complains("'mail' exists already");
    }

    @Test
    void aBrokenRecordOfLayersCostsItsContainerOnly() {
        host.given("ct snapshot new web one", "ct new --image busybox mail");
        Path record = host.pool("tank").resolve("conf/dataset/web.yml");
        String content = Host.read(record);
        host.daemon().stop();
        Host.write(record, "nonsense: [");
        host.startDaemon();

        assertThat(host.osctl("ct start web")).fails(Status.WRONG_STATE).complains("cannot be read");
        assertThat(host.osctl("ct start mail")).succeeds();
        assertThat(host.osctl("ct show web")).succeeds();
        assertThat(host.osctl("ct snapshot ls")).succeeds();

        host.daemon().stop();
        assertThat(host.shell("rm %s*".formatted(record)).run()).succeeds();
        Host.write(record, content);
        host.startDaemon();
        holds("web", "first");
    }

    @Test
    void layersGoWithTheLastThatNeedsThem() {
        host.given("ct snapshot new web one", "ct cp web copy", "ct del web", "ct del copy");

        assertThat(host.pool("tank").resolve("ct")).isEmptyDirectory();
        assertThat(Files.exists(host.pool("tank").resolve("conf/dataset/copy.yml")))
                .isFalse();
    }

    @Test
    void aCopyIsNotTakenForItsOriginal() {
        host.given(
                "ct start web",
                "ct exec web sh -c 'mkdir -p /etc/ssh; echo a secret host key >/etc/ssh/ssh_host_rsa_key'",
                "ct exec web sh -c 'echo 0123456789abcdef0123456789abcdef >/etc/machine-id'",
                "ct cp web copy",
                "ct start copy");

        assertThat(host.osctl("ct exec web cat /etc/machine-id")).prints("0123456789abcdef0123456789abcdef");
        assertThat(host.osctl("ct exec copy cat /etc/machine-id").stdout().strip())
                .matches("[0-9a-f]{32}")
                .isNotEqualTo("0123456789abcdef0123456789abcdef");
        assertThat(host.osctl("ct exec copy ls /etc/ssh")).prints("ssh_host_ed25519_key\nssh_host_ed25519_key.pub");
        assertThat(host.osctl("ct exec web cat /etc/ssh/ssh_host_rsa_key")).prints("a secret host key");
    }
}
