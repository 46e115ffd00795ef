package berth.engine.network;

import berth.linux.netlink.IpPrefix;
import berth.linux.netlink.Route;
import berth.linux.netlink.Scope;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.stream.Stream;

/**
 * The addresses and routes that an interface amounts to at both of its ends. Routes name no link yet: whoever sends them adds
 * it. In the order in which the kernel takes them: a gateway after the way to it.
 */
record Ends(
        SequencedSet<IpPrefix> guestAddresses,
        SequencedSet<Route> guestRoutes,
        SequencedSet<IpPrefix> hostAddresses,
        SequencedSet<Route> hostRoutes) {
    /** Stands for the link until it is known. */
    private static final int ANY_LINK = 1;

    /** The host, for a container that shares no network with it; the same one that vpsAdminOS uses. */
    private static final IpPrefix NEXT_HOP_4 = IpPrefix.parse("255.255.255.254/32");

    private static final IpPrefix NEXT_HOP_6 = IpPrefix.parse("fe80::1/64");

    /** @param bridge the addresses that the bridge has on the host; of interest if the interface is a port of one */
    static Ends of(Netif netif, List<IpPrefix> bridge) {
        Draft draft = new Draft();
        draft.guestAddresses.addAll(netif.prefixes());
        switch (netif.type()) {
            case BRIDGE -> onBridge(draft, netif, bridge);
            case ROUTED -> routed(draft, netif);
            case PRIVATE -> pair(draft, netif);
            case MACVLAN, PHYSICAL ->
                Stream.of(true, false)
                        .forEach(v4 ->
                                netif.chosenGateway(v4).ifPresent(g -> draft.guestRoutes.add(Route.via(any(v4), g))));
        }
        return draft.done();
    }

    private static void onBridge(Draft draft, Netif netif, List<IpPrefix> bridge) {
        for (boolean v4 : List.of(true, false)) {
            Optional<InetAddress> gateway = netif.chosenGateway(v4);
            if (gateway.isEmpty() && !netif.hasNoGateway(v4)) {
                // Its own address there, if a container with these addresses can reach it.
                gateway = bridge.stream()
                        .filter(b -> b.isIpv4() == v4)
                        .map(IpPrefix::address)
                        .filter(b -> netif.prefixes().stream().anyMatch(p -> p.contains(b)))
                        .findFirst();
            }
            gateway.ifPresent(g -> draft.guestRoutes.add(Route.via(any(v4), g)));
        }
    }

    private static void routed(Draft draft, Netif netif) {
        for (boolean v4 : List.of(true, false)) {
            Optional<Netif.Transfer> transfer = netif.transfers().stream()
                    .filter(t -> t.host().isIpv4() == v4)
                    .findFirst();
            List<IpPrefix> own =
                    netif.prefixes().stream().filter(p -> p.isIpv4() == v4).toList();
            if (own.isEmpty() && transfer.isEmpty()) {
                continue;
            }
            IpPrefix nextHop = transfer.map(Netif.Transfer::host).orElse(v4 ? NEXT_HOP_4 : NEXT_HOP_6);
            draft.hostAddresses.add(nextHop);
            transfer.ifPresent(t -> draft.guestAddresses.addFirst(t.guest()));
            if (transfer.isEmpty() && v4) {
                draft.guestRoutes.add(Route.direct(nextHop, ANY_LINK));
            }
            if (!netif.hasNoGateway(v4)) {
                draft.guestRoutes.add(Route.via(any(v4), netif.chosenGateway(v4).orElse(nextHop.address())));
            }
            Optional<InetAddress> through = transfer.map(t -> t.guest().address());
            own.forEach(p -> draft.hostRoutes.add(toGuest(p, through)));
            netif.routes().stream()
                    .filter(r -> r.prefix().isIpv4() == v4)
                    .forEach(r ->
                            draft.hostRoutes.add(toGuest(r.prefix(), r.gateway().or(() -> through))));
        }
    }

    private static void pair(Draft draft, Netif netif) {
        for (boolean v4 : List.of(true, false)) {
            List<IpPrefix> host =
                    netif.hostPrefixes().stream().filter(p -> p.isIpv4() == v4).toList();
            List<IpPrefix> guest =
                    netif.prefixes().stream().filter(p -> p.isIpv4() == v4).toList();
            draft.hostAddresses.addAll(host);
            guest.stream().filter(IpPrefix::isSingle).forEach(g -> draft.hostRoutes.add(Route.direct(g, ANY_LINK)));
            host.forEach(h -> {
                if (guest.stream().noneMatch(g -> !g.isSingle() && g.contains(h.address()))) {
                    draft.guestRoutes.add(Route.direct(IpPrefix.of(h.address()), ANY_LINK));
                }
            });
            if (!netif.hasNoGateway(v4) && !host.isEmpty()) {
                draft.guestRoutes.add(Route.via(
                        any(v4), netif.chosenGateway(v4).orElse(host.getFirst().address())));
            }
        }
    }

    private static Route toGuest(IpPrefix network, Optional<InetAddress> gateway) {
        return gateway.map(g -> Route.via(network, g))
                .orElseGet(() -> Route.direct(network, ANY_LINK))
                .withScope(gateway.isPresent() || !network.isIpv4() ? Scope.UNIVERSE : Scope.LINK)
                .withProtocol(Announced.PROTOCOL);
    }

    private static IpPrefix any(boolean v4) {
        return v4 ? IpPrefix.ANY_4 : IpPrefix.ANY_6;
    }

    private static final class Draft {
        private final SequencedSet<IpPrefix> guestAddresses = new LinkedHashSet<>();
        private final SequencedSet<Route> guestRoutes = new LinkedHashSet<>();
        private final SequencedSet<IpPrefix> hostAddresses = new LinkedHashSet<>();
        private final SequencedSet<Route> hostRoutes = new LinkedHashSet<>();

        Ends done() {
            return new Ends(guestAddresses, guestRoutes, hostAddresses, hostRoutes);
        }
    }

    /** What {@code these} have and {@code those} have not, in order. */
    static <T> List<T> missing(SequencedSet<T> these, SequencedSet<T> those) {
        List<T> missing = new ArrayList<>(these);
        missing.removeAll(those);
        return missing;
    }
}
