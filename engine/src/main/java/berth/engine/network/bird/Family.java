package berth.engine.network.bird;

import berth.engine.network.IpFamily;
import berth.linux.netlink.IpPrefix;

/** What a family of addresses is in the words of BIRD, which keeps a table of routes for each. */
enum Family {
    IPV4(4, "v2", 32, "0.0.0.0/0", "127.0.0.0/8+, 169.254.0.0/16+, 224.0.0.0/4+, 255.255.255.255/32"),
    // OSPF's third version is the one for IPv6.
    IPV6(6, "v3", 2048, "::/0", "::1/128, fe80::/10+, ff00::/8+");

    private final int number;
    private final String ospf;
    private final int metric;
    private final String everywhere;
    private final String unroutable;

    Family(int number, String ospf, int metric, String everywhere, String unroutable) {
        this.number = number;
        this.ospf = ospf;
        this.metric = metric;
        this.everywhere = everywhere;
        this.unroutable = unroutable;
    }

    /** The family that it speaks of. */
    IpFamily family() {
        return this == IPV4 ? IpFamily.IPV4 : IpFamily.IPV6;
    }

    /** What ends the names of its tables and protocols: 4 or 6. */
    int number() {
        return number;
    }

    /** The word of its channels. */
    String channel() {
        return "ipv" + number;
    }

    /** The version of OSPF that carries it. */
    String ospfVersion() {
        return ospf;
    }

    /** That of routes which stand behind the host's own: Linux gives those 0, and 1024 if they are IPv6. */
    int metric() {
        return metric;
    }

    /** The destination of its default route. */
    String everywhere() {
        return everywhere;
    }

    /** The addresses that are never another host's to send to, as a set of BIRD. */
    String unroutable() {
        return unroutable;
    }

    /** Whether {@code prefix} is of this family. */
    boolean has(IpPrefix prefix) {
        return IpFamily.of(prefix) == family();
    }
}
