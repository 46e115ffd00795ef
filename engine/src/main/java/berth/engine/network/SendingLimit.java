package berth.engine.network;

import berth.linux.Errno;
import berth.linux.KernelException;
import berth.linux.netlink.Link;
import berth.linux.netlink.LinkId;
import berth.linux.netlink.LinkNames;
import berth.linux.netlink.Links;
import berth.linux.netlink.NewLink;
import berth.linux.netlink.Request;
import berth.linux.netlink.RouteSocket;
import berth.linux.netlink.TrafficShaping;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The limit of what a container may send. What the host's end of its veth receives goes through a link of its own, an {@code
 * ifb}, which sends it on at the rate: on the container's end of the veth the container could take a limit away.
 *
 * <p>The link does not go with the veth: whoever takes that away takes it away too, and {@link #sweep} what a stop left while
 * the daemon was away. It is set up when all else is done: one that is down is no limit yet.
 */
final class SendingLimit {
    private static final String KIND = "ifb";
    private static final String SUFFIX = ".tx";

    private SendingLimit() {}

    /** Lets the veth {@code end}, whose full name is {@code full}, receive that much. */
    static void impose(RouteSocket host, String full, Link end, long bytesPerSecond) {
        Optional<Link> former = link(host, full);
        if (former.filter(Link::isUp).isPresent()) {
            host.send(TrafficShaping.limitSending(former.get().index(), bytesPerSecond));
            return;
        }
        lift(host, full, end);
        String name = name(full);
        host.send(Links.create(KIND, NewLink.named(name)), Links.setAlias(LinkId.of(name), full));
        int index = host.link(LinkId.of(name)).orElseThrow().index();
        List<Request> requests = new ArrayList<>(List.of(TrafficShaping.limitSending(index, bytesPerSecond)));
        requests.addAll(TrafficShaping.passReceived(end.index(), index));
        requests.add(Links.up(LinkId.of(index)));
        host.send(requests);
    }

    /** Lets it receive without limit; nothing happens if it does. */
    static void lift(RouteSocket host, String full, Link end) {
        Optional<Link> former = link(host, full);
        if (former.isPresent()) {
            // The other way round, what it receives would be lost for a moment.
            send(host, TrafficShaping.unpassReceived(end.index()));
            remove(host, full);
        }
    }

    /** Takes away what is left of the limit of a veth that is gone. */
    static void remove(RouteSocket host, String full) {
        link(host, full).ifPresent(l -> send(host, Links.delete(l.id())));
    }

    /** Takes away what is left of the limits of veths that are gone and whose full names begin with {@code prefix}. */
    static void sweep(RouteSocket host, String prefix) {
        List<Link> links = host.links();
        links.stream()
                .filter(l -> l.kind().equals(KIND) && l.alias().startsWith(prefix))
                .filter(l -> links.stream().noneMatch(v -> v.name().equals(LinkNames.shortened(l.alias()))))
                .forEach(l -> send(host, Links.delete(l.id())));
    }

    private static Optional<Link> link(RouteSocket host, String full) {
        return host.link(LinkId.of(name(full)))
                .filter(l -> l.kind().equals(KIND)
                        && (l.alias().equals(full) || l.alias().isEmpty()));
    }

    private static String name(String full) {
        return LinkNames.shortened(LinkNames.shortened(full) + SUFFIX);
    }

    private static void send(RouteSocket host, Request request) {
        try {
            host.send(request);
        } catch (KernelException e) {
            // There was none, or somebody else was faster.
            if (!e.is(Errno.EINVAL) && !e.is(Errno.ENOENT) && !e.is(Errno.ENODEV)) {
                throw e;
            }
        }
    }
}
