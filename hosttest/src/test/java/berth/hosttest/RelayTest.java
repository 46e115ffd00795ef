package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class RelayTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    @Test
    void aReaderThatGoesAwayIsNoError() {
        host.given("ct new --image busybox web");

        assertThat(host.shell("osctl ct ls | head -1").run())
                .succeeds()
                .mentions("ID")
                .complainsOfNothing();
    }

    @Test
    void withoutADaemonOneLineSaysWhatToDo() {
        host.daemon().stop();

        Result result = host.osctl("ct ls");

        assertThat(result).fails(Status.NO_DAEMON).printsNothing().complains("osctld", "--instance " + host.instance());
        assertThat(result.stderr().lines()).hasSize(1);
    }

    @Test
    void aDaemonThatDiesDuringACommandIsReported() {
        host.given("ct new --image busybox web");
        Running waiting = host.command("ct wait web running").start();
        org.awaitility.Awaitility.await()
                .atMost(Running.PATIENCE)
                .until(() -> host.osctl("ping").status() == 0);

        host.killDaemon();

        assertThat(waiting.result()).fails(Status.DAEMON_WENT_AWAY).complains("went away", "keep running");
    }

    @Test
    void ctrlCEndsAWaitingCommand() {
        host.given("ct new --image busybox web");
        Screen screen = host.command("ct wait web running").onTerminal();
        org.awaitility.Awaitility.await()
                .atMost(Running.PATIENCE)
                .until(() -> host.osctl("ping").status() == 0);

        screen.type(Screen.CTRL_C);

        assertThat(screen.result().status()).isIn(2, Status.INTERRUPTED.number());
    }

    @Test
    void prefixesThatAreUnambiguousAreUnderstood() {
        host.given("ct new --image busybox web");

        assertThat(host.osctl("ct sta web")).succeeds();
        assertThat(host.osctl("ct f web")).succeeds();
        assertThat(host.state("web")).isEqualTo("frozen");
    }

    @Test
    void aliasesAreUnderstood() {
        assertThat(host.osctl("vps create --image busybox web")).succeeds();
        assertThat(host.osctl("ct list")).succeeds().mentions("web");
        assertThat(host.osctl("ct info web")).succeeds().mentions("web");
        assertThat(host.osctl("ct delete web")).succeeds();
    }

    @Test
    void twoInstancesOnOneMachineDoNotKnowEachOther() {
        assertThat(host.command("ping").with("OSCTL_INSTANCE", "t-not-there").run())
                .fails(Status.NO_DAEMON);
        assertThat(host.command("--instance " + host.instance() + " ping")
                        .with("OSCTL_INSTANCE", "t-not-there")
                        .run())
                .succeeds()
                .prints("pong");
    }
}
