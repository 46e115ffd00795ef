package berth.engine.runtime;

import berth.linux.cgroup.CgroupHost;
import berth.linux.process.Pidfd;
import berth.linux.process.Processes;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Finds the monitors of running containers by what the kernel says of them, so that they outlive the daemon that started them. */
public final class Monitors {
    private static final String COMM = "lxc-start";

    private final CgroupHost cgroups;

    public Monitors(CgroupHost cgroups) {
        this.cgroups = cgroups;
    }

    /** The monitor of the container with {@code plan}, if it runs and has an init; the caller closes its process. */
    public Optional<Monitor> find(RunPlan plan) {
        return find(plan, monitor -> monitor.init().isPresent());
    }

    /**
     * As {@link #find}, but also a monitor that has no init at the moment: its container is rebooting, and may have been frozen
     * meanwhile, or it is just ending.
     */
    public Optional<Monitor> holding(RunPlan plan) {
        return find(plan, _ -> true);
    }

    private Optional<Monitor> find(RunPlan plan, Predicate<Monitor> wanted) {
        Set<Integer> processes =
                cgroups.at(ContainerCgroup.monitor(plan.cgroup())).processes();
        for (int pid : processes) {
            Optional<Monitor> monitor = Pidfd.open(pid).map(Monitor::new);
            if (monitor.isPresent()) {
                // Asked after the process was opened: its number cannot have gone to another one any more.
                boolean found = isMonitor(pid, plan, processes) && wanted.test(monitor.get());
                if (found && !monitor.get().process().isExited()) {
                    return monitor;
                }
                monitor.get().close();
            }
        }
        return Optional.empty();
    }

    /** Its child, which is to become the init, looks like it until it runs the init. */
    private static boolean isMonitor(int pid, RunPlan plan, Set<Integer> others) {
        return Processes.comm(pid).filter(COMM::equals).isPresent()
                && Processes.uid(pid).orElse(-1) == plan.uid()
                && !others.contains(Processes.parent(pid).orElse(0));
    }
}
