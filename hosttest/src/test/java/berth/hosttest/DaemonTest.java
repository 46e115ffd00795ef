package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class DaemonTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    private static Osctl osctld(String instance) {
        String program = Checkout.programs().resolve("osctld").toString();
        return host.program(java.util.List.of(program, "--instance", instance, "--foreground"));
    }

    @Test
    void aSecondDaemonOfTheSameInstanceRefusesToStart() {
        host.given("ct new --image busybox web", "ct start web");
        int init = host.initPid("web");

        Result second = osctld(host.instance()).run();

        assertThat(second.status()).isNotZero();
        assertThat(second).complains(host.instance());
        assertThat(host.initPid("web")).isEqualTo(init);
        assertThat(host.osctl("ct exec web true")).succeeds();
    }

    @Test
    void aBadInstanceNameIsRefused() {
        Result result = osctld("../etc").run();

        assertThat(result).fails(Status.INVALID).complains("../etc");
    }

    /** What it has started itself, as there was nothing to take over, ends with it. */
    @Test
    void itsOrderlyEndIsNoError() {
        host.daemon().stop();
        host.startDaemon();

        int status = host.daemon().stop();

        assertThat(status).isEqualTo(143);
        assertThat(host.daemon().log()).contains("ready").doesNotContain("ERROR");
        host.startDaemon();
    }

    @Test
    void failPointsAreIgnoredUnlessTheyAreAllowed() {
        host.letDaemonDieAt("ct-new/before:end");
        host.daemon().stop();
        Running daemon = osctld(host.instance()).start();
        org.awaitility.Awaitility.await()
                .atMost(Running.PATIENCE)
                .until(() -> host.osctl("ping").status() == 0);

        assertThat(host.osctl("ct new --image busybox web")).succeeds();

        daemon.signal("TERM");
        daemon.result();
        host.startDaemon();
    }

    @Test
    void containersWithAutostartStartOncePerBoot() {
        host.given("ct new --image busybox web", "ct set autostart web", "ct new --image busybox other");

        boots();
        host.awaitState("web", "running");
        assertThat(host.state("other")).isEqualTo("stopped");

        host.given("ct stop web");
        host.daemon().stop();
        host.startDaemon();
        assertThat(host.state("web")).isEqualTo("stopped");
    }

    private static void boots() {
        host.daemon().stop();
        assertThat(host.shell("rm -rf /run/%s/autostarted".formatted(host.instance()))
                        .run())
                .succeeds();
        host.startDaemon();
    }

    /** Two start at a time. */
    @Test
    void whatIsStoppedWhileItWaitsForItsAutostartIsNotStarted() {
        for (String id : List.of("first", "second", "third", "last")) {
            host.given("ct new --image busybox " + id);
        }
        host.given(
                "ct set autostart -p 1 -d 5 first second",
                "ct set autostart -p 10 third",
                "ct set autostart -p 20 last");

        boots();
        host.awaitState("first", "running");
        host.awaitState("second", "running");
        assertThat(host.osctl("ct stop third")).succeeds();

        host.awaitState("last", "running");
        assertThat(host.state("third")).isEqualTo("stopped");
    }

    @Test
    void allContainersStopInTheReverseOrderOfTheirAutostart() {
        for (String id : List.of("database", "queue", "web")) {
            host.given("ct new --image busybox " + id);
        }
        host.given("ct set autostart -p 10 database", "ct set autostart -p 20 queue", "ct start --all");

        assertThat(host.osctl("ct stop --all").stdout().lines())
                .extracting(line -> line.substring(0, line.indexOf(' ')))
                .containsExactly("web", "queue", "database");
    }

    @Test
    void autostartGoesOnWhereTheDaemonDied() {
        host.given("ct new --image busybox web", "ct set autostart web");
        host.daemon().stop();
        assertThat(host.shell("rm -rf /run/%s/autostarted".formatted(host.instance()))
                        .run())
                .succeeds();

        host.letDaemonDieAt("ct-start/before:start monitor");
        host.daemon().start();
        host.restartDeadDaemon();
        host.awaitState("web", "running");
    }
}
