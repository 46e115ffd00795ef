package berth.linux.netlink;

/** The name of a set or map of nftables. */
public record NftSet(NftTable table, String name) {
    @Override
    public String toString() {
        return table + " " + name;
    }
}
