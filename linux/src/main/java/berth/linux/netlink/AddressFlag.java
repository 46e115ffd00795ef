package berth.linux.netlink;

import java.util.EnumSet;
import java.util.Set;

/** Properties of an address of a link. Source: linux/if_addr.h, IFA_F_*. */
public enum AddressFlag {
    /** Of an IPv4 network that another address of the link is in already. */
    SECONDARY(0x01),
    /** Used at once, without asking whether somebody else has it. */
    NO_DAD(0x02),
    OPTIMISTIC(0x04),
    /** Somebody else has it. */
    DAD_FAILED(0x08),
    DEPRECATED(0x20),
    /** Not usable yet: it is being found out whether somebody else has it. */
    TENTATIVE(0x40),
    PERMANENT(0x80),
    /** No route to its network is made with it. */
    NO_PREFIX_ROUTE(0x200);

    private final int bit;

    AddressFlag(int bit) {
        this.bit = bit;
    }

    static Set<AddressFlag> of(int bits) {
        Set<AddressFlag> flags = EnumSet.noneOf(AddressFlag.class);
        for (AddressFlag flag : values()) {
            if ((bits & flag.bit) != 0) {
                flags.add(flag);
            }
        }
        return flags;
    }

    static int bits(Set<AddressFlag> flags) {
        return flags.stream().mapToInt(f -> f.bit).reduce(0, (a, b) -> a | b);
    }
}
