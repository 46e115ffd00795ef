package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class ConsoleTest {
    private static final String DETACH = Screen.CTRL_A + "q";

    @RegisterExtension
    static final Host host = Host.withBusybox();

    @BeforeEach
    void aRunningContainer() {
        host.given("ct new --image busybox web", "ct start web");
    }

    private static Screen console(String line) {
        return host.command(line).onTerminal();
    }

    @Test
    void theConsoleShowsTheLogin() {
        console("ct console web").type("\n").shows("login:");
    }

    @Test
    void ctrlAQDetachesAndTheContainerRunsOn() {
        Screen screen = console("ct console web").type("\n").shows("login:");

        screen.type(DETACH);

        assertThat(screen.result()).succeeds();
        assertThat(host.state("web")).isEqualTo("running");
    }

    @Test
    void aPasswordLetsOneLogIn() {
        assertThat(host.command("ct passwd web root").reading("secret\n").run()).succeeds();

        Screen screen = console("ct console web").type("\n").shows("login:");
        screen.type("root\n").shows("Password:");
        screen.type("secret\n").shows("#");

        screen.type("echo $((20 + 3)) on $(hostname)\n").shows("23 on web");
    }

    @Test
    void twoViewersSeeTheSame() {
        Screen one = console("ct console web").type("\n").shows("login:");
        Screen two = console("ct console web").shows("login:");

        host.given("ct exec web sh -c 'echo to-everybody > /dev/console'");

        one.shows("to-everybody");
        two.shows("to-everybody");
    }

    @Test
    void whoComesLaterSeesWhatWasWrittenBefore() {
        host.given("ct exec web sh -c 'echo written-before-anybody-looked > /dev/console'");

        console("ct console web").shows("written-before-anybody-looked");
    }

    @Test
    void otherTerminalsHaveConsolesToo() {
        console("ct console -t 1 web").type("\n").shows("login:");
    }

    @Test
    void theConsoleOutlivesTheDaemon() {
        console("ct console web").type("\n").shows("login:");
        host.killDaemon();
        host.startDaemon();

        console("ct console web").type("\n").shows("login:");
    }

    @Test
    void theConsoleEndsWithTheContainer() {
        Screen screen = console("ct console web").type("\n").shows("login:");

        host.given("ct stop web");

        assertThat(screen.result().status()).isBetween(0, 7);
    }

    @Test
    void theConsoleGoesOnAfterAReboot() {
        Screen screen = console("ct console web").type("\n").shows("login:");
        int init = host.initPid("web");

        host.osctl("ct exec web reboot");
        host.awaitReboot("web", init);
        host.given("ct exec web sh -c 'echo after-the-reboot > /dev/console'");

        screen.shows("after-the-reboot");
    }

    @Test
    void aStoppedContainerHasNoConsole() {
        host.given("ct stop --kill web");

        assertThat(host.osctl("ct console web")).fails(Status.WRONG_STATE).complains("web", "stopped");
    }
}
