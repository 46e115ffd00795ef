package berth.linux.netlink;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A network interface. Source: rtnetlink(7), struct ifinfomsg.
 *
 * @param kind what made it, for instance {@code veth} or {@code bridge}; empty for hardware and the loopback
 * @param isUp whether it is set up; whether it can also carry packets is {@code isRunning}
 * @param master the index of the bridge or the like that it is a port of
 * @param peer the index of the other end of a veth, or of the link that a macvlan or vlan is on; in the namespace
 *     {@code peerNamespace} if that is given
 * @param peerNamespace the id that the link's own namespace has for that of {@code peer}
 * @param mac empty if its addresses are not six bytes long
 * @param alias a free text; empty if none
 */
public record Link(
        int index,
        String name,
        List<String> altNames,
        String kind,
        boolean isUp,
        boolean isRunning,
        OptionalInt master,
        OptionalInt peer,
        OptionalInt peerNamespace,
        int mtu,
        Optional<MacAddress> mac,
        String alias,
        int txQueueLength,
        int txQueues,
        int rxQueues) {
    static final int FIXED_SIZE = 16;

    private static final int INDEX = 4;
    private static final int FLAGS = 8;
    private static final int IFF_UP = 1;
    private static final int IFF_RUNNING = 0x40;

    public Link {
        altNames = List.copyOf(altNames);
    }

    /** How requests name it. */
    public LinkId id() {
        return LinkId.of(index);
    }

    static Link read(Received message) {
        Attributes attributes = message.attributesAfter(FIXED_SIZE);
        int flags = message.u32(FLAGS);
        return new Link(
                message.u32(INDEX),
                attributes.text(LinkAttributes.IFLA_IFNAME).orElse(""),
                attributes.nested(LinkAttributes.IFLA_PROP_LIST).texts(LinkAttributes.IFLA_ALT_IFNAME),
                attributes
                        .nested(LinkAttributes.IFLA_LINKINFO)
                        .text(LinkAttributes.IFLA_INFO_KIND)
                        .orElse(""),
                (flags & IFF_UP) != 0,
                (flags & IFF_RUNNING) != 0,
                attributes.u32(LinkAttributes.IFLA_MASTER),
                attributes.u32(LinkAttributes.IFLA_LINK),
                attributes.u32(LinkAttributes.IFLA_LINK_NETNSID),
                attributes.u32(LinkAttributes.IFLA_MTU).orElse(0),
                attributes
                        .bytes(LinkAttributes.IFLA_ADDRESS)
                        .filter(mac -> mac.length == MacAddress.SIZE)
                        .map(MacAddress::of),
                attributes.text(LinkAttributes.IFLA_IFALIAS).orElse(""),
                attributes.u32(LinkAttributes.IFLA_TXQLEN).orElse(0),
                attributes.u32(LinkAttributes.IFLA_NUM_TX_QUEUES).orElse(0),
                attributes.u32(LinkAttributes.IFLA_NUM_RX_QUEUES).orElse(0));
    }
}
