package berth.engine.container;

import berth.engine.runtime.RunPlan;
import berth.linux.cgroup.Cgroup;
import berth.linux.cgroup.CgroupHost;
import berth.linux.cgroup.CpuUsage;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** What containers use of the host, and where they are on it. Each call asks the kernel anew. */
public final class ContainerUsage {
    private final RunPlans plans;
    private final CgroupHost cgroups;

    ContainerUsage(RunPlans plans, CgroupHost cgroups) {
        this.plans = plans;
        this.cgroups = cgroups;
    }

    /** Memory in bytes; empty while it is stopped. */
    public OptionalLong memory(Container container) {
        return container.state().isUp() ? cgroup(container).memoryBytes() : OptionalLong.empty();
    }

    /** Processor time; empty while it is stopped. */
    public Optional<CpuUsage> cpu(Container container) {
        return container.state().isUp() ? cgroup(container).cpuUsage() : Optional.empty();
    }

    /** How many tasks it has, its monitor included; empty while it is stopped. */
    public OptionalLong tasks(Container container) {
        return container.state().isUp() ? cgroup(container).tasks() : OptionalLong.empty();
    }

    /** Its cgroup, relative to the hierarchies' roots. */
    public String cgroupPath(Container container) {
        return plans.cgroup(container);
    }

    /** Where its root file system is while it runs. */
    public Path rootfs(Container container) {
        return plan(container).paths().rootfs();
    }

    /** The directory that LXC knows as its path. */
    public Path lxcPath(Container container) {
        return plan(container).paths().lxcPath();
    }

    /** Where in the pool what it changes is kept; empty if what it is made of cannot be read. */
    public Optional<Path> dataset(Container container) {
        return plans.tip(container);
    }

    private RunPlan plan(Container container) {
        return plans.of(container);
    }

    private Cgroup cgroup(Container container) {
        return cgroups.at(plans.cgroup(container));
    }
}
