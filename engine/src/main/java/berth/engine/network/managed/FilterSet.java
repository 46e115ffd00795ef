package berth.engine.network.managed;

import berth.linux.netlink.NftFamily;
import java.util.Locale;

/** The sets and maps of the filter, whose elements come and go with containers. */
enum FilterSet {
    /** The host's ends of containers' interfaces. */
    PORTS(NftFamily.BRIDGE, "type ifname"),
    /** Those whose containers do not reach each other. */
    ISOLATED(NftFamily.BRIDGE, "type ifname"),
    /** What each may call itself. */
    MACS(NftFamily.BRIDGE, "type ifname . ether_addr"),
    ADDRESSES4(NftFamily.BRIDGE, "type ifname . ipv4_addr"),
    ADDRESSES6(NftFamily.BRIDGE, "type ifname . ipv6_addr"),
    /** The same addresses as nftables before 1.0.9 can compare them with what a neighbour advertisement is about. */
    TARGETS6(NftFamily.BRIDGE, "typeof iifname . @th,64,128"),
    /** The addresses that containers have: whom the host looks for on a network. */
    KNOWN4(NftFamily.INET, "type ipv4_addr"),
    KNOWN6(NftFamily.INET, "type ipv6_addr"),
    /** Ports of the host that containers answer. */
    FORWARDS4(NftFamily.INET, "type inet_proto . inet_service : ipv4_addr . inet_service"),
    FORWARDS6(NftFamily.INET, "type inet_proto . inet_service : ipv6_addr . inet_service");

    private final NftFamily family;
    private final String type;

    FilterSet(NftFamily family, String type) {
        this.family = family;
        this.type = type;
    }

    NftFamily family() {
        return family;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Its line in the text of the filter. */
    String declaration() {
        return "%s %s { %s; }".formatted(type.contains(" : ") ? "map" : "set", word(), type);
    }
}
