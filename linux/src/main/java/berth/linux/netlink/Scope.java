package berth.linux.netlink;

/** How far an address or route reaches. Source: linux/rtnetlink.h, enum rt_scope_t; numbers in between are free. */
public record Scope(int number) {
    public static final Scope UNIVERSE = new Scope(0);
    public static final Scope SITE = new Scope(200);
    public static final Scope LINK = new Scope(253);
    public static final Scope HOST = new Scope(254);
    /** Of no address; in a request to delete a route it stands for any. */
    public static final Scope NOWHERE = new Scope(255);

    public Scope {
        if (number < 0 || number > 255) {
            throw new IllegalArgumentException("no scope has the number " + number);
        }
    }
}
