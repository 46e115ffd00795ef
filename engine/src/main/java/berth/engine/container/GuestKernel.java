package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.confinement.Confinement;
import berth.engine.confinement.GuestSysctl;
import berth.engine.confinement.Prlimit;
import berth.engine.runtime.Launcher;
import berth.linux.Errno;
import berth.linux.KernelException;
import berth.linux.cgroup.CgroupHost;
import berth.linux.process.GuestSysctls;
import berth.linux.process.Processes;
import berth.linux.process.Resource;
import berth.linux.process.ResourceLimit;
import berth.linux.process.ResourceLimits;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the kernel is told of a {@link Confinement}: settings of the container's namespaces, and limits of its processes. */
final class GuestKernel {
    /** A process may make another at any moment, which has what that one had; the list is walked until it has nothing new. */
    private static final int MOST_WALKS = 100;

    private final RunPlans plans;
    private final CgroupHost cgroups;
    private final Launcher launcher;
    private final ContainerLog log;

    GuestKernel(RunPlans plans, CgroupHost cgroups, Launcher launcher, ContainerLog log) {
        this.plans = plans;
        this.cgroups = cgroups;
        this.launcher = launcher;
        this.log = log;
    }

    /** The settings that {@code after} has otherwise than {@code before}. */
    static Map<String, String> changed(Confinement before, Confinement after) {
        Map<String, String> changed = new TreeMap<>(after.sysctls());
        changed.entrySet().removeIf(e -> e.getValue().equals(before.sysctls().get(e.getKey())));
        return changed;
    }

    /** The values that settings have in the container whose process 1 is {@code init}. @throws BerthException NOT_FOUND */
    static Map<String, String> values(int init, Iterable<String> keys) {
        Map<String, String> values = new TreeMap<>();
        for (String key : keys) {
            try {
                values.put(key, GuestSysctls.read(init, GuestSysctl.path(key)).orElseThrow(() -> missing(key)));
            } catch (KernelException e) {
                throw refused(key, "", e);
            }
        }
        return values;
    }

    /** Gives settings of the container whose process 1 is {@code init} values. @throws BerthException INVALID, NOT_FOUND */
    void set(Container container, int init, Map<String, String> values) {
        int root = plans.root(container).rootUid();
        values.forEach((key, value) -> {
            try {
                GuestSysctls.write(init, root, GuestSysctl.path(key), value);
            } catch (KernelException e) {
                throw refused(key, value, e);
            }
        });
    }

    /** Makes all hold for a container whose init waits to be run. What this kernel cannot hold goes into its log. */
    void prepare(Container container, int init) {
        Confinement confinement = container.spec().ownConfinement();
        confinement.sysctls().forEach((key, value) -> {
            try {
                set(container, init, Map.of(key, value));
            } catch (BerthException e) {
                log.add(container, "%s is not %s: %s".formatted(key, value, e.getMessage()));
            }
        });
        if (confinement.prlimits().isEmpty()) {
            return;
        }
        confinement.prlimits().forEach((name, wanted) -> {
            Resource resource = Prlimit.resource(name);
            ResourceLimit limit = ResourceLimits.attainable(resource, wanted.limit());
            ResourceLimits.change(List.of(init), resource, _ -> limit);
        });
        launcher.configureEntering(plans.of(container));
    }

    /**
     * Makes the resource limits of {@code after} hold in a running container that had those of {@code before}. A process that has
     * given itself others keeps its soft limit, and a lower hard one, as far as the new ones allow.
     */
    void limit(Container container, Confinement before, Confinement after) {
        if (before.prlimits().equals(after.prlimits())) {
            return;
        }
        // First, so that what enters meanwhile has the new ones.
        launcher.configureEntering(plans.of(container));
        for (Resource resource : Resource.values()) {
            ResourceLimit former = effective(resource, before);
            ResourceLimit latter = effective(resource, after);
            for (int i = 0; !former.equals(latter) && i < MOST_WALKS; i++) {
                if (!ResourceLimits.change(processes(container), resource, now -> follow(now, former, latter))) {
                    break;
                }
            }
        }
    }

    /** What of the resource limits of {@code confinement} this host can hold. */
    static ResourceLimit effective(Resource resource, Confinement confinement) {
        return confinement
                .prlimit(resource)
                .map(p -> ResourceLimits.attainable(resource, p.limit()))
                .orElseGet(() -> ResourceLimits.own(resource));
    }

    private static ResourceLimit follow(ResourceLimit now, ResourceLimit former, ResourceLimit latter) {
        long hard = now.hard() == former.hard() ? latter.hard() : Math.min(now.hard(), latter.hard());
        long soft = now.soft() == former.soft() ? latter.soft() : now.soft();
        return new ResourceLimit(Math.min(soft, hard), hard);
    }

    /** Those inside: LXC's own are in no pid namespace beneath the daemon's. */
    private List<Integer> processes(Container container) {
        int depth = Processes.namespacePids((int) ProcessHandle.current().pid()).size();
        return cgroups.at(plans.cgroup(container)).processes().stream()
                .filter(pid -> Processes.namespacePids(pid).size() > depth)
                .toList();
    }

    private static BerthException missing(String key) {
        return new BerthException(
                ErrorCode.NOT_FOUND,
                "the kernel has no setting %s for this container".formatted(key),
                "settings of an interface exist while it does; others may need a module");
    }

    private static BerthException refused(String key, String value, KernelException e) {
        if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR)) {
            return missing(key);
        }
        return new BerthException(
                ErrorCode.INVALID,
                "the kernel does not take %s=%s: %s".formatted(key, value, e.reason()),
                "its documentation, admin-guide/sysctl, says what it takes",
                e);
    }
}
