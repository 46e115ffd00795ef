package berth.engine.network;

import static org.assertj.core.api.Assertions.assertThat;

import berth.linux.netlink.IpPrefix;
import berth.linux.netlink.MacAddress;
import berth.linux.netlink.Route;
import berth.linux.netlink.RouteProtocol;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnnouncedTest {
    private static final MacAddress HWADDR = MacAddress.parse("02:00:00:00:00:01");

    @Test
    void otherRoutersMayBeToldOfAllThatIsRoutedToAContainer() {
        Netif netif = Netif.of("eth0", NetifType.ROUTED, HWADDR, null)
                .withAddresses(List.of("192.0.2.7/32", "2001:db8::7/128"))
                .withVia(List.of("10.100.10.100/30"))
                .withRoutes(List.of(new RoutedNetwork("198.51.100.0/28", null)));

        assertThat(Ends.of(netif, List.of()).hostRoutes())
                .hasSize(3)
                .extracting(Route::protocol)
                .containsOnly(Announced.PROTOCOL);
    }

    @Test
    void aPrivatePairIsTheHostsOwnAffair() {
        Netif netif = Netif.ofPair("eth0", HWADDR, List.of("10.9.0.1/32"), List.of("10.9.0.2/32"));

        assertThat(Ends.of(netif, List.of()).hostRoutes())
                .extracting(Route::protocol)
                .containsExactly(RouteProtocol.STATIC);
    }

    @Test
    void theRouteToANetworkTakesThePlaceOfTheKernels() {
        assertThat(Announced.direct(IpPrefix.parse("192.0.2.1/28"), 7))
                .isEqualTo(Route.direct(IpPrefix.parse("192.0.2.0/28"), 7)
                        .withSource(IpPrefix.parse("192.0.2.1").address())
                        .withProtocol(Announced.PROTOCOL));
        assertThat(Announced.direct(IpPrefix.parse("2001:db8::1/64"), 7).metric())
                .hasValue(256);
    }
}
