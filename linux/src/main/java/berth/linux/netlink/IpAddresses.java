package berth.linux.netlink;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.StringJoiner;

/** IP addresses as bytes and text, without ever asking a name server. */
public final class IpAddresses {
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;

    private static final int GROUPS = 8;

    private IpAddresses() {}

    /** The address of these 4 or 16 bytes. An IPv4-mapped IPv6 address becomes the IPv4 one, as Java has it. */
    public static InetAddress of(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("an IP address has 4 or 16 bytes, not " + bytes.length, e);
        }
    }

    /** Reads an address without a zone. @throws IllegalArgumentException if {@code text} is none */
    public static InetAddress parse(String text) {
        // ofLiteral would also take "10.1" and "fe80::1%eth0".
        if (!text.matches("[0-9]+(\\.[0-9]+){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
            throw new IllegalArgumentException("'" + text + "' is no IP address");
        }
        return of(InetAddress.ofLiteral(text).getAddress());
    }

    public static boolean isIpv4(InetAddress address) {
        return address instanceof Inet4Address;
    }

    /** The address as people write it: IPv6 in lower case with the longest run of zeros left out. Source: RFC 5952. */
    public static String text(InetAddress address) {
        if (isIpv4(address)) {
            return address.getHostAddress();
        }
        int[] groups = groups(address.getAddress());
        int start = 0;
        int longest = 0;
        for (int i = 0; i < GROUPS; i++) {
            int run = zeros(groups, i);
            if (run > longest) {
                start = i;
                longest = run;
            }
        }
        return longest < 2
                ? joined(groups, 0, GROUPS)
                : joined(groups, 0, start) + "::" + joined(groups, start + longest, GROUPS);
    }

    static int bits(InetAddress address) {
        return address.getAddress().length * Byte.SIZE;
    }

    static int family(InetAddress address) {
        return isIpv4(address) ? AF_INET : AF_INET6;
    }

    private static int[] groups(byte[] bytes) {
        int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            groups[i] = (Byte.toUnsignedInt(bytes[2 * i]) << Byte.SIZE) | Byte.toUnsignedInt(bytes[2 * i + 1]);
        }
        return groups;
    }

    private static int zeros(int[] groups, int from) {
        int end = from;
        while (end < GROUPS && groups[end] == 0) {
            end++;
        }
        return end - from;
    }

    private static String joined(int[] groups, int from, int to) {
        StringJoiner text = new StringJoiner(":");
        for (int i = from; i < to; i++) {
            text.add(Integer.toHexString(groups[i]));
        }
        return text.toString();
    }
}
