package berth.engine.network.managed;

import berth.engine.network.HostSettings;
import berth.linux.Errno;
import berth.linux.KernelException;
import berth.linux.netlink.IpPrefix;
import berth.linux.netlink.Link;
import berth.linux.netlink.LinkId;
import berth.linux.netlink.Neighbour;
import berth.linux.netlink.Neighbours;
import berth.linux.netlink.Request;
import berth.linux.netlink.Route;
import berth.linux.netlink.RouteSocket;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * The addresses of containers that the host answers for on an uplink, whose neighbours take them to be on the link. Follow from
 * configuration alone, as the rules do: a start or stop of a container changes none. Source: RFC 4389; ip-neighbour(8), proxy.
 */
record Proxies(RouteSocket host, HostSettings settings) {
    private static final String REASON = "ndp-proxy-";

    /**
     * Makes the entries for addresses of {@code network} those of {@code ports}, on its uplink as it is now, and no others.
     * Whatever entry lies in the network's subnet is the network's.
     */
    void set(Network network, Collection<Port> ports) {
        Optional<IpPrefix> subnet = network.host(false).map(IpPrefix::network);
        if (subnet.isEmpty() || network.kind() != NetworkKind.ROUTED) {
            return;
        }
        Optional<Link> uplink = uplink(network);
        List<Neighbour> wanted = uplink.map(u -> entries(u, ports).toList()).orElse(List.of());
        List<Neighbour> present = host.proxies().stream()
                .filter(p -> subnet.get().contains(p.address()))
                .toList();
        List<Request> requests = new ArrayList<>();
        present.stream().filter(p -> !wanted.contains(p)).forEach(p -> requests.add(Neighbours.delete(p)));
        wanted.stream().filter(w -> !present.contains(w)).forEach(w -> requests.add(Neighbours.replace(w)));
        uplink.filter(_ -> !wanted.isEmpty()).ifPresent(this::answer);
        send(requests);
        rest();
    }

    /** A container has {@code come} on {@code network} and no longer {@code gone}. */
    void change(Network network, Collection<Port> gone, Collection<Port> come) {
        uplink(network).ifPresent(uplink -> {
            List<Neighbour> wanted = entries(uplink, come).toList();
            List<Request> requests = new ArrayList<>();
            entries(uplink, gone).filter(e -> !wanted.contains(e)).forEach(e -> requests.add(Neighbours.delete(e)));
            wanted.forEach(e -> requests.add(Neighbours.replace(e)));
            if (!wanted.isEmpty()) {
                answer(uplink);
            }
            send(requests);
        });
    }

    private void answer(Link uplink) {
        settings.change(REASON + uplink.name(), Map.of("ipv6/conf/" + uplink.name() + "/proxy_ndp", "1"));
    }

    /** A link on which the host answers for nobody any more is set back. */
    private void rest() {
        List<String> answering =
                settings.reasons().stream().filter(r -> r.startsWith(REASON)).toList();
        if (answering.isEmpty()) {
            return;
        }
        List<Neighbour> left = host.proxies();
        for (String reason : answering) {
            OptionalInt index = host.link(LinkId.of(reason.substring(REASON.length()))).stream()
                    .mapToInt(Link::index)
                    .findFirst();
            if (left.stream().noneMatch(p -> index.isPresent() && p.link() == index.getAsInt())) {
                settings.restore(reason);
            }
        }
    }

    /** The link on which the host answers for containers of {@code network}, if it does. */
    private Optional<Link> uplink(Network network) {
        return network.proxyLink()
                .flatMap(name -> host.link(LinkId.of(name)))
                .filter(link -> network.ndpPolicy() == NdpProxy.ON || isOnLink(network, link));
    }

    /** The kernel has a route without a gateway for a prefix that is on the link, of an address or of an advertisement. */
    private boolean isOnLink(Network network, Link link) {
        IpPrefix subnet = network.host(false).orElseThrow().network();
        return host.routes().stream()
                .anyMatch(r -> r.table() == Route.MAIN_TABLE
                        && r.link().orElse(0) == link.index()
                        && r.gateway().isEmpty()
                        && r.destination().length() > 0
                        && r.destination().contains(subnet));
    }

    private static Stream<Neighbour> entries(Link uplink, Collection<Port> ports) {
        return ports.stream()
                .flatMap(p -> p.addresses(false).stream())
                .distinct()
                .map(a -> Neighbour.proxy(uplink.index(), a));
    }

    private void send(List<Request> requests) {
        for (Request request : requests) {
            try {
                host.send(request);
            } catch (KernelException e) {
                // What is to go may be gone, with its link or by somebody's hand.
                if (!e.is(Errno.ENOENT) && !e.is(Errno.ENODEV)) {
                    throw e;
                }
            }
        }
    }
}
