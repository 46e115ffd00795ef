package berth.linux.netlink;

import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Tells of changes of the network of one namespace, from the time it is opened. For one thread at a time.
 *
 * <p>Whoever wants to know the whole state opens it first and reads the state then, so that no change is missed.
 */
public final class RouteMonitor implements AutoCloseable {
    private final NetlinkSocket socket;

    /** What changes are about. Source: linux/rtnetlink.h, enum rtnetlink_groups. */
    public enum Topic {
        LINKS,
        ADDRESSES,
        ROUTES;

        private IntStream groups() {
            return switch (this) {
                case LINKS -> IntStream.of(1);
                case ADDRESSES -> IntStream.of(5, 9);
                case ROUTES -> IntStream.of(7, 11);
            };
        }
    }

    private RouteMonitor(NetlinkSocket socket, Set<Topic> topics) {
        this.socket = socket;
        topics.stream().flatMapToInt(Topic::groups).forEach(socket::join);
    }

    /** Of the network namespace of the calling thread. */
    public static RouteMonitor open(Set<Topic> topics) {
        return joined(NetlinkSocket.open(NetlinkSocket.Protocol.ROUTE), topics);
    }

    /** Of the network namespace {@code netns}, which is not needed open afterwards. */
    public static RouteMonitor inNamespace(Fd netns, Set<Topic> topics) {
        return joined(NetlinkSocket.open(NetlinkSocket.Protocol.ROUTE, netns), topics);
    }

    private static RouteMonitor joined(NetlinkSocket socket, Set<Topic> topics) {
        try {
            return new RouteMonitor(socket, topics);
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** The descriptor to wait on, with {@link berth.linux.Poll#IN}; it stays the monitor's. */
    public Fd fd() {
        return socket.fd();
    }

    /** The changes that were not read yet, in their order; none if there are none. */
    public List<RouteEvent> read() {
        List<RouteEvent> events = new ArrayList<>();
        while (true) {
            try {
                Optional<List<Received>> messages = socket.receiveNow();
                if (messages.isEmpty()) {
                    return events;
                }
                messages.get().stream().flatMap(RouteMonitor::events).forEach(events::add);
            } catch (KernelException e) {
                if (!e.is(Errno.ENOBUFS)) {
                    throw e;
                }
                events.add(new RouteEvent.Overrun());
            }
        }
    }

    private static Stream<RouteEvent> events(Received message) {
        return switch (message.type()) {
            case Links.RTM_NEWLINK -> link(message).map(RouteEvent.LinkChanged::new);
            case Links.RTM_DELLINK -> link(message).map(RouteEvent.LinkDeleted::new);
            case Addresses.RTM_NEWADDR ->
                InterfaceAddress.read(message).stream().map(RouteEvent.AddressChanged::new);
            case Addresses.RTM_DELADDR ->
                InterfaceAddress.read(message).stream().map(RouteEvent.AddressDeleted::new);
            case Routes.RTM_NEWROUTE -> Routes.read(message).stream().map(RouteEvent.RouteChanged::new);
            case Routes.RTM_DELROUTE -> Routes.read(message).stream().map(RouteEvent.RouteDeleted::new);
            default -> Stream.empty();
        };
    }

    /** A bridge tells of its ports in its own family (AF_BRIDGE): a port that goes away is no link that does. */
    private static Stream<Link> link(Received message) {
        return message.u8(0) == 0 ? Stream.of(Link.read(message)) : Stream.empty();
    }

    @Override
    public void close() {
        socket.close();
    }
}
