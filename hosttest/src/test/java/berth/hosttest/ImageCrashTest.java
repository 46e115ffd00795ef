package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The daemon dies while a container is taken in: no image is left that nobody asked for. */
final class ImageCrashTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    private static Path archive() {
        return host.scratch().resolve("web.tar");
    }

    @BeforeAll
    static void anExportedContainer() {
        host.given(
                "ct new --image busybox web",
                "ct start web",
                "ct exec web sh -c 'echo changed > /root/file'",
                "ct stop --kill web",
                "ct export web " + archive(),
                "ct del --purge web");
    }

    @Test
    void anImportThatIsCutOffLeavesNoImageWithoutAName() {
        host.letDaemonDieAt("ct-receive/after:begin");
        assertThat(host.osctl("ct import " + archive())).fails(Status.DAEMON_WENT_AWAY);

        host.restartDeadDaemon();

        assertThat(host.osctl("ct show web")).fails(Status.NOT_FOUND);
        assertThat(host.json("image ls").findValuesAsString("name")).containsExactly("busybox");
    }

    @Test
    void anImageThatAContainerWasMadeOfStaysThroughRestarts() {
        host.given("ct import " + archive());

        host.killDaemon();
        host.startDaemon();

        host.given("ct start web");
        assertThat(host.osctl("ct exec web cat /root/file")).prints("changed");
        host.given("ct del -f --purge web", "image prune");
        assertThat(host.json("image ls").findValuesAsString("name")).containsExactly("busybox");
    }
}
