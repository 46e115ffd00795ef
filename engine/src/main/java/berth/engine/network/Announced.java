package berth.engine.network;

import berth.linux.netlink.IpPrefix;
import berth.linux.netlink.Route;
import berth.linux.netlink.RouteProtocol;

/**
 * Routes that other routers may be told of, by a routing daemon that finds them in the kernel's ordinary table: those to
 * addresses that are containers' own wherever they run, and to nothing else. They differ from all other routes by their
 * protocol, which is the same for every instance on every host.
 */
public final class Announced {
    /** Theirs alone; no program that is known of uses this number. */
    public static final RouteProtocol PROTOCOL = new RouteProtocol(98);

    /** What the kernel gives IPv6 routes of a link's own networks. Source: linux/ipv6_route.h, IP6_RT_PRIO_ADDRCONF. */
    private static final long METRIC_6 = 256;

    private Announced() {}

    /** The route to the network of {@code host}, an address of this host on the link of this index. */
    public static Route direct(IpPrefix host, int link) {
        Route route = Route.direct(host.network(), link).withProtocol(PROTOCOL);
        return host.isIpv4() ? route.withSource(host.address()) : route.withMetric(METRIC_6);
    }
}
