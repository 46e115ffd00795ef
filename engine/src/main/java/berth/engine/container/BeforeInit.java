package berth.engine.container;

import berth.linux.Fd;

/** What has to be done to a container when its namespaces exist and its init does not run yet. */
@FunctionalInterface
public interface BeforeInit {
    /**
     * Prepares {@code container}. Called at each start and at each reboot inside, by one thread at a time per container and
     * without its lock, which whoever starts it holds. May be called again for the same init: a daemon that ends before it
     * could answer is asked again when it is back.
     *
     * @param init the process that is to become its init, as the host numbers it
     * @param netns the network namespace of that process, never the host's; closed by the caller
     * @throws berth.engine.BerthException what stands in the way; the start, or the reboot, fails with its message
     */
    void prepare(Container container, int init, Fd netns);
}
