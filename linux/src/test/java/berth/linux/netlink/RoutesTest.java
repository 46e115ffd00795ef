package berth.linux.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.linux.Errno;
import berth.linux.KernelException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("root")
class RoutesTest {
    private static final int ETH0 = 100;
    /** What ip(8) says of itself. */
    private static final RouteProtocol BOOT = new RouteProtocol(3);

    private static final IpPrefix FAR = IpPrefix.parse("192.0.2.0/24");
    private static final IpPrefix FAR_6 = IpPrefix.parse("2001:db8:1::/48");

    private final TestNetwork network = new TestNetwork();

    @BeforeEach
    void makeLink() {
        network.socket()
                .send(
                        Links.createVeth(NewLink.named("eth0").withIndex(ETH0).withUp(), NewLink.named("other")),
                        Links.up(LinkId.of("other")),
                        Addresses.add(InterfaceAddress.of(ETH0, IpPrefix.parse("10.0.0.2/24"))
                                .withBroadcast()),
                        Addresses.add(InterfaceAddress.of(ETH0, IpPrefix.parse("fd00::2/64"))
                                .with(AddressFlag.NO_DAD)));
    }

    @AfterEach
    void close() {
        network.close();
    }

    @Test
    void addressesAreListedAsTheyWereAdded() {
        InterfaceAddress pointToPoint = InterfaceAddress.of(ETH0, IpPrefix.parse("10.1.1.1/32"))
                .withPeer(IpAddresses.parse("10.1.1.2"))
                .withScope(Scope.LINK)
                .with(AddressFlag.NO_PREFIX_ROUTE);
        network.socket().send(Addresses.add(pointToPoint));

        assertThat(network.socket().addresses())
                .contains(
                        InterfaceAddress.of(ETH0, IpPrefix.parse("10.0.0.2/24"))
                                .withBroadcast()
                                .with(AddressFlag.PERMANENT),
                        InterfaceAddress.of(ETH0, IpPrefix.parse("fd00::2/64"))
                                .with(AddressFlag.NO_DAD)
                                .with(AddressFlag.PERMANENT),
                        pointToPoint.with(AddressFlag.PERMANENT));
        assertThat(network.run("ip", "-j", "addr", "show", "eth0"))
                .contains("\"local\":\"10.0.0.2\",\"prefixlen\":24,\"broadcast\":\"10.0.0.255\",\"scope\":\"global\"")
                .contains("\"local\":\"fd00::2\",\"prefixlen\":64,\"scope\":\"global\",\"nodad\":true")
                .contains("\"local\":\"10.1.1.1\",\"address\":\"10.1.1.2\",\"prefixlen\":32,\"scope\":\"link\"");
    }

    @Test
    void anAddressIsDeletedOnce() {
        InterfaceAddress address = InterfaceAddress.of(ETH0, IpPrefix.parse("10.0.0.2/24"));

        network.socket().send(Addresses.delete(address));

        assertThat(network.socket().addresses())
                .extracting(InterfaceAddress::local)
                .doesNotContain(address.local());
        assertThatThrownBy(() -> network.socket().send(Addresses.delete(address)))
                .isInstanceOfSatisfying(
                        KernelException.class,
                        e -> assertThat(e.is(Errno.EADDRNOTAVAIL)).isTrue())
                .hasMessageStartingWith("delete address '10.0.0.2/24 dev #100': address not available");
    }

    @Test
    void addingAnAddressTwiceFailsAndReplacingItDoesNot() {
        InterfaceAddress address = InterfaceAddress.of(ETH0, IpPrefix.parse("10.0.0.2/24"));

        assertThatThrownBy(() -> network.socket().send(Addresses.add(address)))
                .isInstanceOfSatisfying(
                        KernelException.class,
                        e -> assertThat(e.is(Errno.EEXIST)).isTrue());
        network.socket().send(Addresses.replace(address));
    }

    @Test
    void routesAreListedAsTheyWereAdded() {
        List<Route> routes = List.of(
                Route.via(IpPrefix.ANY_4, IpAddresses.parse("10.0.0.1")).withLink(ETH0),
                Route.via(IpPrefix.ANY_6, IpAddresses.parse("fd00::1"))
                        .withLink(ETH0)
                        .withMetric(1024),
                Route.direct(FAR, ETH0).withMetric(50).withSource(IpAddresses.parse("10.0.0.2")),
                Route.direct(FAR_6, ETH0).withMetric(7),
                Route.via(FAR, IpAddresses.parse("10.99.0.1")).withLink(ETH0).withOnLink(),
                Route.via(IpPrefix.parse("198.51.100.0/24"), IpAddresses.parse("fd00::1"))
                        .withLink(ETH0),
                Route.direct(FAR, ETH0).withTable(4000),
                Route.dead(IpPrefix.parse("203.0.113.0/24"), RouteType.BLACKHOLE),
                Route.dead(IpPrefix.parse("203.0.114.0/24"), RouteType.UNREACHABLE));

        network.socket().send(routes.stream().map(Routes::add).toList());

        assertThat(network.socket().routes()).containsAll(routes);
        assertThat(network.run("ip", "-j", "route", "show"))
                .contains("{\"dst\":\"default\",\"gateway\":\"10.0.0.1\",\"dev\":\"eth0\"")
                .contains("\"via\":{\"family\":\"inet6\",\"host\":\"fd00::1\"}")
                .contains("\"prefsrc\":\"10.0.0.2\",\"metric\":50")
                .contains("{\"type\":\"blackhole\",\"dst\":\"203.0.113.0/24\"")
                .contains("\"gateway\":\"10.99.0.1\",\"dev\":\"eth0\",\"protocol\":\"static\",\"flags\":[\"onlink\"]");
    }

    @Test
    void aRouteIsReplacedAndDeleted() {
        network.socket().send(Routes.add(Route.via(FAR, IpAddresses.parse("10.0.0.7"))));
        network.socket().send(Routes.replace(Route.via(FAR, IpAddresses.parse("10.0.0.8"))));

        assertThat(network.socket().routes())
                .filteredOn(r -> r.destination().equals(FAR))
                .extracting(Route::gateway)
                .containsExactly(Optional.of(IpAddresses.parse("10.0.0.8")));

        network.socket().send(Routes.delete(Route.via(FAR, IpAddresses.parse("10.0.0.8"))));

        assertThat(network.socket().routes()).extracting(Route::destination).doesNotContain(FAR);
        assertThatThrownBy(() -> network.socket().send(Routes.delete(Route.dead(FAR, RouteType.UNICAST))))
                .isInstanceOfSatisfying(
                        KernelException.class,
                        e -> assertThat(e.is(Errno.ESRCH)).isTrue());
    }

    @Test
    void aRouteHasTheProtocolOfItsMaker() {
        Route route = Route.direct(FAR, ETH0).withProtocol(new RouteProtocol(98));
        network.socket().send(Routes.add(route));

        assertThat(network.socket().routes()).contains(route);
        assertThat(network.run("ip", "route", "show", "proto", "98")).contains(FAR.toString());
        assertThatThrownBy(() -> network.socket().send(Routes.delete(Route.direct(FAR, ETH0))))
                .isInstanceOfSatisfying(
                        KernelException.class,
                        e -> assertThat(e.is(Errno.ESRCH)).isTrue());
    }

    @Test
    void aRouteWithoutAWayToItsGatewaySaysSo() {
        assertThatThrownBy(() -> network.socket().send(Routes.add(Route.via(FAR, IpAddresses.parse("10.9.9.9")))))
                .isInstanceOf(KernelException.class)
                .hasMessage("add route '192.0.2.0/24 via 10.9.9.9': network is unreachable (ENETUNREACH): "
                        + "Nexthop has invalid gateway");
    }

    @Test
    void aRouteByTwoWaysIsReadAsTwo() {
        network.run("ip", "route", "add", "192.0.2.0/24", "nexthop", "via", "10.0.0.7", "nexthop", "via", "10.0.0.8");

        assertThat(network.socket().routes())
                .filteredOn(r -> r.destination().equals(FAR))
                .containsExactly(
                        Route.via(FAR, IpAddresses.parse("10.0.0.7"))
                                .withLink(ETH0)
                                .withProtocol(BOOT),
                        Route.via(FAR, IpAddresses.parse("10.0.0.8"))
                                .withLink(ETH0)
                                .withProtocol(BOOT));
    }

    @Test
    void neighboursAndProxiesComeAndGo() {
        Neighbour neighbour =
                Neighbour.permanent(ETH0, IpAddresses.parse("10.0.0.9"), MacAddress.parse("02:00:00:00:00:09"));
        Neighbour six = Neighbour.permanent(ETH0, IpAddresses.parse("fd00::9"), MacAddress.parse("02:00:00:00:00:09"));
        Neighbour proxy = Neighbour.proxy(ETH0, IpAddresses.parse("10.0.0.77"));
        Neighbour proxySix = Neighbour.proxy(ETH0, IpAddresses.parse("fd00::77"));

        network.socket()
                .send(List.of(neighbour, six, proxy, proxySix).stream()
                        .map(Neighbours::replace)
                        .toList());

        assertThat(network.socket().neighbours()).contains(neighbour, six);
        assertThat(network.socket().proxies()).containsExactlyInAnyOrder(proxy, proxySix);
        assertThat(network.run("ip", "-j", "neigh", "show", "dev", "eth0"))
                .contains("{\"dst\":\"10.0.0.9\",\"lladdr\":\"02:00:00:00:00:09\",\"state\":[\"PERMANENT\"]}");
        assertThat(network.run("ip", "neigh", "show", "proxy")).contains("10.0.0.77 dev eth0", "fd00::77 dev eth0");

        network.socket()
                .send(List.of(neighbour, six, proxy, proxySix).stream()
                        .map(Neighbours::delete)
                        .toList());

        assertThat(network.socket().neighbours()).extracting(Neighbour::address).doesNotContain(neighbour.address());
        assertThat(network.socket().proxies()).isEqualTo(List.of());
    }

    @Test
    void requestsOfOneSocketMayComeFromAnyThread() {
        List<Integer> counts = IntStream.range(0, 64)
                .parallel()
                .mapToObj(i -> network.socket().links().size())
                .distinct()
                .toList();

        assertThat(Set.copyOf(counts)).containsExactly(3);
    }
}
