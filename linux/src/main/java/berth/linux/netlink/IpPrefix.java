package berth.linux.netlink;

import java.net.InetAddress;
import java.util.Optional;

/**
 * An IPv4 or IPv6 address and the length of the network prefix it lies in, for instance {@code 10.0.0.1/24}. The address
 * may be any of the network; {@link #network()} is the prefix alone.
 */
public record IpPrefix(InetAddress address, int length) {
    /** Every IPv4 address. */
    public static final IpPrefix ANY_4 = parse("0.0.0.0/0");
    /** Every IPv6 address. */
    public static final IpPrefix ANY_6 = parse("::/0");

    private static final int MAX_LENGTH_WITH_BROADCAST = 30;

    public IpPrefix {
        address = IpAddresses.of(address.getAddress());
        if (length < 0 || length > IpAddresses.bits(address)) {
            throw new IllegalArgumentException(
                    "a prefix of " + IpAddresses.text(address) + " cannot be " + length + " bits long");
        }
    }

    /** The one address. */
    public static IpPrefix of(InetAddress address) {
        return new IpPrefix(address, IpAddresses.bits(address));
    }

    /** Reads {@code 10.0.0.1/24}, {@code fd00::1/64} or an address alone. @throws IllegalArgumentException if it is neither */
    public static IpPrefix parse(String text) {
        int slash = text.indexOf('/');
        InetAddress address = IpAddresses.parse(slash < 0 ? text : text.substring(0, slash));
        if (slash < 0) {
            return of(address);
        }
        String length = text.substring(slash + 1);
        if (!length.matches("0|[1-9][0-9]{0,2}")) {
            throw new IllegalArgumentException("'" + text + "' has no prefix length");
        }
        return new IpPrefix(address, Integer.parseInt(length));
    }

    public boolean isIpv4() {
        return IpAddresses.isIpv4(address);
    }

    /** Whether it is one address only. */
    public boolean isSingle() {
        return length == IpAddresses.bits(address);
    }

    /** The same prefix with its first address. */
    public IpPrefix network() {
        return new IpPrefix(filled(0), length);
    }

    /** The last address of an IPv4 network of four addresses or more. */
    public Optional<InetAddress> broadcast() {
        return isIpv4() && length <= MAX_LENGTH_WITH_BROADCAST ? Optional.of(filled(0xff)) : Optional.empty();
    }

    /** Whether {@code other} lies in the network; never if it is of the other family. */
    public boolean contains(InetAddress other) {
        return IpAddresses.isIpv4(other) == isIpv4()
                && new IpPrefix(other, length).network().equals(network());
    }

    /** Whether all of {@code other} lies in the network. */
    public boolean contains(IpPrefix other) {
        return other.length >= length && contains(other.address);
    }

    /** The address with every bit after the prefix taken from {@code host}. */
    private InetAddress filled(int host) {
        byte[] bytes = address.getAddress();
        for (int i = length / Byte.SIZE; i < bytes.length; i++) {
            int kept = i == length / Byte.SIZE ? ~(0xff >> length % Byte.SIZE) & 0xff : 0;
            bytes[i] = (byte) ((bytes[i] & kept) | (host & ~kept));
        }
        return IpAddresses.of(bytes);
    }

    @Override
    public String toString() {
        return IpAddresses.text(address) + "/" + length;
    }
}
