package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

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
        host.daemon().stop();
        assertThat(host.shell("rm -rf /run/%s/autostarted".formatted(host.instance()))
                        .run())
                .succeeds();

        host.startDaemon();
        host.awaitState("web", "running");
        assertThat(host.state("other")).isEqualTo("stopped");

        host.given("ct stop web");
        host.daemon().stop();
        host.startDaemon();
        assertThat(host.state("web")).isEqualTo("stopped");
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
