package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The daemon dies between the steps of changes to networks and interfaces. Whatever the point, the host has afterwards what the
 * configuration says, and nothing else.
 */
final class NetworkCrashTest {
    @RegisterExtension
    static final Host host = Host.withBusyboxInNetworkOfItsOwn();

    private static final String NEW_NETWORK = "network new nat --subnet 10.77.5.0/24 net0";
    private static final String GATEWAY = "10.77.5.1";

    private static void dies(String failPoint, String line) {
        host.letDaemonDieAt(failPoint);
        assertThat(host.osctl(line)).fails(Status.DAEMON_WENT_AWAY);
        host.restartDeadDaemon();
    }

    private static void aContainerOnTheNetworkReachesItsGateway() {
        host.given(
                "ct new --image busybox late",
                "ct netif new bridge --link net0 late eth0",
                "ct start late",
                "ct exec late udhcpc -i eth0 -n -q -t 5 -T 1");
        reaches("late", GATEWAY);
        host.given("ct del -f late");
    }

    private static void reaches(String container, String address) {
        await(address + " answers " + container)
                .atMost(Running.PATIENCE)
                .until(() -> host.osctl("ct exec %s ping -c 1 -W 1 %s".formatted(container, address))
                                .status()
                        == 0);
    }

    private static void nothingOfNetworksIsLeft() {
        assertThat(host.networkShell("ip -o link show type bridge; ip -o link show type veth; nft list tables")
                        .run()
                        .stdout())
                .isEmpty();
        assertThat(host.shell("pgrep -fl '[/]run/%s/network/'".formatted(host.instance()))
                        .run()
                        .stdout())
                .isEmpty();
    }

    /** A running container without interfaces, and a network that it could be on. */
    private static void oneBesideANetwork() {
        host.given(NEW_NETWORK, "ct new --image busybox web", "ct start web");
    }

    /** A running container on a network. */
    private static void oneOnANetwork() {
        oneBesideANetwork();
        host.given("ct netif new bridge --link net0 web eth0");
    }

    private static String insideOf(String container) {
        return host.osctl("ct exec %s ip -o addr show dev eth0".formatted(container))
                .stdout();
    }

    private static String veths() {
        return host.networkShell("ip -o link show type veth").run().stdout();
    }

    @Test
    void aNetworkThatWasNotWrittenYetIsNotThere() {
        dies("network/before:write configuration", NEW_NETWORK);

        assertThat(host.json("network ls")).isEmpty();
        nothingOfNetworksIsLeft();
        host.given(NEW_NETWORK);
        aContainerOnTheNetworkReachesItsGateway();
    }

    @ParameterizedTest
    @ValueSource(strings = {"make bridge", "answer for containers", "start name service", "load rules"})
    void aNetworkThatWasWrittenIsMade(String step) {
        dies("network/before:" + step, NEW_NETWORK);

        assertThat(host.json("network ls")).hasSize(1);
        assertThat(host.json("network check")).isEmpty();
        aContainerOnTheNetworkReachesItsGateway();

        host.given("network del net0");
        nothingOfNetworksIsLeft();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"stop name service", "answer for containers no longer", "remove bridge", "remove configuration"})
    void aNetworkThatIsStillWrittenIsMadeAgain(String step) {
        host.given(NEW_NETWORK);

        dies("network/before:" + step, "network del net0");

        assertThat(host.json("network ls")).hasSize(1);
        assertThat(host.osctl("network check")).succeeds();
        aContainerOnTheNetworkReachesItsGateway();
        host.given("network del net0");
        nothingOfNetworksIsLeft();
    }

    @Test
    void aNetworkThatIsNoLongerWrittenIsGone() {
        host.given(NEW_NETWORK);

        dies("network/before:remove rules", "network del net0");

        assertThat(host.json("network ls")).isEmpty();
        nothingOfNetworksIsLeft();
    }

    /** With layers of its own, of which a second container would have the same. */
    @Test
    void aContainerWhoseNetworkRefusesItIsInTheTrashOnly() {
        host.given(
                NEW_NETWORK,
                "pool set trash-age tank 1h",
                "ct new --image busybox web",
                "ct netif new bridge --link net0 web eth0",
                "ct del web");
        try {
            host.letDaemonDieAt("network/fail:change rules");
            assertThat(host.osctl("trash restore web")).fails(Status.FAILED).complains("change rules");
            host.letDaemonDieAt("");
            host.killDaemon();
            host.startDaemon();

            assertThat(host.json("ct ls")).isEmpty();
            host.given("trash restore web", "ct start web");
            reaches("web", GATEWAY);
        } finally {
            host.given("pool set trash-age tank 0");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"take away", "write configuration"})
    void anInterfaceThatWasNotWrittenYetIsNotThere(String step) {
        oneBesideANetwork();

        dies("netif/before:" + step, "ct netif new bridge --link net0 web eth0");

        assertThat(host.json("ct netif ls web")).isEmpty();
        assertThat(veths()).isEmpty();
        host.given("ct netif new bridge --link net0 web eth0");
        reaches("web", GATEWAY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "network/before:change rules",
                "network/before:tell name service",
                "netif/before:add",
                "netif/before:connect",
                "netif/before:tell guest",
                "netif/fail:add;netif/before:undo"
            })
    void anInterfaceThatWasWrittenIsThere(String point) {
        oneBesideANetwork();

        dies(point, "ct netif new bridge --link net0 web eth0");

        assertThat(host.json("ct netif ls web")).hasSize(1);
        assertThat(host.osctl("network check")).succeeds();
        reaches("web", GATEWAY);
        assertThat(host.osctl("ct exec web udhcpc -i eth0 -n -q -t 5 -T 1")).succeeds();
        host.given("ct netif del web eth0");
        assertThat(veths()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"take away", "write configuration"})
    void anInterfaceThatIsStillWrittenComesBack(String step) {
        oneOnANetwork();
        String before = insideOf("web");

        dies("netif/before:" + step, "ct netif del web eth0");

        assertThat(insideOf("web")).contains(addressIn(before));
        reaches("web", GATEWAY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"network/before:change rules", "network/before:tell name service", "netif/before:tell guest"})
    void anInterfaceThatIsNoLongerWrittenIsGone(String point) {
        oneOnANetwork();

        dies(point, "ct netif del web eth0");

        assertThat(host.json("ct netif ls web")).isEmpty();
        assertThat(veths()).isEmpty();
        assertThat(host.json("network addresses net0")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"take away", "write configuration"})
    void anAddressThatWasNotWrittenYetIsNotThere(String step) {
        host.given("ct new --image busybox web", "ct netif new routed web eth0", "ct start web");

        dies("netif/before:" + step, "ct netif ip add web eth0 192.0.2.7/32");

        assertThat(insideOf("web")).doesNotContain("192.0.2.7");
        assertThat(routes()).doesNotContain("192.0.2.7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"add", "connect", "tell guest"})
    void anAddressThatWasWrittenIsThere(String step) {
        host.given("ct new --image busybox web", "ct netif new routed web eth0", "ct start web");

        dies("netif/before:" + step, "ct netif ip add web eth0 192.0.2.7/32");

        assertThat(insideOf("web")).contains("192.0.2.7");
        assertThat(routes()).contains("192.0.2.7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"take away", "write configuration"})
    void anAddressThatIsStillWrittenComesBack(String step) {
        oneRouted();

        dies("netif/before:" + step, "ct netif ip del web eth0 192.0.2.7/32");

        assertThat(insideOf("web")).contains("192.0.2.7");
        assertThat(routes()).contains("192.0.2.7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"add", "tell guest"})
    void anAddressThatIsNoLongerWrittenIsGone(String step) {
        oneRouted();

        dies("netif/before:" + step, "ct netif ip del web eth0 192.0.2.7/32");

        assertThat(insideOf("web")).doesNotContain("192.0.2.7");
        assertThat(routes()).doesNotContain("192.0.2.7");
    }

    @Test
    void aChangeOfANetworkThatWasWrittenHolds() {
        oneOnANetwork();
        host.given("ct new --image busybox peer", "ct netif new bridge --link net0 peer eth0", "ct start peer");

        dies("network/before:change network", "network set --intra allow net0");

        assertThat(host.json("network show net0").get("intra").asString()).isEqualTo("allow");
        reaches("web", "10.77.5.129");
    }

    private static void oneRouted() {
        host.given(
                "ct new --image busybox web",
                "ct netif new routed web eth0",
                "ct netif ip add web eth0 192.0.2.7/32",
                "ct start web");
    }

    private static String routes() {
        return host.networkShell("ip route").run().stdout();
    }

    private static String addressIn(String listing) {
        return listing.lines()
                .filter(l -> l.contains(" inet "))
                .findFirst()
                .orElseThrow()
                .split(" inet ")[1]
                .split(" ")[0];
    }
}
