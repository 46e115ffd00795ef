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
    private static final String DELEGATED = "delegated";

    private ContainerCgroup() {}

    /** The delegated part of the container's cgroup {@code path}. */
    public static String delegated(String path) {
        return path + "/" + DELEGATED;
    }

    /** Where its monitor, and what attaches to it, lives. */
    public static String monitor(String path) {
        return delegated(path) + "/" + MONITOR;
    }

    /** Where its own processes live. */
    public static String payload(String path) {
        return delegated(path) + "/" + PAYLOAD;
    }
}
