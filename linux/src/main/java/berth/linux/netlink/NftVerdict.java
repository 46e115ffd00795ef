package berth.linux.netlink;

/**
 * What becomes of a packet. Source: linux/netfilter/nf_tables.h, enum nft_verdicts.
 *
 * @param chain where to, for {@link Code#JUMP} and {@link Code#GOTO}; empty otherwise
 */
public record NftVerdict(Code code, String chain) {
    public static final NftVerdict DROP = new NftVerdict(Code.DROP, "");
    public static final NftVerdict ACCEPT = new NftVerdict(Code.ACCEPT, "");
    public static final NftVerdict CONTINUE = new NftVerdict(Code.CONTINUE, "");
    public static final NftVerdict RETURN = new NftVerdict(Code.RETURN, "");

    /** The kinds of verdict. */
    public enum Code {
        DROP(0),
        ACCEPT(1),
        CONTINUE(-1),
        JUMP(-3),
        GOTO(-4),
        RETURN(-5);

        private final int number;

        Code(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }

        boolean hasChain() {
            return this == JUMP || this == GOTO;
        }
    }

    public NftVerdict {
        if (code.hasChain() == chain.isEmpty()) {
            throw new IllegalArgumentException(code + (chain.isEmpty() ? " needs a chain" : " has no chain"));
        }
    }

    /** On to {@code chain}, and back at its end. */
    public static NftVerdict jump(String chain) {
        return new NftVerdict(Code.JUMP, chain);
    }

    /** On to {@code chain} for good. */
    public static NftVerdict goTo(String chain) {
        return new NftVerdict(Code.GOTO, chain);
    }
}
