package berth.engine.network.managed;

import berth.linux.netlink.IpAddresses;
import berth.linux.netlink.IpPrefix;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/** The addresses of a network by their numbers: 0 is the network's own. At most 64 bits are numbered. */
record Subnet(IpPrefix prefix) {
    private static final int NUMBERED_BITS = 64;

    Subnet {
        prefix = prefix.network();
    }

    /** How many bits an address has of its own. */
    int hostBits() {
        return prefix.address().getAddress().length * Byte.SIZE - prefix.length();
    }

    /** The number of the last address; of IPv4 it is the broadcast address. */
    long last() {
        return hostBits() >= NUMBERED_BITS ? -1L : (1L << hostBits()) - 1;
    }

    /** The address of this number. */
    InetAddress at(long number) {
        byte[] bytes = prefix.address().getAddress();
        long rest = number;
        for (int i = bytes.length - 1; i >= 0 && rest != 0; i--) {
            bytes[i] |= (byte) rest;
            rest >>>= Byte.SIZE;
        }
        return IpAddresses.of(bytes);
    }

    /** The number of {@code address}, empty if it lies elsewhere. */
    OptionalLong number(InetAddress address) {
        if (!prefix.contains(address)) {
            return OptionalLong.empty();
        }
        byte[] bytes = address.getAddress();
        long low = bytes.length == Integer.BYTES
                ? Integer.toUnsignedLong(ByteBuffer.wrap(bytes).getInt())
                : ByteBuffer.wrap(bytes, bytes.length - Long.BYTES, Long.BYTES).getLong();
        return OptionalLong.of(low & last());
    }

    boolean overlaps(IpPrefix other) {
        return prefix.contains(other) || other.contains(prefix);
    }
}
