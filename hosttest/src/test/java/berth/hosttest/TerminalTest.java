package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class TerminalTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    @BeforeEach
    void aRunningContainer() {
        host.given("ct new --image busybox web", "ct start web");
    }

    @Test
    void aCommandOnATerminalHasATerminal() {
        Screen screen = host.command("ct exec web sh -c 'test -t 0 && test -t 1 && test -t 2'")
                .onTerminal();

        assertThat(screen.result()).succeeds();
    }

    @Test
    void theTerminalInsideHasTheSizeOfTheTerminalOutside() {
        assertThat(host.command("ct exec web stty size").onTerminal().result())
                .succeeds()
                .mentions("24 80");
    }

    @Test
    void aNewSizeReachesTheCommand() {
        Screen screen = host.command(
                        "ct exec web sh -c 'trap \"stty size\" WINCH; echo ready; while :; do sleep 0.05; done'")
                .onTerminal()
                .shows("ready");

        screen.resize(40, 132);

        screen.shows("40 132");
    }

    @Test
    void ctrlCInterruptsTheCommandInside() {
        Screen screen = host.command(
                        "ct exec web sh -c 'trap \"echo caught; exit 5\" INT; echo ready; while :; do sleep 0.05; done'")
                .onTerminal()
                .shows("ready");

        screen.type(Screen.CTRL_C);

        assertThat(screen.result()).exits(5).mentions("caught");
    }

    @Test
    void theTerminalIsAsBeforeWhenTheCommandHasEnded() {
        Result result = host.shell("stty -a > before; osctl ct exec web true; stty -a > after; cmp before after")
                .onTerminal()
                .result();

        assertThat(result).succeeds();
    }

    @Test
    void aJobInTheBackgroundTakesNothingOfWhatIsTypedForTheShell() {
        Screen screen = host.shell("set -m; osctl ct exec web sh -c 'echo ready; cat; echo ended' & read -r line;"
                        + " wait; echo \"the shell has $line\"")
                .onTerminal()
                .shows("ready");

        screen.type("words\n");

        assertThat(screen.result()).succeeds().mentions("ended", "the shell has words");
    }

    @Test
    void theExitStatusComesThroughATerminalToo() {
        assertThat(host.command("ct exec web sh -c 'exit 9'").onTerminal().result())
                .exits(9);
    }

    @Test
    void whatIsStartedOnATerminalEndsWhenTheTerminalIsGone() {
        Screen screen = host.command("ct exec web sh -c 'echo ready; exec sleep 4321'")
                .onTerminal()
                .shows("ready");

        screen.hangUp();

        await().atMost(Running.PATIENCE)
                .until(() -> host.osctl("ct exec web pidof sleep").status() != 0);
    }

    @Test
    void attachOpensAShell() {
        Screen screen = host.command("ct attach web").onTerminal();

        screen.shows("#").type("echo $((6 * 7)) $(hostname)\n").shows("42 web");
        screen.type("exit 4\n");

        assertThat(screen.result()).exits(4);
    }

    @Test
    void attachReadsAScriptFromAPipe() {
        assertThat(host.command("ct attach web").reading("echo hello\nexit 6\n").run())
                .exits(6)
                .mentions("hello");
    }

    @Test
    void enterIsAnotherWordForAttach() {
        assertThat(host.command("ct enter web").reading("echo hello\n").run())
                .succeeds()
                .mentions("hello");
    }

    @Test
    void attachToAStoppedContainerIsRefused() {
        host.given("ct stop --kill web");

        assertThat(host.osctl("ct attach web")).fails(Status.WRONG_STATE).complains("web", "stopped");
    }

    @Test
    void jobsInsideAnAttachedShellCanBeStoppedAndContinued() {
        Screen screen = host.command("ct attach web").onTerminal();
        screen.shows("#").type("echo shell $((1 + 1))\n").shows("shell 2");

        screen.type("sleep 3210\n");
        await().atMost(Running.PATIENCE)
                .until(() -> host.osctl("ct exec web pidof sleep").status() == 0);
        screen.type("\u001a").shows("Stopped");
        screen.shows("#").type("kill %1; echo back $((1 + 2))\n").shows("back 3");
        screen.type("exit\n");

        assertThat(screen.output()).contains("back 3");
    }
}
