package berth.engine.runtime;

/**
 * The shape of a container's part of the cgroup tree.
 *
 * <p>{@code ct.ID} is root's and carries the limits; {@code ct.ID/delegated} belongs to the monitor's uid, so that nothing
 * below can raise what holds above. LXC makes {@link #MONITOR} and {@link #PAYLOAD} in it.
 */
public final class ContainerCgroup {
    static final String MONITOR = "monitor";
    static final String PAYLOAD = "payload";
    static final String PIVOT = "pivot";
    private static final String ENTRY = "entry";
    private static final String DELEGATED = "delegated";

    private ContainerCgroup() {}

    /** The delegated part of the container's cgroup {@code path}. */
    public static String delegated(String path) {
        return path + "/" + DELEGATED;
    }

    /**
     * Where what attaches to it starts from. Not with the monitor: LXC removes that cgroup at a reboot, and fails to make it anew
     * while anything else is in it.
     */
    public static String entry(String path) {
        return delegated(path) + "/" + ENTRY;
    }

    /** Where its monitor lives. */
    public static String monitor(String path) {
        return delegated(path) + "/" + MONITOR;
    }

    /** Where its own processes live. */
    public static String payload(String path) {
        return delegated(path) + "/" + PAYLOAD;
    }
}
