package berth.engine.network.managed;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.network.Announced;
import berth.engine.network.Forwarding;
import berth.engine.network.HostSettings;
import berth.engine.network.IpFamily;
import berth.engine.network.Sysctl;
import berth.linux.Errno;
import berth.linux.KernelException;
import berth.linux.netlink.AddressFlag;
import berth.linux.netlink.Addresses;
import berth.linux.netlink.BridgePortFlag;
import berth.linux.netlink.InterfaceAddress;
import berth.linux.netlink.IpPrefix;
import berth.linux.netlink.Link;
import berth.linux.netlink.LinkId;
import berth.linux.netlink.Links;
import berth.linux.netlink.MacAddress;
import berth.linux.netlink.NewLink;
import berth.linux.netlink.Route;
import berth.linux.netlink.RouteSocket;
import berth.linux.netlink.Routes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** The bridges of the networks, by netlink. Each is marked as the instance's own by its alias. Safe for use by several threads. */
public final class Bridges implements AutoCloseable {
    private static final long LOCALLY_ADMINISTERED = 0x02L << 40;
    private static final long RANDOM_BITS = 0xff_ffff_ffffL;

    private final String mark;
    private final Forwarding forwarding;
    private final HostSettings settings;
    private final RouteSocket host = RouteSocket.open();

    /** @param mark the alias of links that are the instance's own */
    public Bridges(String mark, Forwarding forwarding, HostSettings settings) {
        this.mark = mark;
        this.forwarding = forwarding;
        this.settings = settings;
    }

    /** Makes the bridge of {@code network}, or completes it if it is there: whether it was not. @throws BerthException EXISTS if it is another's */
    boolean up(Network network) {
        String name = network.bridge();
        Optional<Link> former = host.link(LinkId.of(network.name()));
        former.ifPresent(link -> refuseForeign(network, link));
        if (former.isEmpty()) {
            host.send(
                    Links.createBridge(NewLink.named(name).withMac(mac(network)), Set.of()),
                    Links.setAlias(LinkId.of(name), mark));
            if (!name.equals(network.name())) {
                host.send(Links.addAltNames(LinkId.of(name), network.name()));
            }
        }
        Link link = host.link(LinkId.of(name)).orElseThrow();
        Sysctl.guard(name, true);
        host.addresses().stream()
                .filter(a -> a.link() == link.index()
                        && !a.local().address().isLinkLocalAddress()
                        && !network.hosts().contains(a.local()))
                .forEach(a -> host.send(Addresses.delete(a)));
        for (IpPrefix address : network.hosts()) {
            InterfaceAddress plain = InterfaceAddress.of(link.index(), address).withBroadcast();
            host.send(Addresses.replace(address.isIpv4() ? plain : plain.with(AddressFlag.NO_DAD)));
        }
        host.send(Links.up(link.id()));
        if (network.kind() == NetworkKind.ROUTED) {
            // In the place of the kernel's own, which is like it but for its protocol.
            network.hosts().forEach(h -> host.send(Routes.replace(Announced.direct(h, link.index()))));
        }
        forwarded(network).forEach(forwarding::on);
        return former.isEmpty();
    }

    /** {@code network} is there, or is to be: the host passes its packets on for as long. */
    void need(Network network) {
        forwarding.need(holder(network), forwarded(network));
    }

    /** {@code network} is no more. */
    void needNoLonger(Network network) {
        forwarding.need(holder(network), Set.of());
    }

    /** Everything that needs the host to pass packets on is known: what nothing needs is switched off from now on. */
    void rest() {
        forwarding.complete();
    }

    /** Takes the bridge of {@code network} away; nothing happens if it is not there or another's. */
    void down(Network network) {
        host.link(LinkId.of(network.name())).filter(this::isOwn).ifPresent(link -> host.send(Links.delete(link.id())));
    }

    /** Whether the bridge of {@code network} is there. */
    boolean isUp(Network network) {
        return host.link(LinkId.of(network.name())).filter(Link::isUp).isPresent();
    }

    /** Whether the host has a link of this name. */
    boolean exists(String name) {
        return host.link(LinkId.of(name)).isPresent();
    }

    /** Lets the port {@code link} reach other such ports, or not; nothing happens if it is not there. */
    void isolate(String link, Intra intra) {
        Set<BridgePortFlag> isolated = Set.of(BridgePortFlag.ISOLATED);
        try {
            host.send(Links.setPort(
                    LinkId.of(link),
                    intra == Intra.DENY ? isolated : Set.of(),
                    intra == Intra.DENY ? Set.of() : isolated));
        } catch (KernelException e) {
            // Not there now, or no port of a bridge: whoever makes it one calls again.
            if (!e.is(Errno.ENODEV) && !e.is(Errno.ENOTSUP)) {
                throw e;
            }
        }
    }

    /** The addresses that the host answers for. */
    Proxies proxies() {
        return new Proxies(host, settings);
    }

    /** A network of the host, and the link that it is on. */
    record Neighbour(String link, IpPrefix prefix) {}

    /** The networks that the host reaches without its default routes, but for those of the link {@code except}. */
    List<Neighbour> neighbours(String except) {
        List<Link> links = host.links();
        List<InterfaceAddress> addresses = host.addresses();
        List<Route> routes = host.routes();
        List<Neighbour> all = new ArrayList<>();
        for (Link link : links) {
            if (link.name().equals(except)) {
                continue;
            }
            addresses.stream()
                    .filter(a -> a.link() == link.index())
                    .forEach(a -> all.add(new Neighbour(link.name(), a.local().network())));
            routes.stream()
                    .filter(r -> r.table() == Route.MAIN_TABLE
                            && r.link().orElse(0) == link.index()
                            && r.destination().length() > 0)
                    .forEach(r -> all.add(new Neighbour(link.name(), r.destination())));
        }
        all.removeIf(n -> n.prefix().address().isLinkLocalAddress()
                || n.prefix().address().isLoopbackAddress()
                || n.prefix().address().isMulticastAddress());
        return all;
    }

    @Override
    public void close() {
        host.close();
    }

    private static Set<IpFamily> forwarded(Network network) {
        return network.kind().isForwarded()
                ? network.hosts().stream().map(IpFamily::of).collect(Collectors.toUnmodifiableSet())
                : Set.of();
    }

    private static String holder(Network network) {
        return "network " + network.name();
    }

    private void refuseForeign(Network network, Link link) {
        if (!isOwn(link)) {
            throw new BerthException(
                    ErrorCode.EXISTS,
                    "the host has a link '%s' already, which is not Berth's".formatted(network.name()),
                    "choose another name; an interface of type bridge can use that link as it is");
        }
    }

    private boolean isOwn(Link link) {
        return link.kind().equals("bridge") && link.alias().equals(mark);
    }

    /** Always the same for the same network, or guests would take the host for another one after it restarted. */
    private MacAddress mac(Network network) {
        UUID name = UUID.nameUUIDFromBytes((mark + " " + network.name()).getBytes(StandardCharsets.UTF_8));
        return new MacAddress(LOCALLY_ADMINISTERED | (name.getLeastSignificantBits() & RANDOM_BITS));
    }
}
