package berth.engine.network;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.netlink.IpPrefix;
import berth.linux.netlink.MacAddress;
import java.net.InetAddress;
import java.util.function.Function;

/** What people write for addresses, understood or refused. */
public final class Words {
    private Words() {}

    /** {@code 10.0.0.1/24}, {@code fd00::1/64}, or one address. @throws BerthException INVALID */
    public static IpPrefix prefix(String text) {
        return understood(text, IpPrefix::parse, "write 192.0.2.1/24, fd00::1/64, or an address alone");
    }

    /** One address. @throws BerthException INVALID */
    public static InetAddress address(String text) {
        if (text.contains("/")) {
            throw new BerthException(
                    ErrorCode.INVALID, "'%s' is not an IP address".formatted(text), "leave out the prefix length");
        }
        return prefix(text).address();
    }

    /** How {@code address} is written. */
    public static String text(InetAddress address) {
        String prefix = IpPrefix.of(address).toString();
        return prefix.substring(0, prefix.indexOf('/'));
    }

    /** A MAC address of one interface. @throws BerthException INVALID */
    public static MacAddress mac(String text) {
        MacAddress mac = understood(text, MacAddress::parse, "write it as 00:16:3e:01:02:03");
        if (mac.isMulticast()) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "'%s' is the MAC address of a group, not of an interface".formatted(text),
                    "make its first byte even");
        }
        return mac;
    }

    private static <T> T understood(String text, Function<String, T> reader, String hint) {
        try {
            return reader.apply(text);
        } catch (IllegalArgumentException e) {
            throw new BerthException(
                    ErrorCode.INVALID, "'%s' cannot be used: %s".formatted(text, e.getMessage()), hint);
        }
    }
}
