package berth.engine.network.managed;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.network.Words;
import berth.linux.netlink.IpPrefix;
import berth.linux.netlink.LinkNames;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A managed network as its administrator wants it. A {@code with} method gives a changed copy.
 *
 * @param subnet4 its IPv4 addresses, for instance {@code 10.0.5.0/24}; with another address of it than the first, that is the
 *     gateway
 * @param subnet6 its IPv6 addresses
 * @param gateway4 the host's own address there; the first one if null
 * @param gateway6 the same for IPv6
 * @param range4 the first and the last IPv4 address that are given to containers which name none; the upper half if null
 * @param domain what follows a container's name in the name service; the network's name if null
 * @param intra whether its containers reach each other; by default only those of a routed network do
 * @param uplink the only link by which its containers reach the world; any if null
 * @param ndpProxy whether the host answers for its containers' IPv6 addresses on the uplink; found out if null
 * @param forwards ports of the host that its containers answer
 */
public record Network(
        String name,
        NetworkKind kind,
        @Nullable String subnet4,
        @Nullable String subnet6,
        @Nullable String gateway4,
        @Nullable String gateway6,
        @Nullable String range4,
        @Nullable String domain,
        @Nullable Intra intra,
        @Nullable String uplink,
        @Nullable NdpProxy ndpProxy,
        @Nullable List<Forward> forwards) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
    private static final Pattern DOMAIN = Pattern.compile("(?=.{1,200}$)" + NAME + "(\\." + NAME + ")*");
    /** Words that the kernel's settings have for all links, and the loopback. */
    private static final Set<String> RESERVED = Set.of("all", "default", "lo");

    private static final int LARGEST_4 = 8;
    private static final int SMALLEST_4 = 30;
    private static final int LARGEST_6 = 64;
    private static final int SMALLEST_6 = 120;

    public Network {
        requireName(name);
        Objects.requireNonNull(kind, "a network needs a kind");
        if (subnet4 != null) {
            IpPrefix prefix = prefix(subnet4, true);
            gateway4 = gateway(prefix, gateway4);
            subnet4 = prefix.network().toString();
        }
        if (subnet6 != null) {
            IpPrefix prefix = prefix(subnet6, false);
            gateway6 = gateway(prefix, gateway6);
            subnet6 = prefix.network().toString();
        }
        if (subnet4 == null && subnet6 == null) {
            throw invalid("network '%s' has no subnet".formatted(name), "--subnet gives one, for instance 10.0.5.0/24");
        }
        if (range4 != null) {
            range4 = AddressRange.parse(range4, subnet4).toString();
        }
        if (domain != null && !DOMAIN.matcher(domain).matches()) {
            throw invalid("'%s' is not a domain".formatted(domain), "write it like web.example, in lower case");
        }
        if (uplink != null && !LinkNames.isAltName(uplink)) {
            throw invalid("'%s' cannot be the name of a link".formatted(uplink), "'ip link' shows those of the host");
        }
        if (ndpProxy == NdpProxy.ON && (uplink == null || subnet6 == null || kind != NetworkKind.ROUTED)) {
            throw invalid(
                    "the host cannot answer for the addresses of network '%s'".formatted(name),
                    "that takes kind routed, an IPv6 subnet and --uplink");
        }
        forwards = forwards == null ? List.of() : List.copyOf(forwards);
    }

    /** A network with nothing chosen but its subnets. */
    public static Network of(String name, NetworkKind kind, @Nullable String subnet4, @Nullable String subnet6) {
        return new Network(name, kind, subnet4, subnet6, null, null, null, null, null, null, null, null);
    }

    /** Refuses what cannot name a network. @throws BerthException INVALID */
    static void requireName(String name) {
        if (!NAME.matcher(name).matches() || RESERVED.contains(name)) {
            throw invalid(
                    "'%s' cannot be the name of a network".formatted(name),
                    "use up to 63 of a-z, 0-9 and -, with a letter or digit at both ends");
        }
    }

    /** Never null. */
    @Override
    public List<Forward> forwards() {
        return forwards == null ? List.of() : forwards;
    }

    /** The name of its bridge, which has the network's name as its altname if that is too long for a link. */
    public String bridge() {
        return LinkNames.shortened(name);
    }

    /** What follows a container's name in the name service. */
    public String domainName() {
        return domain == null ? name : domain;
    }

    /** Whether its containers reach each other. */
    public Intra intraPolicy() {
        return intra != null ? intra : kind == NetworkKind.ROUTED ? Intra.ALLOW : Intra.DENY;
    }

    /** Whether the host answers for its containers' IPv6 addresses on the uplink. */
    public NdpProxy ndpPolicy() {
        return ndpProxy == null ? NdpProxy.AUTO : ndpProxy;
    }

    /** The link on which the host may answer for its containers; empty if it is to answer nowhere. */
    Optional<String> proxyLink() {
        return kind == NetworkKind.ROUTED && subnet6 != null && ndpPolicy() != NdpProxy.OFF
                ? Optional.ofNullable(uplink)
                : Optional.empty();
    }

    /** The address that the host has in it, with the network's prefix. */
    public Optional<IpPrefix> host(boolean ipv4) {
        String subnet = ipv4 ? subnet4 : subnet6;
        if (subnet == null) {
            return Optional.empty();
        }
        IpPrefix prefix = IpPrefix.parse(subnet);
        String chosen = ipv4 ? gateway4 : gateway6;
        InetAddress address = chosen == null ? new Subnet(prefix).at(1) : Words.address(chosen);
        return Optional.of(new IpPrefix(address, prefix.length()));
    }

    /** The addresses that the host has in it. */
    public List<IpPrefix> hosts() {
        return Stream.of(true, false).flatMap(v4 -> host(v4).stream()).toList();
    }

    /** The address that containers send to what is elsewhere, if it has one of the family. */
    public Optional<String> gateway(boolean ipv4) {
        return host(ipv4).map(h -> Words.text(h.address()));
    }

    /** Which IPv4 addresses are given to containers that name none, if it has any. */
    Optional<AddressRange> range() {
        if (subnet4 == null) {
            return Optional.empty();
        }
        return Optional.of(range4 == null ? AddressRange.upperHalf(subnet4) : AddressRange.parse(range4, subnet4));
    }

    /** The same range for people, if it has one. */
    public Optional<String> rangeText() {
        return range().map(AddressRange::toString);
    }

    public Network withRange(@Nullable String value) {
        return new Network(
                name, kind, subnet4, subnet6, gateway4, gateway6, value, domain, intra, uplink, ndpProxy, forwards);
    }

    public Network withDomain(@Nullable String value) {
        return new Network(
                name, kind, subnet4, subnet6, gateway4, gateway6, range4, value, intra, uplink, ndpProxy, forwards);
    }

    public Network withIntra(@Nullable Intra value) {
        return new Network(
                name, kind, subnet4, subnet6, gateway4, gateway6, range4, domain, value, uplink, ndpProxy, forwards);
    }

    public Network withUplink(@Nullable String value) {
        return new Network(
                name, kind, subnet4, subnet6, gateway4, gateway6, range4, domain, intra, value, ndpProxy, forwards);
    }

    public Network withNdpProxy(@Nullable NdpProxy value) {
        return new Network(
                name, kind, subnet4, subnet6, gateway4, gateway6, range4, domain, intra, uplink, value, forwards);
    }

    public Network withForwards(List<Forward> value) {
        return new Network(
                name, kind, subnet4, subnet6, gateway4, gateway6, range4, domain, intra, uplink, ndpProxy, value);
    }

    private static IpPrefix prefix(String text, boolean ipv4) {
        IpPrefix prefix = Words.prefix(text);
        int largest = ipv4 ? LARGEST_4 : LARGEST_6;
        int smallest = ipv4 ? SMALLEST_4 : SMALLEST_6;
        if (prefix.isIpv4() != ipv4) {
            throw invalid(
                    "'%s' is no %s network".formatted(text, ipv4 ? "IPv4" : "IPv6"),
                    "write it like 10.0.5.0/24 or fd00:5::/64");
        }
        if (prefix.length() < largest || prefix.length() > smallest) {
            throw invalid(
                    "%s cannot be the subnet of a network".formatted(text),
                    "its prefix is %d to %d bits long, for instance %s"
                            .formatted(largest, smallest, ipv4 ? "10.0.5.0/24" : "fd00:5::/64"));
        }
        if (prefix.address().isMulticastAddress()
                || prefix.address().isLoopbackAddress()
                || prefix.address().isLinkLocalAddress()
                || prefix.contains(IpPrefix.parse(ipv4 ? "127.0.0.1" : "::1").address())) {
            throw invalid("%s has addresses that no container can have".formatted(text), "use a private network");
        }
        return prefix;
    }

    private static @Nullable String gateway(IpPrefix given, @Nullable String chosen) {
        boolean hasHost = !given.equals(given.network());
        String text = hasHost ? Words.text(given.address()) : chosen;
        if (text == null) {
            return null;
        }
        Subnet subnet = new Subnet(given);
        long number = subnet.number(Words.address(text)).orElse(0);
        if (number == 0 || (given.isIpv4() && number == subnet.last())) {
            throw invalid(
                    "%s cannot be the gateway of %s".formatted(text, given.network()), "choose another address of it");
        }
        return number == 1 ? null : text;
    }

    private static BerthException invalid(String message, String hint) {
        return new BerthException(ErrorCode.INVALID, message, hint);
    }
}
