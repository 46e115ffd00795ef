package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class ConcurrencyTest {
    private static final String DEAF = "trap \"\" TERM; echo deaf > /dev/console; while :; do sleep 1; done";

    @RegisterExtension
    static final Host host = Host.withBusybox();

    /** A container whose stop takes as long as it is given. */
    private static void aContainerThatIgnoresEverything() {
        host.given("ct new --image busybox web");
        assertThat(host.osctl(List.of("ct", "set", "init-cmd", "web", "/bin/sh", "-c", DEAF)))
                .succeeds();
        host.given("ct start web");
    }

    @Test
    void aSecondCommandWaitsForItsTurn() {
        aContainerThatIgnoresEverything();
        Running stop = host.command("ct stop -t 3 web").start();
        host.awaitState("web", "stopping");

        Running start = host.command("ct start web").start().complains("web");

        assertThat(stop.result()).succeeds();
        assertThat(start.result()).succeeds();
        assertThat(host.state("web")).isEqualTo("running");
    }

    @Test
    void noWaitFailsAtOnceAndSaysWhoHoldsTheContainer() {
        aContainerThatIgnoresEverything();
        Running stop = host.command("ct stop -t 3 web").start();
        host.awaitState("web", "stopping");

        assertThat(host.osctl("--no-wait ct start web")).fails(Status.BUSY).complains("web", "ct stop");

        assertThat(stop.result()).succeeds();
    }

    @Test
    void aWaitingCommandCanBeInterrupted() {
        aContainerThatIgnoresEverything();
        Running stop = host.command("ct stop -t 5 web").start();
        host.awaitState("web", "stopping");
        Running start = host.command("ct start web").start().complains("web");

        start.signal("INT");

        assertThat(start.result().status()).isIn(2, Status.INTERRUPTED.number());
        assertThat(stop.result()).succeeds();
        assertThat(host.state("web")).isEqualTo("stopped");
    }

    @Test
    void ofTenThatCreateTheSameContainerOneWins() {
        Result result = host.shell("for i in $(seq 10); do osctl ct new --image busybox web && echo won & done; wait")
                .run();

        assertThat(result.stdout().lines().filter("won"::equals)).hasSize(1);
        assertThat(host.osctl("ct start web")).succeeds();
    }

    @Test
    void startsAndStopsFromAllSidesEndInAStateThatHolds() {
        host.given("ct new --image busybox web");

        host.shell(
                        "for i in 1 2 3 4 5; do osctl ct start web & osctl ct stop --kill web & osctl ct restart --kill web & done; wait")
                .run();

        host.given("ct start web");
        assertThat(host.osctl("ct exec web true")).succeeds();
    }

    @Test
    void twentyContainersAreMadeStartedAndDeletedAtOnce() {
        assertThat(host.shell("for i in $(seq 20); do osctl ct new --image busybox c$i & done; wait")
                        .run())
                .succeeds();
        assertThat(host.json("ct ls")).hasSize(20);

        assertThat(host.osctl("ct start --all")).succeeds();
        assertThat(host.osctl("ct ls -H -o state -S running").stdout().lines()).hasSize(20);

        assertThat(host.osctl("ct del -f --all")).succeeds();
        assertThat(host.json("ct ls")).isEmpty();
    }

    @Test
    void aListIsNotHeldUpByALongCommand() {
        aContainerThatIgnoresEverything();
        Running stop = host.command("ct stop -t 3 web").start();
        host.awaitState("web", "stopping");

        assertThat(host.osctl("ct ls")).succeeds().mentions("stopping");

        assertThat(stop.result()).succeeds();
    }
}
