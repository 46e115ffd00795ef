package berth.linux.netlink;

/**
 * Who made a route. The kernel gives no meaning to the numbers from 4 on. Source: linux/rtnetlink.h, RTPROT_*; those that are
 * taken by custom are in /etc/iproute2/rt_protos.
 */
public record RouteProtocol(int number) {
    /** The kernel, for an address of the host. */
    public static final RouteProtocol KERNEL = new RouteProtocol(2);
    /** An administrator, or a program that does not say. */
    public static final RouteProtocol STATIC = new RouteProtocol(4);

    public RouteProtocol {
        if (number < 0 || number > 255) {
            throw new IllegalArgumentException("no protocol has the number " + number);
        }
    }
}
