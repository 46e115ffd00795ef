package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The daemon dies around every step of making, mounting and deleting a dataset of a pool: there is one, whole, or nothing of it. */
final class SharedDatasetCrashTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    @BeforeEach
    void deletionsCanBeTakenBack() {
        host.given("pool set trash-age tank 1h");
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
        return host.json("pool dataset ls").findValuesAsString("name");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "after:begin",
                "before:make tree",
                "after:make tree",
                "before:give to its owner",
                "after:give to its owner",
                "before:set bound",
                "after:set bound"
            })
    void aNewOneCutOffEarlyIsNotThere(String point) {
        dies("pool-dataset-new/" + point, "pool dataset new tank media");

        assertThat(datasets()).isEmpty();
        assertThat(host.residue()).isEmpty();
        host.given("pool dataset new tank media");
    }

    @ParameterizedTest
    @ValueSource(strings = {"before:write configuration", "after:write configuration", "before:end"})
    void aNewOneCutOffLateIsWhole(String point) {
        dies("pool-dataset-new/" + point, "pool dataset new --owner 33 tank media");

        assertThat(datasets()).containsExactly("media");
        host.given("ct new --image busybox web", "ct mounts dataset web tank:media /srv", "ct start web");
        assertThat(host.osctl("ct exec web stat -c %u:%g /srv")).prints("33:33");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "before:remove configuration",
                "after:remove configuration",
                "before:destroy tree",
                "after:destroy tree",
                "before:end"
            })
    void whatWasBeingDeletedForGoodIsGone(String point) {
        host.given("pool dataset new tank media");

        dies("pool-dataset-del/" + point, "pool dataset del --purge tank media");

        assertThat(datasets()).isEmpty();
        assertThat(host.residue()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = "before:write configuration")
    void whatWasNotInTheTrashYetIsThere(String point) {
        host.given("pool dataset new tank media");

        dies("pool-dataset-discard/" + point, "pool dataset del tank media");

        assertThat(datasets()).containsExactly("media");
        assertThat(host.json("trash ls")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = "before:write configuration")
    void aMountThatWasCutOffIsNotThere(String point) {
        host.given("pool dataset new tank media", "ct new --image busybox web", "ct start web");

        dies("ct-mounts-new/" + point, "ct mounts dataset web tank:media /srv");

        assertThat(host.json("ct mounts ls web")).isEmpty();
        assertThat(host.osctl(List.of("ct", "exec", "web", "sh", "-c", "grep -q ' /srv ' /proc/mounts")))
                .exits(1);
        assertThat(host.osctl("pool dataset del tank media")).succeeds();
    }
}
