package berth.engine.network;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.netlink.AddressFlag;
import berth.linux.netlink.Addresses;
import berth.linux.netlink.InterfaceAddress;
import berth.linux.netlink.IpPrefix;
import berth.linux.netlink.Link;
import berth.linux.netlink.LinkId;
import berth.linux.netlink.LinkNames;
import berth.linux.netlink.Links;
import berth.linux.netlink.Request;
import berth.linux.netlink.Route;
import berth.linux.netlink.RouteSocket;
import berth.linux.netlink.Routes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Gives interfaces to running containers, changes them and takes them away, by netlink and without a forked program.
 *
 * <p>Every interface is addressed by its full name, unique on the host, for instance {@code osctl.tank.web.eth0}: the name of
 * the host's end, shortened by a hash where the kernel wants it shorter, and its altname. Whoever calls holds the container's
 * lock or is the only one who could start it. Safe for use by several threads.
 */
public final class Interfaces implements AutoCloseable {
    private static final String LOOPBACK = "lo";
    /** What IPv6 routes have that name none. Source: linux/ipv6_route.h, IP6_RT_PRIO_USER. */
    private static final int USUAL_METRIC = 1024;

    /** How long the kernel has for taking away a network namespace of which nothing is left. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final RouteSocket host = RouteSocket.open();
    private final Forwarding forwarding;
    private final ScheduledExecutorService remnants = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("ended interfaces").factory());

    /** @param forwarding what routed interfaces need */
    public Interfaces(Forwarding forwarding) {
        this.forwarding = forwarding;
    }

    /**
     * Makes {@code netif} in the container with the network namespace {@code netns}, and sets it up whole.
     *
     * @param rank its place among the container's interfaces: where several have a gateway, that of the first counts
     */
    public void create(String full, Netif netif, int rank, Fd netns) {
        try (RouteSocket guest = RouteSocket.inNamespace(netns)) {
            // A container that stopped just now may not have lost it yet.
            remove(full, netif, guest);
            guest.send(Links.up(LinkId.of(LOOPBACK)));
            switch (netif.type()) {
                case BRIDGE, ROUTED, PRIVATE -> new Veth(host, full).create(netif, parent(netif), netns);
                case MACVLAN -> Moved.createMacvlan(host, netif, parent(netif).orElseThrow(), netns);
                case PHYSICAL -> Moved.lend(host, guest, netif, parent(netif).orElseThrow(), netns);
            }
            connect(full, netif, rank, guest);
        }
    }

    /** Takes {@code netif} away; nothing happens if it is not there. */
    public void remove(String full, Netif netif, Fd netns) {
        try (RouteSocket guest = RouteSocket.inNamespace(netns)) {
            remove(full, netif, guest);
        }
    }

    /** Takes away what {@code former} has and {@code netif}, the same interface later, has not. */
    public void reduce(String full, Netif former, Netif netif, Fd netns) {
        if (!isSameLink(former, netif)) {
            remove(full, former, netns);
            return;
        }
        try (RouteSocket guest = RouteSocket.inNamespace(netns)) {
            Ends before = ends(former);
            Ends after = ends(netif);
            guest.link(LinkId.of(netif.name())).ifPresent(inside -> {
                List<Request> gone = new ArrayList<>();
                Ends.missing(before.guestRoutes(), after.guestRoutes())
                        .forEach(r -> gone.add(Routes.delete(r.withLink(inside.index()))));
                Ends.missing(before.guestAddresses(), after.guestAddresses())
                        .forEach(a -> gone.add(Addresses.delete(InterfaceAddress.of(inside.index(), a))));
                gone.addAll(SourceRoutes.surplus(guest, inside.index(), after));
                sendTolerating(guest, gone);
            });
            outside(full, netif).ifPresent(end -> {
                List<Request> gone = new ArrayList<>();
                Ends.missing(before.hostRoutes(), after.hostRoutes())
                        .forEach(r -> gone.add(Routes.delete(r.withLink(end.index()))));
                Ends.missing(before.hostAddresses(), after.hostAddresses())
                        .forEach(a -> gone.add(Addresses.delete(InterfaceAddress.of(end.index(), a))));
                sendTolerating(host, gone);
            });
        }
    }

    /** Adds what {@code netif} is to have and the container's has not; makes it if it is not there at all. */
    public void complete(String full, Netif netif, int rank, Fd netns) {
        try (RouteSocket guest = RouteSocket.inNamespace(netns)) {
            boolean isThere = guest.link(LinkId.of(netif.name())).isPresent()
                    && (!netif.type().isVeth() || outside(full, netif).isPresent());
            if (!isThere) {
                create(full, netif, rank, netns);
                return;
            }
            connect(full, netif, rank, guest);
        }
    }

    /** After the daemon was away: also takes from the host's end what the container's configuration does not say. */
    public void restore(String full, Netif netif, int rank, Fd netns) {
        complete(full, netif, rank, netns);
        outside(full, netif).ifPresent(end -> {
            Ends wanted = ends(netif);
            List<Request> stale = new ArrayList<>();
            host.routes().stream()
                    .filter(r -> r.table() == Route.MAIN_TABLE
                            && r.link().orElse(0) == end.index()
                            && wanted.hostRoutes().stream()
                                    .noneMatch(w -> w.destination().equals(r.destination()))
                            && wanted.hostAddresses().stream()
                                    .noneMatch(a -> a.network().equals(r.destination()))
                            && !r.destination().address().isLinkLocalAddress())
                    .forEach(r -> stale.add(Routes.delete(r)));
            sendTolerating(host, stale);
        });
    }

    /**
     * When nothing of the container runs any more: the host sends nothing more to {@code netif}, and loses what of it does not go
     * with its namespace. That goes at once as a rule, but a connection that waits for an answer keeps it alive for minutes after
     * the last process, so that the host's end is looked for once more.
     */
    public void ended(String full, Netif netif) {
        if (netif.shape().maxTx() != null) {
            SendingLimit.remove(host, full);
        }
        outside(full, netif).ifPresent(end -> {
            if (netif.type() == NetifType.ROUTED || netif.type() == NetifType.PRIVATE) {
                sendTolerating(
                        host,
                        ends(netif).hostRoutes().stream()
                                .map(r -> Routes.delete(r.withLink(end.index())))
                                .toList());
            }
            var _ = remnants.schedule(() -> delete(host, end.id()), GRACE.toMillis(), TimeUnit.MILLISECONDS);
        });
    }

    /** Takes away what interfaces whose full names begin with {@code prefix} have left on the host since they are gone. */
    public void sweep(String prefix) {
        SendingLimit.sweep(host, prefix);
    }

    /** The host's end of an interface of a container; empty if it has none or is not there. */
    public Optional<Link> outside(String full, Netif netif) {
        return netif.type().isVeth() ? host.link(LinkId.of(LinkNames.shortened(full))) : Optional.empty();
    }

    /** The routes that other routers may be told of, whichever instance made them. */
    public List<AnnouncedRoute> announced() {
        Map<Integer, String> names = host.links().stream()
                .collect(Collectors.toMap(
                        Link::index,
                        l -> l.altNames().isEmpty() ? l.name() : l.altNames().getFirst()));
        return host.routes().stream()
                .filter(r -> r.protocol().equals(Announced.PROTOCOL) && r.table() == Route.MAIN_TABLE)
                .map(r -> new AnnouncedRoute(
                        r.destination(),
                        r.gateway(),
                        names.getOrDefault(r.link().orElse(0), "")))
                .toList();
    }

    /**
     * What {@code netif} amounts to inside, in place {@code rank} among the container's interfaces.
     *
     * @throws BerthException NOT_FOUND if the bridge that tells it is not there
     */
    public GuestInterface inside(Netif netif, int rank) {
        return GuestInterface.of(netif, ends(netif), rank);
    }

    @Override
    public void close() {
        remnants.shutdownNow();
        host.close();
    }

    private void remove(String full, Netif netif, RouteSocket guest) {
        guest.link(LinkId.of(netif.name()))
                .ifPresent(inside -> sendTolerating(guest, SourceRoutes.all(guest, inside.index())));
        switch (netif.type()) {
            case BRIDGE, ROUTED, PRIVATE -> {
                delete(host, LinkId.of(LinkNames.shortened(full)));
                ended(full, netif);
            }
            case MACVLAN -> delete(guest, LinkId.of(netif.name()));
            case PHYSICAL -> Moved.giveBack(guest, netif);
        }
    }

    private void connect(String full, Netif netif, int rank, RouteSocket guest) {
        Ends wanted = ends(netif);
        outside(full, netif).ifPresent(end -> {
            new Veth(host, full).shape(end, netif.shape());
            host.send(requests(end.index(), wanted.hostAddresses(), wanted.hostRoutes()));
            if (netif.type() == NetifType.ROUTED) {
                families(wanted).forEach(forwarding::on);
            }
        });
        Link inside = guest.link(LinkId.of(netif.name()))
                .orElseThrow(() -> new BerthException(
                        ErrorCode.FAILED, "interface '%s' vanished while it was set up".formatted(netif.name())));
        guest.send(requests(inside.index(), wanted.guestAddresses(), ranked(wanted, rank)));
        if (rank > 0) {
            SourceRoutes.complete(guest, inside.index(), wanted);
        }
    }

    /** The routes inside of the interface in place {@code rank}. */
    static List<Route> ranked(Ends ends, int rank) {
        return ends.guestRoutes().stream()
                .map(r -> rank == 0 ? r : r.withMetric(USUAL_METRIC + rank))
                .toList();
    }

    private static List<Request> requests(int link, Collection<IpPrefix> addresses, Collection<Route> routes) {
        List<Request> requests = new ArrayList<>();
        for (IpPrefix address : addresses) {
            // Nobody else can have it at the other end of the cable, and init shall find it usable.
            InterfaceAddress plain = InterfaceAddress.of(link, address).withBroadcast();
            requests.add(Addresses.replace(address.isIpv4() ? plain : plain.with(AddressFlag.NO_DAD)));
        }
        requests.add(Links.up(LinkId.of(link)));
        routes.forEach(r -> requests.add(Routes.replace(r.withLink(link))));
        return requests;
    }

    /** Of which families the host has to pass on packets for {@code netif}. */
    public static Set<IpFamily> forwarded(Netif netif) {
        return netif.type() == NetifType.ROUTED ? families(Ends.of(netif, List.of())) : Set.of();
    }

    private static Set<IpFamily> families(Ends ends) {
        return ends.hostRoutes().stream()
                .map(r -> IpFamily.of(r.destination()))
                .collect(Collectors.toUnmodifiableSet());
    }

    private Ends ends(Netif netif) {
        List<IpPrefix> bridge = List.of();
        if (netif.type() == NetifType.BRIDGE && !netif.prefixes().isEmpty()) {
            int index = parent(netif).orElseThrow().index();
            bridge = host.addresses().stream()
                    .filter(a -> a.link() == index)
                    .map(InterfaceAddress::local)
                    .toList();
        }
        return Ends.of(netif, bridge);
    }

    private Optional<Link> parent(Netif netif) {
        if (!netif.type().needsLink()) {
            return Optional.empty();
        }
        Link link = host.link(LinkId.of(netif.requireLink()))
                .orElseThrow(() -> new BerthException(
                        ErrorCode.NOT_FOUND,
                        "the host has no link '%s', which interface '%s' needs".formatted(netif.link(), netif.name()),
                        "'ip link' shows those there are; 'osctl ct netif set --link' chooses another"));
        if (netif.type() == NetifType.BRIDGE && !link.kind().equals("bridge")) {
            throw new BerthException(
                    ErrorCode.WRONG_STATE,
                    "'%s', which interface '%s' needs, is no bridge".formatted(netif.link(), netif.name()),
                    "use an interface of type macvlan or physical with it");
        }
        return Optional.of(link);
    }

    private static boolean isSameLink(Netif former, Netif netif) {
        return former.type() == netif.type()
                && former.name().equals(netif.name())
                && former.hwaddr().equals(netif.hwaddr())
                && java.util.Objects.equals(former.link(), netif.link())
                && java.util.Objects.equals(former.mtu(), netif.mtu())
                && former.shape().sending() == netif.shape().sending()
                && former.shape().receiving() == netif.shape().receiving();
    }

    private static void delete(RouteSocket socket, LinkId link) {
        if (socket.link(link).isPresent()) {
            sendTolerating(socket, List.of(Links.delete(link)));
        }
    }

    /** What is to go may be gone: with its network namespace, or by the guest. */
    private static void sendTolerating(RouteSocket socket, List<Request> requests) {
        for (Request request : requests) {
            try {
                socket.send(request);
            } catch (KernelException e) {
                if (!e.is(Errno.ENODEV) && !e.is(Errno.ESRCH) && !e.is(Errno.EADDRNOTAVAIL) && !e.is(Errno.ENOENT)) {
                    throw e;
                }
            }
        }
    }
}
