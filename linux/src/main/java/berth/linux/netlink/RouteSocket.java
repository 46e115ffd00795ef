package berth.linux.netlink;

import berth.linux.Fd;
import berth.linux.KernelException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The network of one namespace: what is there, and changes to it. Needs CAP_NET_ADMIN there for changes.
 *
 * <p>Safe for use by several threads, which wait for each other. Source: rtnetlink(7).
 */
public final class RouteSocket implements AutoCloseable {
    private final Conversation conversation;

    private RouteSocket(NetlinkSocket socket) {
        this.conversation = new Conversation(socket);
    }

    /** Of the network namespace of the calling thread. */
    public static RouteSocket open() {
        return new RouteSocket(NetlinkSocket.open(NetlinkSocket.Protocol.ROUTE));
    }

    /** Of the network namespace {@code netns}, which is not needed open afterwards. */
    public static RouteSocket inNamespace(Fd netns) {
        return new RouteSocket(NetlinkSocket.open(NetlinkSocket.Protocol.ROUTE, netns));
    }

    /** As {@link #send(List)}. */
    public void send(Request... requests) {
        send(Arrays.asList(requests));
    }

    /**
     * Sends all of {@code requests}, in one system call unless they are hundreds, and waits for the answers. The kernel
     * takes them in order and goes on after one that failed: this is no transaction.
     *
     * @throws KernelException of the first that failed; those of others are its suppressed exceptions
     */
    public void send(List<Request> requests) {
        conversation.send(requests);
    }

    public List<Link> links() {
        return conversation.dump(Links.list()).stream().map(Link::read).toList();
    }

    /** The link of this index, name or altname, empty if there is none. */
    public Optional<Link> link(LinkId id) {
        return conversation.get(Links.get(id)).map(Link::read);
    }

    /** The IPv4 and IPv6 addresses of all links. */
    public List<InterfaceAddress> addresses() {
        return conversation.dump(Addresses.list()).stream()
                .flatMap(m -> InterfaceAddress.read(m).stream())
                .toList();
    }

    /** The IPv4 and IPv6 routes of all tables. One by several ways is several here. */
    public List<Route> routes() {
        return conversation.dump(Routes.list()).stream()
                .flatMap(m -> Routes.read(m).stream())
                .toList();
    }

    /** Which tables packets of both families are looked up in. */
    public List<Rule> rules() {
        return conversation.dump(Rules.list()).stream()
                .flatMap(m -> Rule.read(m).stream())
                .toList();
    }

    /** The neighbours of all links. */
    public List<Neighbour> neighbours() {
        return neighbours(Neighbours.list());
    }

    /** The addresses that this host answers for. */
    public List<Neighbour> proxies() {
        return neighbours(Neighbours.listProxies());
    }

    private List<Neighbour> neighbours(Request request) {
        return conversation.dump(request).stream()
                .flatMap(m -> Neighbour.read(m).stream())
                .toList();
    }

    @Override
    public void close() {
        conversation.close();
    }
}
