package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How much interfaces of containers let through, as the kernel has it; {@link ShapingTest} measures it. */
@Tag("alone")
final class NetifRateTest {
    @RegisterExtension
    static final Host host = Host.withBusyboxInNetworkOfItsOwn();

    @Test
    void limitsAreTheKernels() {
        host.given("ct new --image busybox web", "ct netif new routed --max-rx 8M web eth0", "ct start web");
        String veth = host.json("ct netif show web eth0").get("veth").asString();

        assertThat(host.networkShell("tc qdisc show dev " + veth).run()).mentions("tbf", "rate 8Mbit");

        host.given("ct netif set --max-rx none web eth0");
        assertThat(host.networkShell("tc qdisc show dev " + veth).run()).doesNotMention("tbf");
    }

    @Test
    void anInterfaceHasAsManyQueuesAsItIsGiven() {
        host.given(
                "ct new --image busybox web",
                "ct netif new routed --tx-queues 2 --rx-queues 3 web eth0",
                "ct start web");
        String veth = host.json("ct netif show web eth0").get("veth").asString();

        assertThat(host.networkShell("ip -d link show dev " + veth).run()).mentions("numtxqueues 3", "numrxqueues 2");
        assertThat(host.osctl("ct exec web ls /sys/class/net/eth0/queues").stdout())
                .contains("tx-1", "rx-2")
                .doesNotContain("tx-2", "rx-3");
    }

    @Test
    void whatAContainerSendsIsLimitedWhereItCannotReach() {
        host.given("ct new --image busybox web", "ct netif new routed --max-tx 8M web eth0", "ct start web");
        assertThat(host.networkShell("tc qdisc").run()).mentions("tbf", "rate 8Mbit");

        host.given("ct netif set --max-tx 4M web eth0");
        assertThat(host.networkShell("tc qdisc").run()).mentions("rate 4Mbit").doesNotMention("rate 8Mbit");

        host.given("ct netif set --max-tx none web eth0");
        assertThat(host.networkShell("ip link show type ifb").run()).prints("");

        host.given("ct netif set --max-tx 8M web eth0", "ct stop --kill web");
        assertThat(host.networkShell("ip link show type ifb").run()).prints("");
    }

    @Test
    void aLimitOfWhatAContainerSentIsGoneWithAContainerThatEndedWhileTheDaemonWasAway() {
        host.given("ct new --image busybox web", "ct netif new routed --max-tx 8M web eth0", "ct start web");
        int init = host.initPid("web");

        host.killDaemon();
        Running.signal(init, "KILL");
        await().atMost(Running.PATIENCE).until(() -> ProcessHandle.of(init).isEmpty());
        host.startDaemon();

        await().atMost(Running.PATIENCE)
                .until(() -> host.networkShell("ip link show type ifb")
                        .run()
                        .stdout()
                        .isEmpty());
    }
}
