package berth.linux.netlink;

/** How a bridge treats one of its ports. Source: linux/if_link.h, IFLA_BRPORT_*; bridge(8). */
public enum BridgePortFlag {
    /** A frame may leave by the port it came in by. */
    HAIRPIN(4),
    /** Frames of the spanning tree protocol close the port. */
    BPDU_GUARD(5),
    /** A multicast group is left as soon as its one listener says so. */
    FAST_LEAVE(7),
    /** The addresses of senders behind the port are learnt. */
    LEARNING(8),
    /** Frames to addresses not learnt yet leave by the port too. */
    UNICAST_FLOOD(9),
    /** Frames to groups that nobody asked for leave by the port too. */
    MULTICAST_FLOOD(27),
    MULTICAST_TO_UNICAST(28),
    BROADCAST_FLOOD(30),
    /** ARP and neighbour discovery are answered by the bridge where it can. */
    NEIGHBOUR_SUPPRESSION(32),
    /** No frame passes between two such ports. */
    ISOLATED(33);

    private final int attribute;

    BridgePortFlag(int attribute) {
        this.attribute = attribute;
    }

    int attribute() {
        return attribute;
    }
}
