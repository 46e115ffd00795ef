package berth.linux.netlink;

import static berth.linux.netlink.NetlinkMessage.NLM_F_ACK;
import static berth.linux.netlink.NetlinkMessage.NLM_F_CREATE;
import static berth.linux.netlink.NetlinkMessage.NLM_F_DUMP;
import static berth.linux.netlink.NetlinkMessage.NLM_F_EXCL;
import static berth.linux.netlink.NetlinkMessage.NLM_F_REPLACE;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Requests about routes, and how they are read. Source: rtnetlink(7), struct rtmsg; ip-route(8). */
public final class Routes {
    static final int RTM_NEWROUTE = 24;
    static final int RTM_DELROUTE = 25;

    private static final int RTM_GETROUTE = 26;
    private static final int FIXED_SIZE = 12;
    private static final int LENGTH = 1;
    private static final int TABLE = 4;
    private static final int PROTOCOL = 5;
    private static final int SCOPE = 6;
    private static final int TYPE = 7;
    private static final int FLAGS = 8;
    private static final int RTNH_F_ONLINK = 4;
    private static final int MAX_SHORT_TABLE = 255;

    private static final int RTA_DST = 1;
    private static final int RTA_OIF = 4;
    private static final int RTA_GATEWAY = 5;
    private static final int RTA_PRIORITY = 6;
    private static final int RTA_PREFSRC = 7;
    private static final int RTA_MULTIPATH = 9;
    private static final int RTA_TABLE = 15;
    private static final int RTA_VIA = 18;

    private static final int NEXT_HOP_SIZE = 8;
    private static final int NEXT_HOP_FLAGS = 2;
    private static final int NEXT_HOP_LINK = 4;

    private Routes() {}

    /** Adds one; none to the same destination with the same metric may be there. */
    public static Request add(Route route) {
        return change("add route", route, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, route.scope());
    }

    /** Adds one, or puts it in the place of one to the same destination with the same metric. */
    public static Request replace(Route route) {
        return change("replace route", route, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, route.scope());
    }

    /**
     * As {@link #replace}, and marked as the kernel's own: a manager such as systemd-networkd removes the routes that others
     * made, and leaves those.
     */
    public static Request replaceLasting(Route route) {
        return replace(route.withProtocol(RouteProtocol.KERNEL));
    }

    /** Deletes the first that is like {@code route} in what that says. @throws berth.linux.KernelException ESRCH, when sent, if none is */
    public static Request delete(Route route) {
        return change("delete route", route, RTM_DELROUTE, 0, Scope.NOWHERE);
    }

    /** Deletes one that {@link #replaceLasting} made. @throws berth.linux.KernelException ESRCH, when sent, if there is none */
    public static Request deleteLasting(Route route) {
        return delete(route.withProtocol(RouteProtocol.KERNEL));
    }

    static Request list() {
        NetlinkMessage message =
                new NetlinkMessage(RTM_GETROUTE, NLM_F_DUMP).u32(0).u32(0).u32(0);
        return Request.unacknowledged("list routes", "", message);
    }

    /** The routes that a message is about, one for each way if there are several; none if it is of another family. */
    static List<Route> read(Received message) {
        int family = message.u8(0);
        Optional<RouteType> type = RouteType.of(message.u8(TYPE));
        if ((family != IpAddresses.AF_INET && family != IpAddresses.AF_INET6) || type.isEmpty()) {
            return List.of();
        }
        Attributes attributes = message.attributesAfter(FIXED_SIZE);
        InetAddress any = family == IpAddresses.AF_INET ? IpPrefix.ANY_4.address() : IpPrefix.ANY_6.address();
        OptionalInt metric = attributes.u32(RTA_PRIORITY);
        Route only = new Route(
                new IpPrefix(attributes.bytes(RTA_DST).map(IpAddresses::of).orElse(any), message.u8(LENGTH)),
                type.get(),
                gateway(attributes),
                attributes.u32(RTA_OIF),
                (message.u32(FLAGS) & RTNH_F_ONLINK) != 0,
                new Scope(message.u8(SCOPE)),
                attributes.u32(RTA_TABLE).orElse(message.u8(TABLE)),
                metric.isPresent() ? OptionalLong.of(Integer.toUnsignedLong(metric.getAsInt())) : OptionalLong.empty(),
                attributes.bytes(RTA_PREFSRC).map(IpAddresses::of),
                new RouteProtocol(message.u8(PROTOCOL)));
        return attributes.bytes(RTA_MULTIPATH).map(hops -> each(only, hops)).orElse(List.of(only));
    }

    private static Optional<InetAddress> gateway(Attributes attributes) {
        return attributes
                .bytes(RTA_GATEWAY)
                .or(() -> attributes.bytes(RTA_VIA).map(Routes::address))
                .map(IpAddresses::of);
    }

    /** What follows the family in a struct rtvia. */
    private static byte[] address(byte[] via) {
        return Arrays.copyOfRange(via, Short.BYTES, via.length);
    }

    /** {@code route} by each of a sequence of struct rtnexthop. */
    private static List<Route> each(Route route, byte[] hops) {
        ByteBuffer bytes = ByteBuffer.wrap(hops).order(ByteOrder.nativeOrder());
        List<Route> routes = new ArrayList<>();
        for (int at = 0; hops.length - at >= NEXT_HOP_SIZE; ) {
            int length = Short.toUnsignedInt(bytes.getShort(at));
            if (length < NEXT_HOP_SIZE || length > hops.length - at) {
                throw new IllegalStateException("next hop of " + length + " bytes in " + (hops.length - at));
            }
            Attributes attributes = Attributes.of(bytes.slice(at + NEXT_HOP_SIZE, length - NEXT_HOP_SIZE));
            routes.add(new Route(
                    route.destination(),
                    route.type(),
                    gateway(attributes),
                    OptionalInt.of(bytes.getInt(at + NEXT_HOP_LINK)),
                    (bytes.get(at + NEXT_HOP_FLAGS) & RTNH_F_ONLINK) != 0,
                    route.scope(),
                    route.table(),
                    route.metric(),
                    route.source(),
                    route.protocol()));
            at += Math.min(NetlinkMessage.aligned(length), hops.length - at);
        }
        return routes;
    }

    private static Request change(String operation, Route route, int type, int flags, Scope scope) {
        IpPrefix destination = route.destination();
        NetlinkMessage message = new NetlinkMessage(type, NLM_F_ACK | flags)
                .u8(IpAddresses.family(destination.address()))
                .u8(destination.length())
                .u8(0)
                .u8(0)
                .u8(route.table() <= MAX_SHORT_TABLE ? route.table() : 0)
                .u8(route.protocol().number())
                .u8(scope.number())
                .u8(route.type().number())
                .u32(route.isOnLink() ? RTNH_F_ONLINK : 0)
                .attribute(RTA_DST, destination.address().getAddress())
                .attributeU32(RTA_TABLE, route.table());
        route.gateway().ifPresent(gateway -> writeGateway(message, destination, gateway));
        route.link().ifPresent(index -> message.attributeU32(RTA_OIF, index));
        route.metric().ifPresent(metric -> message.attributeU32(RTA_PRIORITY, (int) metric));
        route.source().ifPresent(source -> message.attribute(RTA_PREFSRC, source.getAddress()));
        return Request.change(operation, route.toString(), message);
    }

    private static void writeGateway(NetlinkMessage message, IpPrefix destination, InetAddress gateway) {
        byte[] bytes = gateway.getAddress();
        if (IpAddresses.isIpv4(gateway) == destination.isIpv4()) {
            message.attribute(RTA_GATEWAY, bytes);
        } else {
            ByteBuffer via = ByteBuffer.allocate(Short.BYTES + bytes.length).order(ByteOrder.nativeOrder());
            via.putShort((short) IpAddresses.family(gateway)).put(bytes);
            message.attribute(RTA_VIA, via.array());
        }
    }
}
