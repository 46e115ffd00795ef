package berth.engine.container;

import berth.engine.operation.Step;
import berth.linux.cgroup.CgroupHost;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Suspends a running container while an operation looks at its files. */
final class Suspension {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Containers containers;
    private final RunPlans plans;
    private final CgroupHost cgroups;

    Suspension(Containers containers, RunPlans plans, CgroupHost cgroups) {
        this.containers = containers;
        this.plans = plans;
        this.cgroups = cgroups;
    }

    /** {@code step}, with {@code container} suspended meanwhile; nothing but the step if there is none to suspend. */
    List<Step> around(Optional<ContainerId> container, Step step) {
        return container
                .map(c -> List.of(
                        Step.of("suspend processes", () -> cgroups.at(cgroup(c)).freeze(LIMIT), () -> resume(c)),
                        step,
                        Step.of("resume processes", () -> resume(c))))
                .orElseGet(() -> List.of(step));
    }

    /** It may have been killed meanwhile. */
    private void resume(ContainerId container) {
        var cgroup = cgroups.at(cgroup(container));
        if (cgroup.exists()) {
            cgroup.thaw();
        }
    }

    private String cgroup(ContainerId container) {
        return plans.cgroup(containers.existing(container));
    }
}
