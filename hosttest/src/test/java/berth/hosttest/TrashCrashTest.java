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

/** The daemon dies around every step of the ways to the trash and back: the container is here or there, and whole. */
final class TrashCrashTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    @BeforeEach
    void aStoppedContainerWithASnapshotAndAChange() {
        host.given(
                "pool set trash-age tank 1h",
                "ct new --image busybox web",
                "ct snapshot new web one",
                "ct start web",
                "ct exec web sh -c 'echo second > /root/file'",
                "ct stop --kill web");
    }

    @AfterEach
    void deletionsAreForGoodAgain() {
        host.given("pool set trash-age tank 0");
    }

    private static void holds(String container, String text) {
        assertThat(host.osctl("ct start " + container)).succeeds();
        assertThat(host.osctl("ct exec %s cat /root/file".formatted(container))).prints(text);
        host.given("ct stop --kill " + container);
    }

    private static List<String> trashed() {
        return host.json("trash ls").findValuesAsString("id");
    }

    private static List<String> snapshots(String container) {
        return host.json("ct snapshot ls " + container).findValuesAsString("name");
    }

    private static void dies(String failPoint, String line) {
        host.letDaemonDieAt(failPoint);
        assertThat(host.osctl(line)).fails(Status.DAEMON_WENT_AWAY);
        host.restartDeadDaemon();
    }

    static Stream<String> early() {
        return Stream.of("after:begin", "after:release interfaces", "after:record layers");
    }

    @ParameterizedTest
    @MethodSource("early")
    void aDeletionCutOffEarlyIsUndone(String point) {
        dies("ct-trash/" + point, "ct del web");

        assertThat(trashed()).isEmpty();
        holds("web", "second");
        assertThat(snapshots("web")).containsExactly("one");
    }

    static Stream<String> late() {
        return Stream.of(
                "before:write configuration",
                "after:write configuration",
                "after:remove former configuration",
                "after:forget former layers",
                "before:end");
    }

    @ParameterizedTest
    @MethodSource("late")
    void aDeletionCutOffLateIsCompleted(String point) {
        dies("ct-trash/" + point, "ct del web");

        assertThat(host.osctl("ct show web")).fails(Status.NOT_FOUND);
        host.given("trash restore web");
        holds("web", "second");
        assertThat(snapshots("web")).containsExactly("one");
    }

    @ParameterizedTest
    @ValueSource(strings = {"after:begin", "before:record layers", "after:record layers"})
    void aRestorationCutOffEarlyIsUndone(String point) {
        host.given("ct del web");

        dies("trash-restore/" + point, "trash restore web");

        assertThat(trashed()).containsExactly("web");
        host.given("trash restore web");
        holds("web", "second");
    }

    @ParameterizedTest
    @MethodSource("late")
    void aRestorationCutOffLateIsCompleted(String point) {
        host.given("ct del web");

        dies("trash-restore/" + point, "trash restore --as back web");

        assertThat(trashed()).isEmpty();
        holds("back", "second");
        assertThat(snapshots("back")).containsExactly("one");
        host.given("ct del --purge back");
        assertThat(host.residue()).isEmpty();
    }
}
