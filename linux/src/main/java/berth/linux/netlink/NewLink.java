package berth.linux.netlink;

import static berth.linux.netlink.LinkAttributes.IFLA_ADDRESS;
import static berth.linux.netlink.LinkAttributes.IFLA_IFNAME;
import static berth.linux.netlink.LinkAttributes.IFLA_MASTER;
import static berth.linux.netlink.LinkAttributes.IFLA_MTU;
import static berth.linux.netlink.LinkAttributes.IFLA_NET_NS_FD;
import static berth.linux.netlink.LinkAttributes.IFLA_NUM_RX_QUEUES;
import static berth.linux.netlink.LinkAttributes.IFLA_NUM_TX_QUEUES;
import static berth.linux.netlink.LinkAttributes.IFLA_TXQLEN;

import berth.linux.Fd;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A link to be made, down; what is left empty the kernel chooses. A {@code with} method gives a changed copy.
 *
 * @param index its index, which must be free; chosen by the caller, later requests of the same batch can use it
 * @param up whether it is set up at once
 * @param namespace the network namespace it is made in; empty for the socket's own
 */
public record NewLink(
        String name,
        OptionalInt index,
        Optional<MacAddress> mac,
        OptionalInt mtu,
        OptionalInt txQueueLength,
        OptionalInt txQueues,
        OptionalInt rxQueues,
        OptionalInt master,
        boolean up,
        Optional<Fd> namespace) {
    private static final int IFF_UP = 1;

    public NewLink {
        LinkNames.requireName(name);
        if (mac.isPresent() && mac.get().isMulticast()) {
            throw new IllegalArgumentException(mac.get() + " is the address of a group, not of a link");
        }
    }

    /** A link of this name. */
    public static NewLink named(String name) {
        OptionalInt any = OptionalInt.empty();
        return new NewLink(name, any, Optional.empty(), any, any, any, any, any, false, Optional.empty());
    }

    public NewLink withIndex(int number) {
        return new NewLink(
                name, OptionalInt.of(number), mac, mtu, txQueueLength, txQueues, rxQueues, master, up, namespace);
    }

    public NewLink withMac(MacAddress address) {
        return new NewLink(
                name, index, Optional.of(address), mtu, txQueueLength, txQueues, rxQueues, master, up, namespace);
    }

    public NewLink withMtu(int bytes) {
        return new NewLink(
                name, index, mac, OptionalInt.of(bytes), txQueueLength, txQueues, rxQueues, master, up, namespace);
    }

    /** With room for this many packets before its queueing discipline drops any. */
    public NewLink withTxQueueLength(int packets) {
        return new NewLink(name, index, mac, mtu, OptionalInt.of(packets), txQueues, rxQueues, master, up, namespace);
    }

    /** With this many queues for sending and receiving. */
    public NewLink withQueues(int tx, int rx) {
        return new NewLink(
                name, index, mac, mtu, txQueueLength, OptionalInt.of(tx), OptionalInt.of(rx), master, up, namespace);
    }

    /** As a port of the bridge, or the like, of this index. */
    public NewLink withMaster(int bridge) {
        return new NewLink(
                name, index, mac, mtu, txQueueLength, txQueues, rxQueues, OptionalInt.of(bridge), up, namespace);
    }

    /** Set up at once; not for the second end of a veth. */
    public NewLink withUp() {
        return new NewLink(name, index, mac, mtu, txQueueLength, txQueues, rxQueues, master, true, namespace);
    }

    /** In the network namespace {@code netns}, which stays the caller's. */
    public NewLink withNamespace(Fd netns) {
        return new NewLink(name, index, mac, mtu, txQueueLength, txQueues, rxQueues, master, up, Optional.of(netns));
    }

    /** Writes a struct ifinfomsg and the attributes that every kind of link has. */
    void write(NetlinkMessage message) {
        int flags = up ? IFF_UP : 0;
        message.u8(0).u8(0).u16(0).u32(index.orElse(0)).u32(flags).u32(flags);
        message.attribute(IFLA_IFNAME, name);
        mac.ifPresent(m -> message.attribute(IFLA_ADDRESS, m.bytes()));
        mtu.ifPresent(n -> message.attributeU32(IFLA_MTU, n));
        txQueueLength.ifPresent(n -> message.attributeU32(IFLA_TXQLEN, n));
        txQueues.ifPresent(n -> message.attributeU32(IFLA_NUM_TX_QUEUES, n));
        rxQueues.ifPresent(n -> message.attributeU32(IFLA_NUM_RX_QUEUES, n));
        master.ifPresent(n -> message.attributeU32(IFLA_MASTER, n));
        namespace.ifPresent(ns -> message.attributeU32(IFLA_NET_NS_FD, ns.number()));
    }
}
