package berth.engine.network;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.netlink.IpPrefix;
import berth.linux.netlink.LinkNames;
import berth.linux.netlink.MacAddress;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An interface of a container, as its administrator wants it. A {@code with} method gives a changed copy.
 *
 * @param name its name inside
 * @param type how it is connected
 * @param hwaddr its MAC address
 * @param link the bridge, parent or physical link on the host; null where the type has none
 * @param mtu in bytes; the kernel's own choice if null
 * @param addresses its addresses inside, with their prefixes
 * @param dhcp whether the guest is to ask for addresses itself
 * @param gateway4 {@code auto}, {@code none} or an address; {@code auto} if null
 * @param gateway6 the same for IPv6
 * @param via the transfer networks of a routed interface: the host has their first address, the container their second
 * @param routes networks that the host sends to the container beside its addresses
 * @param hostAddresses the host's end of a private interface
 * @param shaping its limits and queues
 * @param firewall whether the guest may speak as itself only, on a bridge that is not managed; on a managed one it always is so
 */
public record Netif(
        String name,
        NetifType type,
        String hwaddr,
        @Nullable String link,
        @Nullable Integer mtu,
        @Nullable List<String> addresses,
        boolean dhcp,
        @Nullable String gateway4,
        @Nullable String gateway6,
        @Nullable List<String> via,
        @Nullable List<RoutedNetwork> routes,
        @Nullable List<String> hostAddresses,
        @Nullable Shaping shaping,
        boolean firewall) {
    /** The word for a gateway that is found out, or for none. */
    public static final String AUTO = "auto";

    public static final String NONE = "none";

    /** The least that IPv6 runs on is 1280, but IPv4 alone needs no more than this. Source: RFC 791. */
    private static final int MIN_MTU = 68;

    private static final int MAX_MTU = 65_535;
    private static final int TRANSFER_ADDRESSES = 2;

    public Netif {
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]*") || !LinkNames.isName(name) || name.equals("lo")) {
            throw invalid(
                    "'%s' cannot be the name of an interface".formatted(name),
                    "use up to %d letters, digits, '.', '_' and '-', for instance eth0".formatted(LinkNames.MAX_NAME));
        }
        if (type.needsLink() != (link != null)) {
            throw invalid(
                    type.needsLink()
                            ? "a %s interface needs a link of the host".formatted(type.word())
                            : "a %s interface has no link".formatted(type.word()),
                    "--link names it");
        }
        if (link != null && !LinkNames.isAltName(link)) {
            throw invalid("'%s' cannot be the name of a link".formatted(link), "'ip link' shows those of the host");
        }
        if (mtu != null && (mtu < MIN_MTU || mtu > MAX_MTU)) {
            throw invalid("an MTU of %d is out of range".formatted(mtu), "it is %d to %d".formatted(MIN_MTU, MAX_MTU));
        }
        hwaddr = Words.mac(hwaddr).toString();
        addresses = normal(addresses);
        hostAddresses = normal(hostAddresses);
        via = normal(via);
        routes = routes == null ? List.of() : List.copyOf(routes);
        gateway4 = gateway(gateway4, true);
        gateway6 = gateway(gateway6, false);
        via.forEach(v -> transfer(Words.prefix(v)));
        if (type == NetifType.PRIVATE && (addresses.isEmpty() || hostAddresses.isEmpty())) {
            throw invalid("a private interface needs an address at each end", "--host-address and --local-address");
        }
        requireOwnGateways(addresses, via, routes);
        if (type != NetifType.ROUTED && (!via.isEmpty() || !routes.isEmpty())) {
            throw invalid("only a routed interface has transfer networks and routes", "make one of that type");
        }
        if (firewall && type != NetifType.BRIDGE) {
            throw invalid(
                    "a %s interface has no firewall".formatted(type.word()),
                    "only one of type bridge has; what is routed to a container is its own anyway");
        }
    }

    /** An interface with nothing but what it must have. */
    public static Netif of(String name, NetifType type, MacAddress hwaddr, @Nullable String link) {
        return new Netif(
                name, type, hwaddr.toString(), link, null, null, false, null, null, null, null, null, null, false);
    }

    /** A private interface between these addresses. */
    public static Netif ofPair(String name, MacAddress hwaddr, List<String> hostAddresses, List<String> addresses) {
        return new Netif(
                name,
                NetifType.PRIVATE,
                hwaddr.toString(),
                null,
                null,
                addresses,
                false,
                null,
                null,
                null,
                null,
                hostAddresses,
                null,
                false);
    }

    /** Its addresses inside; never null. */
    @Override
    public List<String> addresses() {
        return addresses == null ? List.of() : addresses;
    }

    /** The transfer networks; never null. */
    @Override
    public List<String> via() {
        return via == null ? List.of() : via;
    }

    /** What else the host sends to it; never null. */
    @Override
    public List<RoutedNetwork> routes() {
        return routes == null ? List.of() : routes;
    }

    /** The host's addresses; never null. */
    @Override
    public List<String> hostAddresses() {
        return hostAddresses == null ? List.of() : hostAddresses;
    }

    /** Its limits and queues; none if nothing was chosen. */
    public Shaping shape() {
        return shaping == null ? Shaping.NONE : shaping;
    }

    /** Its link on the host. @throws IllegalStateException if its type has none */
    public String requireLink() {
        if (link == null) {
            throw new IllegalStateException(name + " has no link");
        }
        return link;
    }

    /** Its addresses inside. */
    public List<IpPrefix> prefixes() {
        return addresses().stream().map(Words::prefix).toList();
    }

    /** The addresses of the host's end. */
    public List<IpPrefix> hostPrefixes() {
        return hostAddresses().stream().map(Words::prefix).toList();
    }

    /** The transfer networks. */
    public List<Transfer> transfers() {
        return via().stream().map(v -> transfer(Words.prefix(v))).toList();
    }

    /** The address chosen as the gateway of a family; empty for {@link #AUTO} and {@link #NONE}. */
    public Optional<InetAddress> chosenGateway(boolean ipv4) {
        String word = gatewayWord(ipv4);
        return word.equals(AUTO) || word.equals(NONE) ? Optional.empty() : Optional.of(Words.address(word));
    }

    /** Whether it is to have no gateway of a family. */
    public boolean hasNoGateway(boolean ipv4) {
        return gatewayWord(ipv4).equals(NONE);
    }

    /** {@link #AUTO}, {@link #NONE} or the address. */
    public String gatewayWord(boolean ipv4) {
        String word = ipv4 ? gateway4 : gateway6;
        return word == null ? AUTO : word;
    }

    public Netif withName(String value) {
        return changed(draft -> draft.name = value);
    }

    public Netif withLink(String value) {
        return changed(draft -> draft.link = value);
    }

    public Netif withHwaddr(String value) {
        return changed(draft -> draft.hwaddr = value);
    }

    public Netif withMtu(@Nullable Integer value) {
        return changed(draft -> draft.mtu = value);
    }

    public Netif withAddresses(List<String> value) {
        return changed(draft -> draft.addresses = value);
    }

    public Netif withDhcp(boolean value) {
        return changed(draft -> draft.dhcp = value);
    }

    public Netif withGateways(@Nullable String v4, @Nullable String v6) {
        return changed(draft -> {
            draft.gateway4 = v4;
            draft.gateway6 = v6;
        });
    }

    public Netif withVia(List<String> value) {
        return changed(draft -> draft.via = value);
    }

    public Netif withRoutes(List<RoutedNetwork> value) {
        return changed(draft -> draft.routes = value);
    }

    public Netif withHostAddresses(List<String> value) {
        return changed(draft -> draft.hostAddresses = value);
    }

    public Netif withShaping(Shaping value) {
        return changed(draft -> draft.shaping = value);
    }

    public Netif withFirewall(boolean value) {
        return changed(draft -> draft.firewall = value);
    }

    private Netif changed(Consumer<NetifDraft> change) {
        NetifDraft draft = new NetifDraft(this);
        change.accept(draft);
        return draft.netif();
    }

    /**
     * The network between host and container.
     *
     * @param host the host's address with the network's prefix
     * @param guest the container's
     */
    public record Transfer(IpPrefix host, IpPrefix guest) {}

    private static Transfer transfer(IpPrefix network) {
        byte[] first = network.network().address().getAddress();
        int bits = first.length * Byte.SIZE;
        if (bits - network.length() < TRANSFER_ADDRESSES || network.length() == 0) {
            throw invalid(
                    "the transfer network %s has no two addresses".formatted(network),
                    "use one of /30 or /126, for instance 10.100.10.100/30");
        }
        return new Transfer(plus(network, 1), plus(network, 2));
    }

    private static IpPrefix plus(IpPrefix network, int number) {
        byte[] bytes = network.network().address().getAddress();
        bytes[bytes.length - 1] += (byte) number;
        try {
            return new IpPrefix(InetAddress.getByAddress(bytes), network.length());
        } catch (java.net.UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Only the container itself can take what is sent through this interface. */
    private static void requireOwnGateways(List<String> addresses, List<String> via, List<RoutedNetwork> routes) {
        for (RoutedNetwork route : routes) {
            boolean own = route.gateway()
                    .map(g -> addresses.stream()
                                    .anyMatch(a -> Words.prefix(a).address().equals(g))
                            || via.stream()
                                    .map(v -> transfer(Words.prefix(v)))
                                    .anyMatch(t -> t.guest().address().equals(g)))
                    .orElse(true);
            if (!own) {
                throw invalid(
                        "%s is sent via %s, which the interface does not have".formatted(route.network(), route.via()),
                        "add that address first, or take the route away first");
            }
        }
    }

    private static List<String> normal(@Nullable List<String> prefixes) {
        List<String> normal = new ArrayList<>();
        for (String text : prefixes == null ? List.<String>of() : prefixes) {
            String one = Words.prefix(text).toString();
            if (!normal.contains(one)) {
                normal.add(one);
            }
        }
        return List.copyOf(normal);
    }

    private static @Nullable String gateway(@Nullable String word, boolean ipv4) {
        if (word == null || word.equals(AUTO)) {
            return null;
        }
        if (word.equals(NONE)) {
            return word;
        }
        InetAddress address = Words.address(word);
        if (IpPrefix.of(address).isIpv4() != ipv4) {
            throw invalid("'%s' is no %s address".formatted(word, ipv4 ? "IPv4" : "IPv6"), "or say 'auto' or 'none'");
        }
        return Words.text(address);
    }

    private static BerthException invalid(String message, String hint) {
        return new BerthException(ErrorCode.INVALID, message, hint);
    }
}
