package berth.engine.network.bird;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.network.Words;
import berth.linux.netlink.IpPrefix;
import java.net.InetAddress;

/** What a router is called among routers, or an area of OSPF: 32 bits, written as an IPv4 address is. */
public record RouterId(String text) {
    /** The area that all others hang on. */
    public static final RouterId BACKBONE = new RouterId("0.0.0.0");

    private static final int MAX_DIGITS = 10;

    public RouterId {
        if (text.matches("\\d{1," + MAX_DIGITS + "}")) {
            long number = Long.parseLong(text);
            if (number > 0xffff_ffffL) {
                throw invalid(text);
            }
            text = "%d.%d.%d.%d".formatted(number >>> 24, number >>> 16 & 0xff, number >>> 8 & 0xff, number & 0xff);
        }
        InetAddress address = Words.address(text);
        if (!IpPrefix.of(address).isIpv4()) {
            throw invalid(text);
        }
    }

    private static BerthException invalid(String text) {
        return new BerthException(
                ErrorCode.INVALID,
                "'%s' is neither a router id nor an area".formatted(text),
                "write a number of 32 bits, or four as in 192.0.2.1");
    }
}
