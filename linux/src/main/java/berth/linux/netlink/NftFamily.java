package berth.linux.netlink;

import java.util.Locale;

/** Which packets a table of nftables sees. Source: linux/netfilter.h, NFPROTO_*. */
public enum NftFamily {
    INET(1),
    IP(2),
    NETDEV(5),
    BRIDGE(7),
    IP6(10);

    private final int number;

    NftFamily(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
