package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The daemon dies around every step of a reinstallation with another image, and of a rescue: old or new, nothing between. */
final class ReinstallCrashTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    @BeforeEach
    void aContainerWithASnapshotAndAnotherImage() {
        Path archive = Tarball.busybox()
                .file("etc/rescue", "the other image\n")
                .writeTo(host.scratch().resolve("rescue.tar.gz"));
        host.given(
                "pool set trash-age tank 1h",
                "image import --name rescue " + archive,
                "ct new --image busybox web",
                "ct snapshot new web one");
    }

    @AfterEach
    void nothingIsLeft() {
        host.given("ct del -f --purge web", "trash prune --all", "pool set trash-age tank 0", "image del rescue");
        assertThat(host.pool("tank").resolve("ct")).isEmptyDirectory();
        assertThat(host.pool("tank").resolve("conf/dataset")).isEmptyDirectory();
    }

    private static void dies(String failPoint, String line) {
        host.letDaemonDieAt(failPoint);
        assertThat(host.osctl(line)).fails(Status.DAEMON_WENT_AWAY);
        host.restartDeadDaemon();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "after:begin",
                "after:make new root",
                "after:record former layers",
                "after:put former configuration into trash"
            })
    void cutOffEarlyItIsAsBefore(String point) {
        dies("ct-reinstall-image/" + point, "ct reinstall --image rescue web");

        assertThat(host.json("trash ls")).isEmpty();
        assertThat(host.json("ct snapshot ls web")).hasSize(1);
        host.given("ct start web");
        assertThat(host.osctl("ct exec web ls /etc/rescue")).fails(Status.FAILED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"before:write configuration", "after:write configuration", "before:end"})
    void cutOffLateItIsDone(String point) {
        dies("ct-reinstall-image/" + point, "ct reinstall --image rescue web");

        assertThat(host.json("trash ls")).hasSize(1);
        assertThat(host.json("ct snapshot ls web")).isEmpty();
        host.given("ct start web");
        assertThat(host.osctl("ct exec web cat /etc/rescue")).prints("the other image");
    }

    @ParameterizedTest
    @ValueSource(strings = {"after:make other root", "after:write LXC configuration", "after:mount root file system"})
    void aRescueCutOffEarlyLeavesAContainerThatStartsAsUsual(String point) {
        dies("ct-start/" + point, "ct boot --image rescue web");

        assertThat(host.state("web")).isEqualTo("stopped");
        assertThat(host.pool("tank").resolve("ct/web@boot")).doesNotExist();
        host.given("ct start web");
        assertThat(host.osctl("ct exec web ls /etc/rescue")).fails(Status.FAILED);
    }
}
