package berth.linux.netlink;

import java.net.InetAddress;
import java.util.Optional;

/**
 * Who has an address on a link. Source: rtnetlink(7), struct ndmsg.
 *
 * @param link the link's index
 * @param mac the link address, if known; never of a {@link NeighbourState#PROXY}
 */
public record Neighbour(int link, InetAddress address, Optional<MacAddress> mac, NeighbourState state) {
    private static final int FIXED_SIZE = 12;
    private static final int INDEX = 4;
    private static final int STATE = 8;
    private static final int FLAGS = 10;
    private static final int NTF_PROXY = 8;
    private static final int RTN_UNICAST = 1;
    private static final int NDA_DST = 1;
    private static final int NDA_LLADDR = 2;

    /** The neighbour {@code address} is always at {@code mac}. */
    public static Neighbour permanent(int link, InetAddress address, MacAddress mac) {
        return new Neighbour(link, address, Optional.of(mac), NeighbourState.PERMANENT);
    }

    /** This host answers for {@code address} on the link. */
    public static Neighbour proxy(int link, InetAddress address) {
        return new Neighbour(link, address, Optional.empty(), NeighbourState.PROXY);
    }

    /** The neighbour that a message is about; empty if it is of neither family. */
    static Optional<Neighbour> read(Received message) {
        int family = message.u8(0);
        Attributes attributes = message.attributesAfter(FIXED_SIZE);
        if (family != IpAddresses.AF_INET && family != IpAddresses.AF_INET6) {
            return Optional.empty();
        }
        boolean proxy = (message.u8(FLAGS) & NTF_PROXY) != 0;
        return attributes
                .bytes(NDA_DST)
                .map(address -> new Neighbour(
                        message.u32(INDEX),
                        IpAddresses.of(address),
                        attributes
                                .bytes(NDA_LLADDR)
                                .filter(mac -> mac.length == MacAddress.SIZE)
                                .map(MacAddress::of),
                        proxy ? NeighbourState.PROXY : NeighbourState.of(message.u16(STATE))));
    }

    NetlinkMessage write(int type, int messageFlags) {
        NetlinkMessage message = new NetlinkMessage(type, messageFlags)
                .u8(IpAddresses.family(address))
                .u8(0)
                .u16(0)
                .u32(link)
                .u16(state.bits())
                .u8(state == NeighbourState.PROXY ? NTF_PROXY : 0)
                .u8(RTN_UNICAST)
                .attribute(NDA_DST, address.getAddress());
        mac.ifPresent(m -> message.attribute(NDA_LLADDR, m.bytes()));
        return message;
    }

    @Override
    public String toString() {
        return IpAddresses.text(address) + " dev #" + link;
    }
}
