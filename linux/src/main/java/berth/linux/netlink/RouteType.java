package berth.linux.netlink;

import java.util.Arrays;
import java.util.Optional;

/** What becomes of a packet that a route is for. Source: linux/rtnetlink.h, RTN_*. */
public enum RouteType {
    UNICAST(1),
    LOCAL(2),
    BROADCAST(3),
    ANYCAST(4),
    MULTICAST(5),
    /** Dropped without a word. */
    BLACKHOLE(6),
    /** Dropped; the sender is told that the host is unreachable. */
    UNREACHABLE(7),
    /** Dropped; the sender is told that it is forbidden. */
    PROHIBIT(8),
    /** Looked up in the next table. */
    THROW(9);

    private final int number;

    RouteType(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    static Optional<RouteType> of(int number) {
        return Arrays.stream(values()).filter(t -> t.number == number).findFirst();
    }
}
