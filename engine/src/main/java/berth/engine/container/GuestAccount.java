package berth.engine.container;

/**
 * A line of a guest's passwd file: only what the guest says, used inside the guest.
 *
 * @param uid the id inside
 * @param gid the id inside
 * @param home its home directory
 * @param shell its shell
 */
record GuestAccount(String name, int uid, int gid, String home, String shell) {
    /** What root is where a guest has no passwd file or no root in it. */
    static final GuestAccount ROOT = new GuestAccount("root", 0, 0, "/root", "/bin/sh");
}
