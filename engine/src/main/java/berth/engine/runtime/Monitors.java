package berth.engine.runtime;

import berth.linux.cgroup.CgroupHost;
import berth.linux.process.Pidfd;
import berth.linux.process.Processes;
import java.util.Optional;

/** Finds the monitors of running containers by what the kernel says of them, so that they outlive the daemon that started them. */
public final class Monitors {
    private static final String COMM = "lxc-start";

    private final CgroupHost cgroups;

    public Monitors(CgroupHost cgroups) {
        this.cgroups = cgroups;
    }

    /** The monitor of the container with {@code plan}, if it runs; the caller closes its process. */
    public Optional<Monitor> find(RunPlan plan) {
        for (int pid : cgroups.at(ContainerCgroup.monitor(plan.cgroup())).processes()) {
            Optional<Monitor> monitor = Pidfd.open(pid).map(Monitor::new);
            if (monitor.isPresent()) {
                // Asked after the process was opened: its number cannot have gone to another one any more.
                boolean found = Processes.comm(pid).filter(COMM::equals).isPresent()
                        && Processes.uid(pid).orElse(-1) == plan.uid()
                        && monitor.get().init().isPresent();
                if (found && !monitor.get().process().isExited()) {
                    return monitor;
                }
                monitor.get().close();
            }
        }
        return Optional.empty();
    }
}
