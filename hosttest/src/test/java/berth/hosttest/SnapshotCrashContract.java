package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The daemon dies around every step of snapshots, rollbacks and copies: there is the container before, or the one after. The same
 * on every storage driver.
 */
abstract class SnapshotCrashContract {
    private final Host host;

    SnapshotCrashContract(Host host) {
        this.host = host;
    }

    @BeforeEach
    void aContainerWithASnapshotAndAChange() {
        host.given(
                "ct new --image busybox web",
                "ct start web",
                "ct exec web sh -c 'echo first > /root/file'",
                "ct stop --kill web",
                "ct snapshot new web one",
                "ct start web",
                "ct exec web sh -c 'echo second > /root/file'");
    }

    private void dies(String failPoint, String line) {
        host.letDaemonDieAt(failPoint);
        assertThat(host.osctl(line)).fails(Status.DAEMON_WENT_AWAY);
        host.restartDeadDaemon();
    }

    private List<String> snapshots() {
        return host.json("ct snapshot ls web").findValuesAsString("name");
    }

    private void holds(String container, String text) {
        assertThat(host.osctl("ct start " + container)).succeeds();
        assertThat(host.osctl("ct exec %s cat /root/file".formatted(container))).prints(text);
    }

    private void nothingIsLeftAfterItsDeletion() {
        host.given("ct del -f web");
        assertThat(host.residue()).isEmpty();
    }

    private static Stream<String> around(String... steps) {
        return Stream.of(steps).flatMap(s -> Stream.of("before:" + s, "after:" + s));
    }

    /** For each driver its own steps are tried: {@code point} is one before the snapshot is there. */
    void aSnapshotOfAStoppedContainerIsUndoneAt(String point) {
        host.given("ct stop --kill web");

        dies("ct-snapshot-new/" + point, "ct snapshot new web two");

        assertThat(snapshots()).containsExactly("one");
        holds("web", "second");
        nothingIsLeftAfterItsDeletion();
    }

    @ParameterizedTest
    @ValueSource(strings = {"before:record layers", "after:record layers", "before:end"})
    void aSnapshotCutOffLateIsCompleted(String point) {
        host.given("ct stop --kill web");

        dies("ct-snapshot-new/" + point, "ct snapshot new web two");

        assertThat(snapshots()).containsExactly("one", "two");
        holds("web", "second");
        nothingIsLeftAfterItsDeletion();
    }

    static Stream<String> whileItIsSuspended() {
        return around("suspend processes", "copy changes", "resume processes");
    }

    @ParameterizedTest
    @MethodSource("whileItIsSuspended")
    void aContainerRunsOnWhenItsSnapshotIsCutOff(String point) {
        int init = host.initPid("web");

        dies("ct-snapshot-new/" + point, "ct snapshot new web two");

        assertThat(snapshots()).containsExactly("one");
        assertThat(host.state("web")).isEqualTo("running");
        assertThat(host.initPid("web")).isEqualTo(init);
        assertThat(host.osctl("ct exec web cat /root/file")).prints("second");
        nothingIsLeftAfterItsDeletion();
    }

    @ParameterizedTest
    @ValueSource(strings = {"after:begin", "before:make new layer", "after:make new layer"})
    void aRollbackCutOffEarlyIsUndone(String point) {
        host.given("ct stop --kill web");

        dies("ct-snapshot-rollback/" + point, "ct snapshot rollback web one");

        assertThat(snapshots()).containsExactly("one");
        holds("web", "second");
        nothingIsLeftAfterItsDeletion();
    }

    @ParameterizedTest
    @ValueSource(strings = {"before:record layers", "after:record layers", "before:end"})
    void aRollbackCutOffLateIsCompletedAndCanBeUndone(String point) {
        host.given("ct stop --kill web");

        dies("ct-snapshot-rollback/" + point, "ct snapshot rollback web one");

        holds("web", "first");
        host.given(
                "ct stop --kill web", "ct snapshot rollback web " + snapshots().getLast());
        holds("web", "second");
        nothingIsLeftAfterItsDeletion();
    }

    @ParameterizedTest
    @ValueSource(strings = {"before:make new layer", "after:make new layer"})
    void aReinstallationCutOffEarlyIsUndone(String point) {
        host.given("ct stop --kill web");

        dies("ct-reinstall/" + point, "ct reinstall web");

        holds("web", "second");
        nothingIsLeftAfterItsDeletion();
    }

    @ParameterizedTest
    @ValueSource(strings = {"before:record layers", "after:record layers"})
    void aReinstallationCutOffLateIsCompleted(String point) {
        host.given("ct stop --kill web");

        dies("ct-reinstall/" + point, "ct reinstall web");

        assertThat(snapshots()).hasSize(2);
        host.given("ct snapshot rollback web " + snapshots().getLast());
        holds("web", "second");
        nothingIsLeftAfterItsDeletion();
    }

    @ParameterizedTest
    @ValueSource(strings = {"after:record layers", "before:remove unneeded layers", "after:remove unneeded layers"})
    void aDeletionOfASnapshotCutOffIsCompleted(String point) {
        dies("ct-snapshot-del/" + point, "ct snapshot del web one");

        assertThat(snapshots()).isEmpty();
        assertThat(host.osctl("ct exec web cat /root/file")).prints("second");
        nothingIsLeftAfterItsDeletion();
    }

    static Stream<String> beforeACopyIsThere() {
        return around("suspend processes", "copy changes", "resume processes", "create root file system");
    }

    @ParameterizedTest
    @MethodSource("beforeACopyIsThere")
    void aCopyCutOffEarlyIsUndone(String point) {
        aCopyIsUndoneAt(point);
    }

    final void aCopyIsUndoneAt(String point) {
        dies("ct-new/" + point, "ct cp web copy");

        assertThat(host.osctl("ct show copy")).fails(Status.NOT_FOUND);
        assertThat(host.state("web")).isEqualTo("running");
        assertThat(host.osctl("ct exec web cat /root/file")).prints("second");
        nothingIsLeftAfterItsDeletion();
    }

    @ParameterizedTest
    @ValueSource(strings = {"before:write configuration", "after:write configuration", "before:remove unneeded layer"})
    void aCopyCutOffLateIsCompleted(String point) {
        dies("ct-new/" + point, "ct cp web copy");

        holds("copy", "second");
        host.given("ct del -f copy");
        nothingIsLeftAfterItsDeletion();
    }
}
