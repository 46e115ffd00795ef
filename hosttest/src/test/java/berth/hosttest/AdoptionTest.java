package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** Containers do not need the daemon to run, and the next daemon finds out what they did meanwhile. */
final class AdoptionTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    private static Map<String, Integer> inits() {
        Map<String, Integer> inits = new TreeMap<>();
        for (JsonNode container : host.json("ct ls -o id,init_pid")) {
            inits.put(container.get("id").asString(), container.get("init_pid").asInt());
        }
        return inits;
    }

    private static String insideWithoutDaemon(int init) {
        return "nsenter -t %d -a ".formatted(init);
    }

    @Test
    void aContainerSurvivesTheDeathOfTheDaemon() {
        host.given("ct new --image busybox web", "ct start web");
        int init = host.initPid("web");

        host.killDaemon();
        host.startDaemon();

        assertThat(host.state("web")).isEqualTo("running");
        assertThat(host.initPid("web")).isEqualTo(init);
        assertThat(host.osctl("ct exec web true")).succeeds();
    }

    @Test
    void aContainerSurvivesAnOrderlyRestartOfTheDaemon() {
        host.given("ct new --image busybox web", "ct start web");
        int init = host.initPid("web");

        assertThat(host.daemon().stop()).isIn(0, 128 + 15);
        host.startDaemon();

        assertThat(host.initPid("web")).isEqualTo(init);
    }

    @Test
    void aFrozenContainerIsFoundFrozen() {
        host.given("ct new --image busybox web", "ct start web", "ct freeze web");

        host.killDaemon();
        host.startDaemon();

        assertThat(host.state("web")).isEqualTo("frozen");
        assertThat(host.osctl("ct unfreeze web")).succeeds();
    }

    @Test
    void ofTwentyContainersTheOnesThatHaltedRebootedAndWereKilledAreFoundSo() {
        IntStream.rangeClosed(1, 20).forEach(i -> host.given("ct new --image busybox c%02d".formatted(i)));
        host.given("ct start --all");
        Map<String, Integer> before = inits();
        int halts = host.initPid("c01");
        int reboots = host.initPid("c02");
        int dies = host.initPid("c03");

        host.killDaemon();
        host.shell(insideWithoutDaemon(halts) + "poweroff").run();
        host.shell(insideWithoutDaemon(reboots) + "reboot").run();
        Running.signal(dies, "KILL");
        await().atMost(Running.PATIENCE)
                .until(() -> Stream.of(halts, reboots, dies).noneMatch(AdoptionTest::isAlive));
        host.startDaemon();

        host.awaitState("c01", "stopped");
        host.awaitState("c03", "stopped");
        host.awaitReboot("c02", reboots);
        assertThat(host.state("c02")).isEqualTo("running");
        Map<String, Integer> expected = new TreeMap<>(before);
        expected.put("c01", 0);
        expected.put("c02", host.initPid("c02"));
        expected.put("c03", 0);
        assertThat(inits()).isEqualTo(expected);
        assertThat(host.osctl("ct log cat c01")).mentions("while no daemon watched");
        assertThat(host.osctl("ct start c01 c03")).succeeds();
        assertThat(host.shell("for c in $(osctl ct ls -H -o id); do osctl ct exec $c true || exit 1; done")
                        .run())
                .succeeds();
    }

    @Test
    void aHaltAfterTheRestartIsNoticed() {
        host.given("ct new --image busybox web", "ct start web");
        host.killDaemon();
        host.startDaemon();

        host.osctl("ct exec web poweroff");

        host.awaitState("web", "stopped");
    }

    @Test
    void aCommandInsideEndsWithTheDaemonThatStartedIt() {
        host.given("ct new --image busybox web", "ct start web");
        Running running = host.command("ct exec web sh -c 'echo ready; exec sleep 4321'")
                .start()
                .shows("ready");

        host.killDaemon();

        assertThat(running.result()).fails(Status.DAEMON_WENT_AWAY);
    }

    private static boolean isAlive(int pid) {
        return ProcessHandle.of(pid).isPresent();
    }
}
