package berth.linux.netlink;

/** The name of a table of nftables. */
public record NftTable(NftFamily family, String name) {
    /** The name of a set or map in it. */
    public NftSet set(String set) {
        return new NftSet(this, set);
    }

    @Override
    public String toString() {
        return family + " " + name;
    }
}
