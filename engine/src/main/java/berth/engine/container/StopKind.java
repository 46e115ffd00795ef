package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.operation.OperationKind;
import berth.engine.operation.Progress;
import berth.engine.operation.Step;
import berth.engine.runtime.Monitor;
import berth.engine.runtime.Monitors;
import berth.engine.runtime.RunPlan;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The end of a running container, until nothing of it is left on the host. */
final class StopKind implements OperationKind<StopKind.Plan> {
    /** @param limit how long the init may take to end by itself, in milliseconds */
    record Plan(String pool, String id, StopMode mode, long limit) {}

    private final Containers containers;
    private final RunPlans plans;
    private final Monitors monitors;
    private final Halt halt;
    private final Set<ContainerId> killed = ConcurrentHashMap.newKeySet();

    StopKind(Containers containers, RunPlans plans, Monitors monitors, Halt halt) {
        this.containers = containers;
        this.plans = plans;
        this.monitors = monitors;
        this.halt = halt;
    }

    @Override
    public String name() {
        return "ct stop";
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
                Step.of("ask init to end", () -> ask(plan)),
                Step.commit("end what still runs", () -> end(plan)),
                Step.then("clean up", () -> halt.cleanUp(run(plan))));
    }

    /** Whether the last stop of {@code container} had to kill it. Told once. */
    boolean hadToKill(ContainerId container) {
        return killed.remove(container);
    }

    private void ask(Plan plan) throws InterruptedException {
        if (plan.mode() == StopMode.KILL) {
            return;
        }
        RunPlan run = run(plan);
        try (Monitor monitor = monitors.find(run).orElse(null)) {
            boolean ended = monitor == null || halt.ask(run, monitor, Duration.ofMillis(plan.limit()));
            if (!ended && plan.mode() == StopMode.GRACEFUL_ONLY) {
                throw new BerthException(
                        ErrorCode.TIMEOUT,
                        "container '%s' still runs after %s s".formatted(plan.id(), seconds(plan)),
                        "give it more time with -t, or stop it with --kill");
            }
        }
    }

    private void end(Plan plan) throws InterruptedException {
        RunPlan run = run(plan);
        try (Monitor monitor = monitors.find(run).orElse(null)) {
            if (monitor != null) {
                halt.kill(run, monitor);
                killed.add(new ContainerId(plan.pool(), plan.id()));
            }
        }
    }

    private static String seconds(Plan plan) {
        return BigDecimal.valueOf(plan.limit(), 3).stripTrailingZeros().toPlainString();
    }

    private RunPlan run(Plan plan) {
        return plans.of(containers.existing(new ContainerId(plan.pool(), plan.id())));
    }
}
