package berth.engine.network.bird;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.network.Words;
import berth.linux.netlink.IpPrefix;
import berth.linux.netlink.LinkNames;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * With whom BGP is spoken.
 *
 * @param as this host's autonomous system
 * @param neighbours the routers, at least one
 */
public record Bgp(long as, List<Neighbour> neighbours) {
    private static final long MAX_AS = 0xffff_ffffL;

    public Bgp {
        requireAs(as);
        neighbours = List.copyOf(neighbours);
        if (neighbours.isEmpty()) {
            throw invalid("BGP needs a neighbour", "--bgp names it");
        }
    }

    /**
     * A router.
     *
     * @param link the link that it is on; only needed for, and with, a link-local address
     * @param as its autonomous system
     */
    public record Neighbour(InetAddress address, @Nullable String link, long as) {
        public Neighbour {
            requireAs(as);
            if (address.isLinkLocalAddress() != (link != null)) {
                throw invalid(
                        "neighbour %s needs %s"
                                .formatted(Words.text(address), link == null ? "the name of its link" : "no link"),
                        "write fe80::1%eth1 for a link-local address, and others alone");
            }
            if (link != null && (!LinkNames.isAltName(link) || !link.matches("[A-Za-z0-9._-]+"))) {
                throw invalid("'%s' cannot be the name of a link".formatted(link), "'ip link' shows those of the host");
            }
        }

        /** The one of {@code text}, {@code ADDRESS[%LINK][@AS]}. @throws BerthException INVALID */
        public static Neighbour parse(String text, long ownAs) {
            int at = text.indexOf('@');
            long as = at < 0 ? ownAs : asNumber(text.substring(at + 1));
            String whole = at < 0 ? text : text.substring(0, at);
            int percent = whole.indexOf('%');
            return new Neighbour(
                    Words.address(percent < 0 ? whole : whole.substring(0, percent)),
                    percent < 0 ? null : whole.substring(percent + 1),
                    as);
        }

        Family family() {
            return IpPrefix.of(address).isIpv4() ? Family.IPV4 : Family.IPV6;
        }

        /** How BIRD's configuration names it. */
        String text() {
            return Words.text(address) + (link == null ? "" : "%" + link);
        }
    }

    private static long asNumber(String text) {
        if (!text.matches("\\d{1,10}")) {
            throw invalid("'%s' is no autonomous system".formatted(text), "write its number, for instance 64512");
        }
        return Long.parseLong(text);
    }

    private static void requireAs(long as) {
        if (as < 1 || as > MAX_AS) {
            throw invalid(
                    "%d is no autonomous system".formatted(as),
                    "its number is 1 to %d; those from 64512 to 65534 are free for all".formatted(MAX_AS));
        }
    }

    private static BerthException invalid(String message, String hint) {
        return new BerthException(ErrorCode.INVALID, message, hint);
    }
}
