package berth.engine.network;

import berth.linux.netlink.IpPrefix;
import berth.linux.netlink.Route;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * An interface as its guest sees it: what the kernel is given before init runs, and what the guest's own network manager has to
 * agree with.
 *
 * @param name its name inside
 * @param hwaddr its MAC address
 * @param mtu in bytes; null if nobody chose one
 * @param dhcp whether the guest is to ask for addresses itself
 * @param addresses with their prefixes
 * @param routes in the order in which the kernel takes them: a gateway after the way to it
 */
public record GuestInterface(
        String name, String hwaddr, @Nullable Integer mtu, boolean dhcp, List<IpPrefix> addresses, List<Hop> routes) {
    public GuestInterface {
        addresses = List.copyOf(addresses);
        routes = List.copyOf(routes);
    }

    /**
     * The way to a network.
     *
     * @param gateway who takes the packets; empty if the network is on the link itself
     * @param isOnLink whether the gateway is in no network of the interface: a manager has to be told that it is there
     * @param metric which of several routes is taken: that of the lowest; left to the manager if empty
     */
    public record Hop(IpPrefix destination, Optional<InetAddress> gateway, boolean isOnLink, OptionalLong metric) {
        /** Whether it is the way to everywhere. */
        public boolean isDefault() {
            return destination.length() == 0;
        }
    }

    static GuestInterface of(Netif netif, Ends ends, int rank) {
        List<IpPrefix> addresses = List.copyOf(ends.guestAddresses());
        return new GuestInterface(
                netif.name(),
                netif.hwaddr(),
                netif.mtu(),
                netif.dhcp(),
                addresses,
                Interfaces.ranked(ends, rank).stream()
                        .map(r -> hop(r, addresses))
                        .toList());
    }

    /** The addresses of one family. */
    public List<IpPrefix> addresses(boolean ipv4) {
        return addresses.stream().filter(a -> a.isIpv4() == ipv4).toList();
    }

    /** The routes of one family. */
    public List<Hop> routes(boolean ipv4) {
        return routes.stream().filter(r -> r.destination().isIpv4() == ipv4).toList();
    }

    private static Hop hop(Route route, List<IpPrefix> addresses) {
        return new Hop(
                route.destination(),
                route.gateway(),
                route.gateway()
                        .filter(g ->
                                !g.isLinkLocalAddress() && addresses.stream().noneMatch(a -> a.contains(g)))
                        .isPresent(),
                route.metric());
    }
}
