package berth.linux.netlink;

import java.util.Arrays;

/** What is known of a neighbour. Source: linux/neighbour.h, NUD_*, NTF_PROXY. */
public enum NeighbourState {
    /** Nothing is there; asked for when needed. */
    NONE(0),
    INCOMPLETE(0x01),
    REACHABLE(0x02),
    STALE(0x04),
    DELAY(0x08),
    PROBE(0x10),
    FAILED(0x20),
    /** It needs no asking. */
    NO_ARP(0x40),
    /** Set by hand; stays until deleted. */
    PERMANENT(0x80),
    /** Not a neighbour: this host answers for the address on the link. */
    PROXY(0);

    private final int bits;

    NeighbourState(int bits) {
        this.bits = bits;
    }

    int bits() {
        return bits;
    }

    static NeighbourState of(int bits) {
        return Arrays.stream(values()).filter(s -> s.bits == bits).findFirst().orElse(NONE);
    }
}
