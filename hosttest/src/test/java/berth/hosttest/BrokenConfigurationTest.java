package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Configuration is made to be edited by hand, and hands make mistakes. */
final class BrokenConfigurationTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    private static Path configuration(String file) {
        return host.pool("tank").resolve("conf").resolve(file);
    }

    private static void breakAndRestart(String file) {
        host.killDaemon();
        Host.write(configuration(file), "{{{ not YAML");
        host.startDaemon();
    }

    private static void mendAndRestart(String file, String text) throws IOException {
        host.killDaemon();
        Files.delete(configuration(file + ".broken"));
        Host.write(configuration(file), text);
        host.startDaemon();
    }

    @Test
    void aContainerRunsOnWhileItsFileIsBroken() throws IOException {
        host.given("ct new --image busybox web", "ct start web");
        int init = host.initPid("web");
        String sound = Host.read(configuration("ct/web.yml"));

        breakAndRestart("ct/web.yml");
        assertThat(host.osctl("ct show web")).fails(Status.NOT_FOUND);

        mendAndRestart("ct/web.yml", sound);
        assertThat(host.state("web")).isEqualTo("running");
        assertThat(host.initPid("web")).isEqualTo(init);
        assertThat(host.osctl("ct exec web true")).succeeds();
    }

    @Test
    void theIdOfAContainerWhoseFileIsBrokenIsNotFree() throws IOException {
        host.given(
                "ct new --image busybox web",
                "ct start web",
                "ct exec web sh -c 'echo kept >/root/file'",
                "ct snapshot new web one",
                "ct stop --kill web",
                "ct new --image busybox other",
                "ct export other " + host.scratch().resolve("other.tar"));
        String sound = Host.read(configuration("ct/web.yml"));

        breakAndRestart("ct/web.yml");
        for (String line : List.of(
                "ct new --image busybox web",
                "ct mv other web",
                "ct cp other web",
                "ct import --as-id web " + host.scratch().resolve("other.tar"))) {
            assertThat(host.osctl(line)).fails(Status.EXISTS).complains("web.yml.broken");
        }

        mendAndRestart("ct/web.yml", sound);
        host.given("ct snapshot rollback web one", "ct start web");
        assertThat(host.osctl("ct exec web cat /root/file")).prints("kept");
    }

    @Test
    void aContainerRunsOnWhileItsGroupIsBrokenAndTheDaemonStarts() throws IOException {
        host.given("group new /web", "ct new --image busybox --group /web web", "ct start web");
        host.given("ct new --image busybox other");
        int init = host.initPid("web");
        String sound = Host.read(configuration("group/%2Fweb.yml"));

        breakAndRestart("group/%2Fweb.yml");
        assertThat(host.state("web")).isEqualTo("running");
        assertThat(host.osctl("ct exec web true")).fails(Status.NOT_FOUND).complains("/web");
        assertThat(host.osctl("ct start other")).succeeds();

        mendAndRestart("group/%2Fweb.yml", sound);
        assertThat(host.initPid("web")).isEqualTo(init);
    }

    @Test
    void aContainerWhoseUserIsGoneIsNotStartedButStoppedAndDeleted() throws IOException {
        host.given("user new alice", "ct new --image busybox --user alice web", "ct start web");
        host.killDaemon();
        String sound = Host.read(configuration("user/alice.yml"));
        Files.delete(configuration("user/alice.yml"));
        host.startDaemon();

        assertThat(host.osctl("ct show web")).succeeds();
        assertThat(host.osctl("ct stop --kill web")).succeeds();
        assertThat(host.osctl("ct start web")).fails(Status.NOT_FOUND).complains("alice");
        assertThat(host.osctl("ct del web")).succeeds();
        assertThat(host.runningResidue()).isEmpty();

        host.killDaemon();
        Host.write(configuration("user/alice.yml"), sound);
        host.startDaemon();
    }

    @Test
    void aContainerThatWasFrozenWhileItRebootedIsFoundAgain() {
        host.given("ct new --image busybox web", "ct start web", "ct restart --reboot web", "ct freeze web");

        host.killDaemon();
        host.startDaemon();

        assertThat(host.state("web")).isEqualTo("frozen");
        host.given("ct unfreeze web");
        assertThat(host.state("web")).isEqualTo("running");
    }
}
