package berth.engine.runtime;

import java.util.List;
import java.util.Optional;

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

    private static final String POOL = "pool.";
    private static final String CONTAINER = "ct.";

    private ContainerCgroup() {}

    /**
     * Which container a cgroup is for, by its path alone.
     *
     * @param cgroup the container's cgroup, relative to the roots of the hierarchies
     */
    public record Place(String pool, String container, String cgroup) {}

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

    /** The container of {@code instance} whose {@link #monitor} has the path {@code path}; empty if it is none's. */
    public static Optional<Place> ofMonitor(String instance, String path) {
        List<String> names = List.of(path.split("/"));
        int last = names.size() - 3;
        boolean isOne = last >= 2
                && names.getFirst().equals(instance)
                && names.get(1).startsWith(POOL)
                && names.get(last).startsWith(CONTAINER)
                // Below the first of them the container makes what cgroups it likes.
                && names.indexOf(DELEGATED) == last + 1
                && names.getLast().equals(MONITOR);
        return isOne
                ? Optional.of(new Place(
                        names.get(1).substring(POOL.length()),
                        names.get(last).substring(CONTAINER.length()),
                        String.join("/", names.subList(0, last + 1))))
                : Optional.empty();
    }

    /** Where its own processes live. */
    public static String payload(String path) {
        return delegated(path) + "/" + PAYLOAD;
    }
}
