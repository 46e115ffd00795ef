package berth.engine.network;

import static org.assertj.core.api.Assertions.assertThat;

import berth.linux.netlink.IpAddresses;
import berth.linux.netlink.IpPrefix;
import berth.linux.netlink.MacAddress;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GuestInterfaceTest {
    private static final MacAddress HWADDR = MacAddress.parse("02:00:00:00:00:01");
    private static final List<IpPrefix> BRIDGE =
            Stream.of("192.0.2.1/24", "2001:db8::1/64").map(IpPrefix::parse).toList();

    private static GuestInterface of(Netif netif) {
        return GuestInterface.of(netif, Ends.of(netif, BRIDGE), 0);
    }

    private static Netif bridged(String... addresses) {
        return Netif.of("eth0", NetifType.BRIDGE, HWADDR, "br0").withAddresses(List.of(addresses));
    }

    private static Netif routed(String... addresses) {
        return Netif.of("eth0", NetifType.ROUTED, HWADDR, null).withAddresses(List.of(addresses));
    }

    private static GuestInterface.Hop hop(String destination, String gateway, boolean isOnLink) {
        return new GuestInterface.Hop(
                IpPrefix.parse(destination),
                Stream.of(gateway)
                        .filter(g -> !g.equals("-"))
                        .map(IpAddresses::parse)
                        .findFirst(),
                isOnLink,
                OptionalLong.empty());
    }

    @Test
    void theGatewayThatIsFoundOutIsTheBridge() {
        assertThat(of(bridged("192.0.2.7/24", "2001:db8::7/64")).routes())
                .containsExactly(hop("0.0.0.0/0", "192.0.2.1", false), hop("::/0", "2001:db8::1", false));
    }

    @Test
    void aBridgeInAnotherNetworkIsNoGateway() {
        assertThat(of(bridged("198.51.100.7/24")).routes()).isEmpty();
    }

    @Test
    void noGatewayMeansNone() {
        assertThat(of(bridged("192.0.2.7/24").withGateways("none", null)).routes())
                .isEmpty();
    }

    @Test
    void aGatewayOutsideOfEveryNetworkIsSaidToBeOnTheLink() {
        assertThat(of(bridged("192.0.2.7/32").withGateways("192.0.2.1", null)).routes())
                .containsExactly(hop("0.0.0.0/0", "192.0.2.1", true));
    }

    @Test
    void aRoutedGuestReachesTheHostWithoutSharingANetwork() {
        GuestInterface inside = of(routed("192.0.2.7/32", "2001:db8::7/128"));

        assertThat(inside.addresses()).hasToString("[192.0.2.7/32, 2001:db8::7/128]");
        assertThat(inside.routes())
                .containsExactly(
                        hop("255.255.255.254/32", "-", false),
                        hop("0.0.0.0/0", "255.255.255.254", true),
                        hop("::/0", "fe80::1", false));
    }

    @Test
    void aTransferNetworkGivesItsSecondAddressAndItsFirstAsTheGateway() {
        GuestInterface inside = of(routed("192.0.2.7/32").withVia(List.of("10.100.10.100/30")));

        assertThat(inside.addresses()).hasToString("[10.100.10.102/30, 192.0.2.7/32]");
        assertThat(inside.routes()).containsExactly(hop("0.0.0.0/0", "10.100.10.101", false));
    }

    @Test
    void aPairReachesTheOtherAddressFirst() {
        GuestInterface inside = of(Netif.ofPair("eth0", HWADDR, List.of("10.0.0.1"), List.of("10.0.0.2")));

        assertThat(inside.routes()).containsExactly(hop("10.0.0.1/32", "-", false), hop("0.0.0.0/0", "10.0.0.1", true));
    }

    @Test
    void theRestIsTheInterfacesOwn() {
        GuestInterface inside = of(bridged().withDhcp(true).withMtu(1400));

        assertThat(inside).isEqualTo(new GuestInterface("eth0", "02:00:00:00:00:01", 1400, true, List.of(), List.of()));
    }

    @Test
    void theGatewayOfTheFirstInterfaceCounts() {
        Netif netif = routed("192.0.2.7/32");

        assertThat(GuestInterface.of(netif, Ends.of(netif, BRIDGE), 2).routes())
                .extracting(GuestInterface.Hop::metric)
                .containsExactly(OptionalLong.of(1026), OptionalLong.of(1026));
    }
}
