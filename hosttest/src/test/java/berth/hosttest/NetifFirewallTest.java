package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Guests on a bridge that is the administrator's own: with a firewall they speak as themselves only. */
final class NetifFirewallTest {
    @RegisterExtension
    static final Host host = Host.withBusyboxInNetworkOfItsOwn();

    private static final String BRIDGE = "10.7.0.1";
    private static final String BRIDGE_6 = "fd00:7::1";

    @BeforeEach
    void thereIsABridge() {
        onHost(
                "ip link add br7 type bridge && ip addr add 10.7.0.1/24 dev br7 && ip addr add fd00:7::1/64 dev br7 nodad"
                        + " && ip link set br7 up");
        host.given("ct new --image busybox web");
    }

    @AfterEach
    void theBridgeGoes() {
        host.networkShell("ip link del br7").run();
        host.given("ct del -f web");
    }

    private static void onHost(String script) {
        assertThat(host.networkShell(script).run()).succeeds();
    }

    private static void started(String options) {
        host.given("ct netif new bridge --link br7 %s web eth0".formatted(options), "ct start web");
    }

    private static int ping(String options) {
        return host.osctl("ct exec web ping -c 1 -W 1 " + options).status();
    }

    private static void reaches(String address) {
        await(address + " answers").atMost(Running.PATIENCE).until(() -> ping(address) == 0);
    }

    private static void takesOtherAddresses() {
        host.given(
                "ct exec web sysctl -w net.ipv6.conf.eth0.accept_dad=0",
                "ct exec web ip addr add 10.7.0.9/32 dev eth0",
                "ct exec web ip addr add fd00:7::9/128 dev eth0");
    }

    @Test
    void withoutAFirewallAGuestMaySpeakAsAnybody() {
        started("--address 10.7.0.2/24 --address fd00:7::2/64");
        takesOtherAddresses();

        reaches("-I 10.7.0.9 " + BRIDGE);
        reaches("-I fd00:7::9 " + BRIDGE_6);
        assertThat(host.networkShell("nft list tables").run()).prints("");
    }

    @Test
    void withAFirewallAGuestSpeaksAsItselfOnlyWhateverItMaySend() {
        started("--firewall --max-tx 100M --address 10.7.0.2/24 --address fd00:7::2/64");
        takesOtherAddresses();

        reaches(BRIDGE);
        reaches("-I fd00:7::2 " + BRIDGE_6);
        assertThat(ping("-I 10.7.0.9 " + BRIDGE)).isNotZero();
        assertThat(ping("-I fd00:7::9 " + BRIDGE_6)).isNotZero();
        assertThat(host.osctl("ct exec web arping -c 1 -w 1 -I eth0 -s 10.7.0.9 " + BRIDGE)
                        .status())
                .isNotZero();

        host.given("ct netif ip add web eth0 10.7.0.9/24");
        reaches("-I 10.7.0.9 " + BRIDGE);

        host.given(
                "ct exec web ip link set eth0 down",
                "ct exec web ip link set eth0 address 02:11:11:11:11:11",
                "ct exec web ip link set eth0 up");
        assertThat(ping(BRIDGE)).isNotZero();
    }

    @Test
    void aFirewallIsSwitchedOnAndOffWhileTheContainerRuns() {
        started("--address 10.7.0.2/24");
        takesOtherAddresses();
        reaches("-I 10.7.0.9 " + BRIDGE);

        host.given("ct netif set --firewall web eth0");
        assertThat(ping("-I 10.7.0.9 " + BRIDGE)).isNotZero();
        reaches(BRIDGE);

        host.killDaemon();
        host.startDaemon();
        assertThat(ping("-I 10.7.0.9 " + BRIDGE)).isNotZero();

        host.given("ct netif set --no-firewall web eth0");
        reaches("-I 10.7.0.9 " + BRIDGE);
        assertThat(host.networkShell("nft list tables").run()).prints("");
    }

    @Test
    void aFirewallStaysWhenNetworksComeAndGo() {
        started("--firewall --address 10.7.0.2/24");
        takesOtherAddresses();

        host.given("network new nat --subnet 10.77.5.0/24 net0");
        assertThat(ping("-I 10.7.0.9 " + BRIDGE)).isNotZero();
        host.given("network del net0");
        assertThat(ping("-I 10.7.0.9 " + BRIDGE)).isNotZero();
        reaches(BRIDGE);
    }

    @Test
    void aFirewallThatWouldLetNothingPassIsRefused() {
        assertThat(host.osctl("ct netif new bridge --link br7 --firewall web eth0"))
                .fails(Status.INVALID)
                .complains("eth0", "--address");
        assertThat(host.osctl("ct netif new routed --firewall web eth0"))
                .fails(Status.INVALID)
                .complains("routed");
    }

    @Test
    void aContainerWithoutInterfacesHasTheLoopbackOnly() {
        host.given("ct start web");

        assertThat(host.osctl("ct exec web ip -o link").stdout().lines()).hasSize(1);
        assertThat(host.osctl("ct netif new none web")).succeeds().mentions("web", "loopback");

        host.given("ct netif new private --host-address 10.9.8.1 --local-address 10.9.8.2 web eth0");
        assertThat(host.osctl("ct netif new none web"))
                .fails(Status.WRONG_STATE)
                .complains("eth0");
    }
}
