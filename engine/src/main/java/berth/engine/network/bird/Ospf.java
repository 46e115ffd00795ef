package berth.engine.network.bird;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.netlink.LinkNames;
import java.util.List;

/**
 * How OSPF is spoken.
 *
 * @param links the host's links to other routers, at least one; BIRD's {@code *} and {@code ?} stand for letters of their names
 * @param area the area that all of them are in
 * @param type what kind of network they are
 * @param hello seconds between two signs of life; a router that is not heard for four of them is taken for dead
 * @param cost of sending by them
 */
public record Ospf(List<String> links, RouterId area, LinkType type, int hello, int cost) {
    /** Source: RFC 2328, appendix C.3, its sample value for a LAN. */
    public static final int USUAL_HELLO = 10;
    /** What BIRD takes. */
    public static final int USUAL_COST = 10;

    private static final int MAX = 65_535;

    /** How OSPF sees a link. */
    public enum LinkType {
        /** Several routers may be on it, of which one is chosen to speak for it. */
        BROADCAST,
        /** One router at each end. */
        PTP
    }

    public Ospf {
        links = List.copyOf(links);
        if (links.isEmpty()) {
            throw invalid("OSPF needs a link", "--ospf names it");
        }
        for (String link : links) {
            if (!LinkNames.isAltName(link) || link.contains("\"")) {
                throw invalid("'%s' cannot be the name of a link".formatted(link), "'ip link' shows those of the host");
            }
        }
        if (hello < 1 || hello > MAX) {
            throw invalid("hellos every %d seconds are not possible".formatted(hello), "it is 1 to " + MAX);
        }
        if (cost < 1 || cost > MAX) {
            throw invalid("a cost of %d is not possible".formatted(cost), "it is 1 to " + MAX);
        }
    }

    private static BerthException invalid(String message, String hint) {
        return new BerthException(ErrorCode.INVALID, message, hint);
    }
}
