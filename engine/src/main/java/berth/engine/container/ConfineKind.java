package berth.engine.container;

import berth.engine.confinement.Confinement;
import berth.engine.operation.OperationKind;
import berth.engine.operation.Progress;
import berth.engine.operation.Step;
import berth.engine.runtime.Monitor;
import berth.engine.runtime.Monitors;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A change of what a container is confined to, while it runs or not. Settings of the kernel are tried first, since the kernel may
 * refuse them; resource limits come last, since a lowered one may not be raised again.
 */
final class ConfineKind implements OperationKind<ConfineKind.Plan> {
    /**
     * @param former the values of the settings that change, as the running container has them
     * @param by the user who asked for it
     * @param command the command line that asked for it
     */
    record Plan(
            String pool,
            String id,
            Confinement before,
            Confinement after,
            Map<String, String> former,
            String by,
            String command) {}

    private final Containers containers;
    private final RunPlans plans;
    private final Monitors monitors;
    private final GuestKernel kernel;

    ConfineKind(Containers containers, RunPlans plans, Monitors monitors, GuestKernel kernel) {
        this.containers = containers;
        this.plans = plans;
        this.monitors = monitors;
        this.kernel = kernel;
    }

    @Override
    public String name() {
        return "ct confine";
    }

    @Override
    public Class<Plan> planType() {
        return Plan.class;
    }

    @Override
    public String subject(Plan plan) {
        return Containers.subject(plan.pool(), plan.id());
    }

    @Override
    public List<Step> steps(Plan plan, Progress progress) {
        return List.of(
                Step.of(
                        "set kernel settings",
                        () -> init(plan)
                                .ifPresent(init -> kernel.set(
                                        container(plan), init, GuestKernel.changed(plan.before(), plan.after()))),
                        () -> init(plan).ifPresent(init -> kernel.set(container(plan), init, plan.former()))),
                Step.commit("write configuration", () -> write(plan)),
                Step.then(
                        "change resource limits",
                        () -> init(plan)
                                .ifPresent(init -> kernel.limit(container(plan), plan.before(), plan.after()))));
    }

    private void write(Plan plan) {
        Container container = container(plan);
        if (!container.spec().ownConfinement().equals(plan.after())) {
            containers.save(container, container.spec().withConfinement(plan.after()), plan.by(), plan.command());
        }
    }

    /** Asked of the kernel: after a crash this comes before containers have been found again. */
    private Optional<Integer> init(Plan plan) {
        try (Monitor monitor = monitors.find(plans.of(container(plan))).orElse(null)) {
            return monitor == null ? Optional.empty() : monitor.init();
        }
    }

    private Container container(Plan plan) {
        return containers.existing(new ContainerId(plan.pool(), plan.id()));
    }
}
