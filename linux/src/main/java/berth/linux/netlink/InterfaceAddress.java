package berth.linux.netlink;

import java.net.InetAddress;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * An address of a link. Source: rtnetlink(7), struct ifaddrmsg.
 *
 * @param link the link's index
 * @param local the address with its prefix; with a {@code peer} the prefix is that of the peer
 * @param peer the address of the only other end
 */
public record InterfaceAddress(
        int link,
        IpPrefix local,
        Optional<InetAddress> peer,
        Optional<InetAddress> broadcast,
        Scope scope,
        Set<AddressFlag> flags) {
    private static final int FIXED_SIZE = 8;
    private static final int LENGTH = 1;
    private static final int FLAGS = 2;
    private static final int SCOPE = 3;
    private static final int INDEX = 4;
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_BROADCAST = 4;
    private static final int IFA_FLAGS = 8;

    public InterfaceAddress {
        flags = Set.copyOf(flags);
    }

    /** This address on the link of this index, reaching everywhere, without a peer and a broadcast address. */
    public static InterfaceAddress of(int link, IpPrefix local) {
        return new InterfaceAddress(link, local, Optional.empty(), Optional.empty(), Scope.UNIVERSE, Set.of());
    }

    /** With one other end, at {@code address}. */
    public InterfaceAddress withPeer(InetAddress address) {
        return new InterfaceAddress(link, local, Optional.of(address), broadcast, scope, flags);
    }

    /** With the broadcast address of its network, if that has one. */
    public InterfaceAddress withBroadcast() {
        return new InterfaceAddress(link, local, peer, local.broadcast(), scope, flags);
    }

    public InterfaceAddress withScope(Scope reach) {
        return new InterfaceAddress(link, local, peer, broadcast, reach, flags);
    }

    /** With this flag too. */
    public InterfaceAddress with(AddressFlag flag) {
        Set<AddressFlag> all = EnumSet.of(flag);
        all.addAll(flags);
        return new InterfaceAddress(link, local, peer, broadcast, scope, all);
    }

    /** The address that a message is about; empty if it is of neither family. */
    static Optional<InterfaceAddress> read(Received message) {
        int family = message.u8(0);
        Attributes attributes = message.attributesAfter(FIXED_SIZE);
        Optional<InetAddress> address = attributes.bytes(IFA_ADDRESS).map(IpAddresses::of);
        Optional<InetAddress> local =
                attributes.bytes(IFA_LOCAL).map(IpAddresses::of).or(() -> address);
        if ((family != IpAddresses.AF_INET && family != IpAddresses.AF_INET6) || local.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new InterfaceAddress(
                message.u32(INDEX),
                new IpPrefix(local.get(), message.u8(LENGTH)),
                address.filter(a -> !a.equals(local.get())),
                attributes.bytes(IFA_BROADCAST).map(IpAddresses::of),
                new Scope(message.u8(SCOPE)),
                AddressFlag.of(attributes.u32(IFA_FLAGS).orElse(message.u8(FLAGS)))));
    }

    NetlinkMessage write(int type, int messageFlags) {
        NetlinkMessage message = new NetlinkMessage(type, messageFlags)
                .u8(IpAddresses.family(local.address()))
                .u8(local.length())
                .u8(0)
                .u8(scope.number())
                .u32(link)
                .attribute(IFA_LOCAL, local.address().getAddress())
                .attribute(IFA_ADDRESS, peer.orElse(local.address()).getAddress());
        broadcast.ifPresent(b -> message.attribute(IFA_BROADCAST, b.getAddress()));
        return flags.isEmpty() ? message : message.attributeU32(IFA_FLAGS, AddressFlag.bits(flags));
    }

    @Override
    public String toString() {
        return local + " dev #" + link;
    }
}
