package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class GracefulStopTest {
    private static final List<String> IGNORES_EVERYTHING =
            List.of("/bin/sh", "-c", "trap \"\" TERM INT HUP USR1 USR2 PWR; while :; do sleep 1; done");

    @RegisterExtension
    static final Host host = Host.withBusybox();

    private static void aRunningContainerWithInit(List<String> init) {
        host.given("ct new --image busybox web");
        List<String> words = new java.util.ArrayList<>(List.of("ct", "set", "init-cmd", "web"));
        words.addAll(init);
        assertThat(host.osctl(words)).succeeds();
        host.given("ct start web");
    }

    @Test
    void busyboxEndsItsChildrenItself() {
        host.given("ct new --image busybox web", "ct start web");
        host.given("ct exec web sh -c 'echo ::shutdown:/bin/touch /root/was-shut-down >> /etc/inittab; kill -HUP 1'");

        assertThat(host.osctl("ct stop web")).succeeds().mentions("ended by its init");

        host.given("ct start web");
        assertThat(host.osctl("ct exec web ls /root")).prints("was-shut-down");
    }

    @Test
    void anInitThatIgnoresEverythingIsKilledAfterTheTimeout() {
        aRunningContainerWithInit(IGNORES_EVERYTHING);

        assertThat(host.osctl("ct stop -t 1 web")).succeeds().mentions("web", "killed", "did not end");
    }

    @Test
    void anInitThatIgnoresEverythingRunsOnIfItMayNotBeKilled() {
        aRunningContainerWithInit(IGNORES_EVERYTHING);

        assertThat(host.osctl("ct stop -t 1 --dont-kill web"))
                .fails(Status.TIMEOUT)
                .complains("web", "still runs");

        assertThat(host.osctl("ct exec web true")).succeeds();
        org.assertj.core.api.Assertions.assertThat(host.state("web")).isEqualTo("running");
    }

    @Test
    void aProgramThatIsNoInitIsAskedByTerm() {
        aRunningContainerWithInit(List.of("/bin/sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.1; done"));

        assertThat(host.osctl("ct stop web")).succeeds().mentions("ended by its init");
    }

    @Test
    void aContainerFullOfProcessesGoesAway() {
        aRunningContainerWithInit(
                List.of(
                        "/bin/sh",
                        "-c",
                        "trap \"\" TERM; for i in $(seq 200); do (trap \"\" TERM; sleep 9999) & done; while :; do sleep 1; done"));

        assertThat(host.osctl("ct stop -t 1 web")).succeeds().mentions("killed");
    }

    @Test
    void interruptingAGracefulStopLeavesTheContainerRunning() {
        aRunningContainerWithInit(IGNORES_EVERYTHING);
        Running stop = host.command("ct stop -t 60 web").start();
        host.awaitState("web", "stopping");

        stop.signal("INT");

        org.assertj.core.api.Assertions.assertThat(stop.result().status()).isIn(2, Status.INTERRUPTED.number());
        host.awaitState("web", "running");
        assertThat(host.osctl("ct exec web true")).succeeds();
    }

    @ParameterizedTest
    @EnumSource(InitImage.class)
    void everyInitEndsWhenItIsAsked(InitImage image) {
        assertThat(host.osctl("image import --name init " + image.archive())).succeeds();
        host.given("ct new --image init web");
        assertThat(host.osctl(List.of("ct", "set", "init-cmd", "web", image.init())))
                .succeeds();
        host.given("ct start web");
        image.awaitUp(host, "web");

        assertThat(host.osctl("ct stop -t 60 web")).succeeds().mentions("ended by its init");
    }

    @ParameterizedTest
    @EnumSource(InitImage.class)
    void everyInitRebootsWhenItIsAsked(InitImage image) {
        assertThat(host.osctl("image import --name init " + image.archive())).succeeds();
        host.given("ct new --image init web");
        assertThat(host.osctl(List.of("ct", "set", "init-cmd", "web", image.init())))
                .succeeds();
        host.given("ct start web");
        image.awaitUp(host, "web");
        int init = host.initPid("web");

        assertThat(host.osctl("ct restart --reboot web")).succeeds();

        host.awaitReboot("web", init);
        host.given("ct stop --kill web");
    }
}
