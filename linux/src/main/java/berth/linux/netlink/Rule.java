package berth.linux.netlink;

import java.util.Optional;

/**
 * Which table of routes packets are looked up in. Source: rtnetlink(7), struct fib_rule_hdr; ip-rule(8).
 *
 * @param source the packets: those from there; of the whole family if its length is 0
 * @param table the table
 * @param priority the rule is asked before those of a higher one; that of the main table has 32766
 */
public record Rule(IpPrefix source, int table, int priority) {
    private static final int FIXED_SIZE = 12;
    private static final int SOURCE_LENGTH = 2;
    private static final int TABLE = 4;
    private static final int ACTION = 7;
    private static final int FR_ACT_TO_TBL = 1;
    private static final int MAX_SHORT_TABLE = 255;
    private static final int RTPROT_KERNEL = 2;
    private static final int FRA_SRC = 2;
    private static final int FRA_PRIORITY = 6;
    private static final int FRA_TABLE = 15;
    private static final int FRA_PROTOCOL = 21;

    public Rule {
        source = source.network();
    }

    /** The rule that a message is about; empty if it is of neither family, or sends packets to no table. */
    static Optional<Rule> read(Received message) {
        int family = message.u8(0);
        if ((family != IpAddresses.AF_INET && family != IpAddresses.AF_INET6) || message.u8(ACTION) != FR_ACT_TO_TBL) {
            return Optional.empty();
        }
        Attributes attributes = message.attributesAfter(FIXED_SIZE);
        IpPrefix any = family == IpAddresses.AF_INET ? IpPrefix.ANY_4 : IpPrefix.ANY_6;
        return Optional.of(new Rule(
                attributes
                        .bytes(FRA_SRC)
                        .map(s -> new IpPrefix(IpAddresses.of(s), message.u8(SOURCE_LENGTH)))
                        .orElse(any),
                attributes.u32(FRA_TABLE).orElse(message.u8(TABLE)),
                attributes.u32(FRA_PRIORITY).orElse(0)));
    }

    NetlinkMessage write(int type, int flags) {
        return new NetlinkMessage(type, flags)
                .u8(IpAddresses.family(source.address()))
                .u8(0)
                .u8(source.length())
                .u8(0)
                .u8(table <= MAX_SHORT_TABLE ? table : 0)
                .u8(0)
                .u8(0)
                .u8(FR_ACT_TO_TBL)
                .u32(0)
                .attribute(FRA_SRC, source.address().getAddress())
                .attributeU32(FRA_TABLE, table)
                .attributeU32(FRA_PRIORITY, priority)
                .attributeU8(FRA_PROTOCOL, RTPROT_KERNEL);
    }

    @Override
    public String toString() {
        return "from " + source + " table " + table;
    }
}
