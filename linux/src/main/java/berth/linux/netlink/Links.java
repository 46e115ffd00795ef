package berth.linux.netlink;

import static berth.linux.netlink.LinkAttributes.IFLA_ADDRESS;
import static berth.linux.netlink.LinkAttributes.IFLA_ALT_IFNAME;
import static berth.linux.netlink.LinkAttributes.IFLA_EXT_MASK;
import static berth.linux.netlink.LinkAttributes.IFLA_IFALIAS;
import static berth.linux.netlink.LinkAttributes.IFLA_IFNAME;
import static berth.linux.netlink.LinkAttributes.IFLA_INFO_DATA;
import static berth.linux.netlink.LinkAttributes.IFLA_INFO_KIND;
import static berth.linux.netlink.LinkAttributes.IFLA_INFO_SLAVE_DATA;
import static berth.linux.netlink.LinkAttributes.IFLA_INFO_SLAVE_KIND;
import static berth.linux.netlink.LinkAttributes.IFLA_LINK;
import static berth.linux.netlink.LinkAttributes.IFLA_LINKINFO;
import static berth.linux.netlink.LinkAttributes.IFLA_MASTER;
import static berth.linux.netlink.LinkAttributes.IFLA_MTU;
import static berth.linux.netlink.LinkAttributes.IFLA_NET_NS_FD;
import static berth.linux.netlink.LinkAttributes.IFLA_PROP_LIST;
import static berth.linux.netlink.LinkAttributes.IFLA_TXQLEN;
import static berth.linux.netlink.NetlinkMessage.NLM_F_ACK;
import static berth.linux.netlink.NetlinkMessage.NLM_F_CREATE;
import static berth.linux.netlink.NetlinkMessage.NLM_F_DUMP;
import static berth.linux.netlink.NetlinkMessage.NLM_F_EXCL;

import berth.linux.Fd;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Requests to make, change and delete links. Source: rtnetlink(7), ip-link(8). */
public final class Links {
    static final int RTM_NEWLINK = 16;
    static final int RTM_DELLINK = 17;

    private static final int RTM_GETLINK = 18;
    private static final int RTM_SETLINK = 19;
    private static final int RTM_NEWLINKPROP = 108;
    private static final int RTM_DELLINKPROP = 109;
    private static final int RTEXT_FILTER_SKIP_STATS = 8;

    private static final int IFF_UP = 1;
    private static final int VETH_INFO_PEER = 1;
    private static final int IFLA_MACVLAN_MODE = 1;
    private static final int MACVLAN_MODE_BRIDGE = 4;
    private static final int IFLA_VLAN_ID = 1;
    private static final int MAX_VLAN = 4094;
    private static final int IFLA_BR_FORWARD_DELAY = 1;
    private static final int IFLA_BR_STP_STATE = 5;
    private static final int MAX_ALIAS = 255;

    private Links() {}

    /**
     * Two ends of a cable, each in its own namespace. The kernel cannot set {@code other} up before it is connected
     * (ENOTCONN): that takes a request of its own. It heeds the index of {@code other} only if {@code one} has one too.
     */
    public static Request createVeth(NewLink one, NewLink other) {
        if (other.up()) {
            throw new IllegalArgumentException("the second end of a veth cannot be made up");
        }
        if (other.index().isPresent() && one.index().isEmpty()) {
            throw new IllegalArgumentException("the second end of a veth cannot have a chosen index alone");
        }
        return create("veth", one, m -> m.nested(IFLA_INFO_DATA, d -> d.nested(VETH_INFO_PEER, other::write)));
    }

    /** A bridge without spanning tree, whose ports forward at once. */
    public static Request createBridge(NewLink bridge, Set<BridgeFeature> features) {
        return create(
                "bridge",
                bridge,
                m -> m.nested(IFLA_INFO_DATA, d -> {
                    d.attributeU32(IFLA_BR_FORWARD_DELAY, 0).attributeU32(IFLA_BR_STP_STATE, 0);
                    Stream.of(BridgeFeature.values())
                            .filter(f -> f.isDefault() != features.contains(f))
                            .forEach(f -> d.attributeU8(f.attribute(), features.contains(f) ? 1 : 0));
                }));
    }

    /** A link with an address of its own on the link {@code parent} of the socket's namespace, in bridge mode. */
    public static Request createMacvlan(NewLink link, int parent) {
        return createOn(
                parent,
                "macvlan",
                link,
                m -> m.nested(IFLA_INFO_DATA, d -> d.attributeU32(IFLA_MACVLAN_MODE, MACVLAN_MODE_BRIDGE)));
    }

    /** The VLAN {@code id} (802.1Q) of the link {@code parent} of the socket's namespace. */
    public static Request createVlan(NewLink link, int parent, int id) {
        if (id < 1 || id > MAX_VLAN) {
            throw new IllegalArgumentException("no VLAN has the id " + id);
        }
        return createOn(parent, "vlan", link, m -> m.nested(IFLA_INFO_DATA, d -> d.attributeU16(IFLA_VLAN_ID, id)));
    }

    /** A link of a kind that needs to know nothing more, for instance {@code dummy} or {@code ifb}. */
    public static Request create(String kind, NewLink link) {
        return create(kind, link, m -> {});
    }

    /** Sets it up. */
    public static Request up(LinkId link) {
        return set("set up", link, IFF_UP, m -> {});
    }

    /** Sets it down. */
    public static Request down(LinkId link) {
        return set("set down", link, 0, m -> {});
    }

    /** Makes it a port of the bridge, or the like, of this index. */
    public static Request attach(LinkId link, int master) {
        return set("attach", link, m -> m.attributeU32(IFLA_MASTER, master));
    }

    /** Makes it a port of nothing. */
    public static Request detach(LinkId link) {
        return set("detach", link, m -> m.attributeU32(IFLA_MASTER, 0));
    }

    /** Gives it another name; a link that is up may refuse (EBUSY, Linux before 6.2). */
    public static Request rename(int link, String name) {
        LinkNames.requireName(name);
        return set("rename", LinkId.of(link), m -> m.attribute(IFLA_IFNAME, name));
    }

    public static Request setMac(LinkId link, MacAddress mac) {
        return set("set MAC address of", link, m -> m.attribute(IFLA_ADDRESS, mac.bytes()));
    }

    public static Request setMtu(LinkId link, int bytes) {
        return set("set MTU of", link, m -> m.attributeU32(IFLA_MTU, bytes));
    }

    public static Request setTxQueueLength(LinkId link, int packets) {
        return set("set queue length of", link, m -> m.attributeU32(IFLA_TXQLEN, packets));
    }

    /** Notes a text with it, at most 255 bytes; none if empty. */
    public static Request setAlias(LinkId link, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > MAX_ALIAS) {
            throw new IllegalArgumentException("an alias has at most " + MAX_ALIAS + " bytes");
        }
        return set("set alias of", link, m -> m.attribute(IFLA_IFALIAS, bytes));
    }

    /** Adds names to find it by. @throws berth.linux.KernelException EEXIST, when sent, if a link of the namespace has one */
    public static Request addAltNames(LinkId link, String... names) {
        return altNames("add altname to", link, RTM_NEWLINKPROP, NLM_F_CREATE | NLM_F_EXCL, names);
    }

    public static Request removeAltNames(LinkId link, String... names) {
        return altNames("remove altname of", link, RTM_DELLINKPROP, 0, names);
    }

    /** Moves it to another network namespace, where it is down and has this name. Its addresses and routes are lost. */
    public static Request move(int link, Fd netns, String name) {
        LinkNames.requireName(name);
        return set(
                "move",
                LinkId.of(link),
                m -> m.attributeU32(IFLA_NET_NS_FD, netns.number()).attribute(IFLA_IFNAME, name));
    }

    /** Sets and clears flags of a port of a bridge; the others stay. @throws berth.linux.KernelException EOPNOTSUPP if it is none */
    public static Request setPort(LinkId port, Set<BridgePortFlag> on, Set<BridgePortFlag> off) {
        NetlinkMessage message = header(RTM_NEWLINK, NLM_F_ACK, port, 0, 0)
                .nested(
                        IFLA_LINKINFO,
                        i -> i.attribute(IFLA_INFO_SLAVE_KIND, "bridge").nested(IFLA_INFO_SLAVE_DATA, d -> {
                            on.forEach(flag -> d.attributeU8(flag.attribute(), 1));
                            off.forEach(flag -> d.attributeU8(flag.attribute(), 0));
                        }));
        return Request.change("set bridge port", port.toString(), message);
    }

    /** Deletes it; with one end of a veth goes the other. The kernel takes some 15 ms for it, waiting for its readers. */
    public static Request delete(LinkId link) {
        return Request.change("delete link", link.toString(), header(RTM_DELLINK, NLM_F_ACK, link, 0, 0));
    }

    static Request list() {
        NetlinkMessage message = new NetlinkMessage(RTM_GETLINK, NLM_F_DUMP)
                .u32(0)
                .u32(0)
                .u32(0)
                .u32(0)
                .attributeU32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
        return Request.unacknowledged("list links", "", message);
    }

    static Request get(LinkId link) {
        NetlinkMessage message =
                header(RTM_GETLINK, 0, link, 0, 0).attributeU32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
        return Request.unacknowledged("find link", link.toString(), message);
    }

    private static Request createOn(int parent, String kind, NewLink link, Consumer<NetlinkMessage> data) {
        NetlinkMessage message = created(kind, link, data).attributeU32(IFLA_LINK, parent);
        return Request.change("create " + kind, link.name(), message);
    }

    private static Request create(String kind, NewLink link, Consumer<NetlinkMessage> data) {
        return Request.change("create " + kind, link.name(), created(kind, link, data));
    }

    private static NetlinkMessage created(String kind, NewLink link, Consumer<NetlinkMessage> data) {
        NetlinkMessage message = new NetlinkMessage(RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL);
        link.write(message);
        return message.nested(IFLA_LINKINFO, i -> data.accept(i.attribute(IFLA_INFO_KIND, kind)));
    }

    private static Request set(String operation, LinkId link, Consumer<NetlinkMessage> change) {
        return set(operation, link, header(RTM_SETLINK, NLM_F_ACK, link, 0, 0), change);
    }

    private static Request set(String operation, LinkId link, int flags, Consumer<NetlinkMessage> change) {
        return set(operation, link, header(RTM_SETLINK, NLM_F_ACK, link, flags, IFF_UP), change);
    }

    private static Request set(String operation, LinkId link, NetlinkMessage message, Consumer<NetlinkMessage> change) {
        change.accept(message);
        return Request.change(operation, link.toString(), message);
    }

    private static Request altNames(String operation, LinkId link, int type, int flags, String... names) {
        List<String> all = Arrays.asList(names);
        all.forEach(LinkNames::requireAltName);
        NetlinkMessage message = header(type, NLM_F_ACK | flags, link, 0, 0)
                .nested(IFLA_PROP_LIST, p -> all.forEach(name -> p.attribute(IFLA_ALT_IFNAME, name)));
        return Request.change(operation, link + "' '" + String.join(" ", all), message);
    }

    /** A struct ifinfomsg and, where a link is named, its name. IFLA_ALT_IFNAME finds a link by any of its names. */
    private static NetlinkMessage header(int type, int messageFlags, LinkId link, int flags, int change) {
        NetlinkMessage message = new NetlinkMessage(type, messageFlags).u32(0);
        return switch (link) {
            case LinkId.Index(int index) -> message.u32(index).u32(flags).u32(change);
            case LinkId.Name(String name) ->
                message.u32(0).u32(flags).u32(change).attribute(IFLA_ALT_IFNAME, name);
        };
    }
}
