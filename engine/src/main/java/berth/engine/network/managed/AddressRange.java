package berth.engine.network.managed;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.network.Words;
import berth.linux.netlink.IpPrefix;
import org.jspecify.annotations.Nullable;

/**
 * Some addresses of a subnet.
 *
 * @param first the number of the first one in the subnet
 * @param last the number of the last one
 * @param isChosen whether an administrator wants these and no others
 */
record AddressRange(Subnet subnet, long first, long last, boolean isChosen) {
    private static final long MOST = 1L << 24;
    private static final long FIRST_6 = 0x100;

    /** The range of {@code text}, {@code 10.0.5.100-10.0.5.200}. @throws BerthException INVALID */
    static AddressRange parse(String text, @Nullable String subnet) {
        int dash = text.indexOf('-');
        if (subnet == null || dash < 0) {
            throw invalid(text, subnet);
        }
        Subnet all = new Subnet(IpPrefix.parse(subnet));
        long first = all.number(Words.address(text.substring(0, dash).strip())).orElse(0);
        long last = all.number(Words.address(text.substring(dash + 1).strip())).orElse(0);
        if (first < 1 || last < first || last >= all.last()) {
            throw invalid(text, subnet);
        }
        return new AddressRange(all, first, last, true);
    }

    static AddressRange upperHalf(String subnet) {
        Subnet all = new Subnet(IpPrefix.parse(subnet));
        return new AddressRange(all, Math.max(1, (all.last() + 1) / 2), all.last() - 1, false);
    }

    /** The range of an IPv6 subnet, of which only the beginning is given out. */
    static AddressRange beginning(IpPrefix subnet) {
        Subnet all = new Subnet(subnet);
        long end = all.hostBits() >= Long.SIZE ? MOST : Math.min(MOST, all.last());
        return new AddressRange(all, Math.min(FIRST_6, end / 2), end - 1, false);
    }

    private static BerthException invalid(String text, @Nullable String subnet) {
        return new BerthException(
                ErrorCode.INVALID,
                "'%s' is no range of %s".formatted(text, subnet),
                "write its first and last address, for instance 10.0.5.100-10.0.5.200");
    }

    @Override
    public String toString() {
        return Words.text(subnet.at(first)) + "-" + Words.text(subnet.at(last));
    }
}
