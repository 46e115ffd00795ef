package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The daemon dies around every step of making and deleting datasets: there is one, mounted and whole, or none and nothing of it. */
final class DatasetCrashTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    @BeforeEach
    void aRunningContainerWithADataset() {
        host.given(
                "pool set trash-age tank 1h",
                "ct new --image busybox web",
                "ct dataset new web old",
                "ct start web",
                "ct exec web sh -c 'echo kept > /old/f'");
    }

    @AfterEach
    void deletionsAreForGoodAgain() {
        host.given("pool set trash-age tank 0", "trash prune --all");
    }

    private static void dies(String failPoint, String line) {
        host.letDaemonDieAt(failPoint);
        assertThat(host.osctl(line)).fails(Status.DAEMON_WENT_AWAY);
        host.restartDeadDaemon();
    }

    private static List<String> datasets() {
        return host.json("ct dataset ls web").findValuesAsString("name");
    }

    private static List<String> mountpoints() {
        return host.json("ct mounts ls web").findValuesAsString("mountpoint");
    }

    private static Result inside(String script) {
        return host.osctl(List.of("ct", "exec", "web", "sh", "-c", script));
    }

    private static void nothingIsLeftAfterItsDeletion() {
        host.given("ct del -f --purge web");
        assertThat(host.json("trash ls")).isEmpty();
        assertThat(host.residue()).isEmpty();
    }

    static Stream<String> beforeANewOneIsThere() {
        return Stream.of(
                "after:begin",
                "before:make file system",
                "after:make file system",
                "after:record layers",
                "before:mount",
                "after:mount");
    }

    @ParameterizedTest
    @MethodSource("beforeANewOneIsThere")
    void aNewDatasetCutOffEarlyIsNotThere(String point) {
        dies("ct-dataset-new/" + point, "ct dataset new web data");

        assertThat(datasets()).containsExactly("/", "old");
        assertThat(mountpoints()).containsExactly("/old");
        assertThat(inside("grep -q ' /data ' /proc/mounts")).exits(1);
        assertThat(inside("cat /old/f")).prints("kept");
        nothingIsLeftAfterItsDeletion();
    }

    @ParameterizedTest
    @ValueSource(strings = {"before:write configuration", "after:write configuration", "before:end"})
    void aNewDatasetCutOffLateIsThereAtTheNextStart(String point) {
        dies("ct-dataset-new/" + point, "ct dataset new web data");

        assertThat(datasets()).containsExactly("/", "data", "old");
        assertThat(mountpoints()).containsExactly("/old", "/data");
        assertThat(inside("grep -q ' /data ' /proc/mounts")).succeeds();
        host.given("ct restart --kill web");
        assertThat(inside("touch /data/f")).succeeds();
        nothingIsLeftAfterItsDeletion();
    }

    @ParameterizedTest
    @ValueSource(strings = {"after:begin", "before:put into the trash", "after:put into the trash"})
    void aDeletionCutOffEarlyIsUndone(String point) {
        dies("ct-dataset-del/" + point, "ct dataset del web old");

        assertThat(datasets()).containsExactly("/", "old");
        assertThat(host.json("trash ls")).isEmpty();
        assertThat(inside("cat /old/f")).prints("kept");
        nothingIsLeftAfterItsDeletion();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "before:record layers",
                "after:record layers",
                "after:write configuration",
                "before:unmount",
                "after:unmount",
                "before:end"
            })
    void aDeletionCutOffLateIsCompletedAndCanBeTakenBack(String point) {
        dies("ct-dataset-del/" + point, "ct dataset del web old");

        assertThat(datasets()).containsExactly("/");
        assertThat(mountpoints()).isEmpty();
        assertThat(inside("grep -q ' /old ' /proc/mounts")).exits(1);
        host.given("trash restore web/old");
        assertThat(inside("cat /old/f")).prints("kept");
        nothingIsLeftAfterItsDeletion();
    }

    @ParameterizedTest
    @ValueSource(strings = {"after:begin", "after:record layers", "before:mount", "after:mount"})
    void aWayBackCutOffEarlyLeavesItInTheTrash(String point) {
        host.given("ct dataset del web old");

        dies("trash-restore-dataset/" + point, "trash restore web/old");

        assertThat(datasets()).containsExactly("/");
        assertThat(inside("grep -q ' /old ' /proc/mounts")).exits(1);
        host.given("trash restore web/old");
        assertThat(inside("cat /old/f")).prints("kept");
        nothingIsLeftAfterItsDeletion();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "before:write configuration",
                "after:write configuration",
                "after:take from the trash",
                "before:end"
            })
    void aWayBackCutOffLateIsCompleted(String point) {
        host.given("ct dataset del web old");

        dies("trash-restore-dataset/" + point, "trash restore web/old");

        assertThat(host.json("trash ls")).isEmpty();
        assertThat(inside("cat /old/f")).prints("kept");
        nothingIsLeftAfterItsDeletion();
    }

    @ParameterizedTest
    @ValueSource(strings = {"before:take from the trash", "after:take from the trash", "before:end"})
    void whatWasBeingDeletedForGoodIsGone(String point) {
        host.given("ct dataset del web old");

        dies("trash-prune-dataset/" + point, "trash prune web/old");

        assertThat(host.json("trash ls")).isEmpty();
        nothingIsLeftAfterItsDeletion();
    }
}
