package berth.engine.network.managed;

import berth.linux.netlink.IpAddresses;
import berth.linux.netlink.IpPrefix;
import berth.linux.netlink.MacAddress;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * An interface of a container on a network.
 *
 * @param network the link on the host that it is on, managed or not
 * @param container with its pool, for instance {@code tank:web}
 * @param netif its name inside
 * @param link the name of the host's end of it
 * @param isFiltered whether its guest speaks as itself only on a link that is not managed
 */
public record Port(
        String network,
        String container,
        String netif,
        String link,
        MacAddress mac,
        List<IpPrefix> prefixes,
        boolean isFiltered) {
    private static final int PREFIX_BYTES = 8;
    private static final byte[] LINK_LOCAL = {(byte) 0xfe, (byte) 0x80};
    private static final int UNIVERSAL = 2;

    public Port {
        prefixes = List.copyOf(prefixes);
    }

    /** The container's name without its pool. */
    public String name() {
        return container.substring(container.indexOf(':') + 1);
    }

    /** Its addresses of a family. */
    List<InetAddress> addresses(boolean ipv4) {
        return prefixes.stream()
                .filter(p -> p.isIpv4() == ipv4)
                .map(IpPrefix::address)
                .toList();
    }

    /** What its addresses are reserved as. */
    String holder() {
        return container;
    }

    /** Every IPv6 address that it may speak from. */
    List<InetAddress> speaking6() {
        List<InetAddress> all = new ArrayList<>(addresses(false));
        all.add(linkLocal());
        return all;
    }

    /** The link-local address that the kernel makes of its MAC address. Source: RFC 4291, appendix A. */
    private InetAddress linkLocal() {
        byte[] mac = mac().bytes();
        byte[] bytes = new byte[2 * PREFIX_BYTES];
        System.arraycopy(LINK_LOCAL, 0, bytes, 0, LINK_LOCAL.length);
        System.arraycopy(mac, 0, bytes, PREFIX_BYTES, 3);
        System.arraycopy(mac, 3, bytes, PREFIX_BYTES + 5, 3);
        bytes[PREFIX_BYTES] ^= UNIVERSAL;
        bytes[PREFIX_BYTES + 3] = (byte) 0xff;
        bytes[PREFIX_BYTES + 4] = (byte) 0xfe;
        return IpAddresses.of(bytes);
    }
}
