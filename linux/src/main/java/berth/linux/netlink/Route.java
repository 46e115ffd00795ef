package berth.linux.netlink;

import java.net.InetAddress;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A route. A {@code with} method gives a changed copy.
 *
 * @param destination what it is for; all bits after the prefix are 0
 * @param gateway who the packets are given to; of the other family too (an IPv4 route through an IPv6 neighbour)
 * @param link the index of the link they leave by
 * @param isOnLink whether the gateway is taken to be on the link although no other route says so
 * @param metric which of several routes is taken: that of the lowest; left to the kernel if empty
 * @param source the address that packets of this host are sent from
 * @param protocol who made it
 */
public record Route(
        IpPrefix destination,
        RouteType type,
        Optional<InetAddress> gateway,
        OptionalInt link,
        boolean isOnLink,
        Scope scope,
        int table,
        OptionalLong metric,
        Optional<InetAddress> source,
        RouteProtocol protocol) {
    /** The table of ordinary routes. */
    public static final int MAIN_TABLE = 254;
    /** The table of the host's own addresses, which the kernel keeps. */
    public static final int LOCAL_TABLE = 255;

    public Route {
        destination = destination.network();
    }

    /** The route of packets to {@code destination}, who is reached directly by the link of this index. */
    public static Route direct(IpPrefix destination, int link) {
        return new Route(
                destination,
                RouteType.UNICAST,
                Optional.empty(),
                OptionalInt.of(link),
                false,
                destination.isIpv4() ? Scope.LINK : Scope.UNIVERSE,
                MAIN_TABLE,
                OptionalLong.empty(),
                Optional.empty(),
                RouteProtocol.STATIC);
    }

    /** The route of packets to {@code destination} that the neighbour {@code gateway} takes. */
    public static Route via(IpPrefix destination, InetAddress gateway) {
        return new Route(
                destination,
                RouteType.UNICAST,
                Optional.of(gateway),
                OptionalInt.empty(),
                false,
                Scope.UNIVERSE,
                MAIN_TABLE,
                OptionalLong.empty(),
                Optional.empty(),
                RouteProtocol.STATIC);
    }

    /** A route without a way, for instance {@link RouteType#BLACKHOLE}. */
    public static Route dead(IpPrefix destination, RouteType type) {
        return new Route(
                destination,
                type,
                Optional.empty(),
                OptionalInt.empty(),
                false,
                Scope.UNIVERSE,
                MAIN_TABLE,
                OptionalLong.empty(),
                Optional.empty(),
                RouteProtocol.STATIC);
    }

    public Route withLink(int index) {
        return new Route(
                destination, type, gateway, OptionalInt.of(index), isOnLink, scope, table, metric, source, protocol);
    }

    /** With a gateway that is on the link although no other route says so. */
    public Route withOnLink() {
        return new Route(destination, type, gateway, link, true, scope, table, metric, source, protocol);
    }

    public Route withScope(Scope reach) {
        return new Route(destination, type, gateway, link, isOnLink, reach, table, metric, source, protocol);
    }

    public Route withTable(int number) {
        return new Route(destination, type, gateway, link, isOnLink, scope, number, metric, source, protocol);
    }

    public Route withMetric(long number) {
        return new Route(
                destination, type, gateway, link, isOnLink, scope, table, OptionalLong.of(number), source, protocol);
    }

    public Route withSource(InetAddress address) {
        return new Route(
                destination, type, gateway, link, isOnLink, scope, table, metric, Optional.of(address), protocol);
    }

    public Route withProtocol(RouteProtocol maker) {
        return new Route(destination, type, gateway, link, isOnLink, scope, table, metric, source, maker);
    }

    @Override
    public String toString() {
        return destination
                + gateway.map(g -> " via " + IpAddresses.text(g)).orElse("")
                + (link.isPresent() ? " dev #" + link.getAsInt() : "")
                + (table == MAIN_TABLE ? "" : " table " + table);
    }
}
