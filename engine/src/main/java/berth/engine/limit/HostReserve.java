package berth.engine.limit;

import berth.linux.KernelException;
import berth.linux.cgroup.Cgroup;
import berth.linux.cgroup.Controls;
import berth.linux.cgroup.MissingControlException;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is kept from all containers together, also from those without a limit, so that on a host under attack from inside somebody can
 * still log in, and the daemon can stop who attacks it.
 *
 * @param memory in bytes
 * @param tasks processes and threads
 */
public record HostReserve(long memory, long tasks) {
    private static final Logger LOG = LoggerFactory.getLogger(HostReserve.class);

    private static final long LEAST_MEMORY = 512L << 20;
    private static final int MEMORY_PART = 20;
    private static final int MOST_MEMORY_PART = 4;
    private static final long LEAST_TASKS = 1000;
    private static final int TASKS_PART = 10;
    /** Of the kernel's 65535 memory cgroups; 64 below each other are more than a container may have, and where groups lie. */
    private static final int MOST_CGROUPS = 50_000;

    private static final int DEEPEST_CGROUP = 128;

    /** Of a host that has {@code all}. */
    public static HostReserve of(HostCapacity all) {
        return new HostReserve(
                Math.min(Math.max(all.memory() / MEMORY_PART, LEAST_MEMORY), all.memory() / MOST_MEMORY_PART),
                Math.min(Math.max(all.pids() / TASKS_PART, LEAST_TASKS), all.pids() / 2));
    }

    /** Makes it hold: the containers of an instance, all of which are in {@code instance}, share the rest of {@code all}. */
    public void keep(Cgroup instance, HostCapacity all) {
        Controls controls = instance.controls();
        attempt(() -> controls.pids(OptionalLong.of(all.pids() - tasks)));
        attempt(() -> controls.memory(OptionalLong.of(all.memory() - memory), OptionalLong.empty()));
        attempt(() -> instance.limitCgroups(MOST_CGROUPS, DEEPEST_CGROUP));
    }

    private static void attempt(Runnable limit) {
        try {
            limit.run();
        } catch (MissingControlException e) {
            LOG.debug("This kernel cannot keep anything for the host: {}", e.getMessage());
        } catch (KernelException e) {
            LOG.warn("Containers may take what is kept for the host: {}", e.getMessage());
        }
    }
}
