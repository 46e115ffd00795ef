package berth.engine.network;

import berth.linux.netlink.IpPrefix;
import java.util.Locale;

/** The two kinds of addresses. */
public enum IpFamily {
    IPV4("ipv4/ip_forward"),
    IPV6("ipv6/conf/all/forwarding");

    private final String forwarding;

    IpFamily(String forwarding) {
        this.forwarding = forwarding;
    }

    /** The family of {@code prefix}. */
    public static IpFamily of(IpPrefix prefix) {
        return prefix.isIpv4() ? IPV4 : IPV6;
    }

    /** Its word for people and files. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The kernel's setting that lets the host pass its packets on. */
    String forwarding() {
        return forwarding;
    }
}
