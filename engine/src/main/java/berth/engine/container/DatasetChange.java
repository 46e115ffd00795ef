package berth.engine.container;

import berth.engine.operation.OperationKind;
import berth.engine.operation.Progress;
import berth.engine.operation.Step;
import berth.engine.storage.Dataset;
import berth.engine.storage.Datasets;
import berth.engine.storage.Layer;
import berth.engine.storage.Pool;
import berth.engine.storage.Pools;
import berth.engine.storage.RootFilesystem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A change of what the root file system of a container is made of. First the layers that it needs are made, then one file says
 * what is made of what from then on, then the layers that nothing needs any more go. There are several, by their names.
 */
final class DatasetChange implements OperationKind<DatasetChange.Plan> {
    /**
     * @param after what it is made of afterwards
     * @param copy the layer to make of what the tip holds now, if one is
     * @param suspend whether the container runs and is to be suspended while that is made
     * @param merged the layer to make of others, if one is
     * @param tip the new tip, if there is to be one
     * @param unneeded the layers that are looked at when all is done: those that nothing needs then go
     */
    record Plan(
            String pool,
            String id,
            Dataset after,
            Optional<String> copy,
            boolean suspend,
            Optional<Made> merged,
            Optional<Made> tip,
            Set<String> unneeded) {}

    /** A layer to make, and the layers it is made of or on. */
    record Made(String layer, List<Layer> of) {}

    private final String name;
    private final Pools pools;
    private final Containers containers;
    private final Datasets datasets;
    private final Suspension suspension;
    private final RunPlans plans;

    /** @param name the name of the operation, for instance {@code ct snapshot new} */
    DatasetChange(
            String name, Pools pools, Containers containers, Datasets datasets, Suspension suspension, RunPlans plans) {
        this.name = name;
        this.pools = pools;
        this.containers = containers;
        this.datasets = datasets;
        this.suspension = suspension;
        this.plans = plans;
    }

    @Override
    public String name() {
        return name;
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
        List<Step> steps = new ArrayList<>();
        plan.copy()
                .ifPresent(copy -> steps.addAll(suspension.around(
                        plan.suspend() ? Optional.of(id(plan)) : Optional.empty(),
                        Step.of(
                                "copy changes",
                                () -> pool(plan).driver().copy(root(plan), copy),
                                () -> destroy(plan, copy)))));
        plan.merged()
                .ifPresent(m -> steps.add(Step.of(
                        "merge layers",
                        () -> pool(plan).driver().merge(root(plan).with(m.layer(), m.of()), m.layer()),
                        () -> destroy(plan, m.layer()))));
        plan.tip()
                .ifPresent(t -> steps.add(Step.of(
                        "make new layer",
                        () -> pool(plan).driver().create(root(plan).with(t.layer(), t.of())),
                        () -> destroy(plan, t.layer()))));
        steps.add(Step.commit("record layers", () -> datasets.save(plan.pool(), plan.after())));
        if (!plan.unneeded().isEmpty()) {
            steps.add(Step.then(
                    "remove unneeded layers",
                    () -> datasets.discard(plan.pool(), plan.unneeded(), () -> containers.names(plan.pool()))));
        }
        return steps;
    }

    private void destroy(Plan plan, String layer) {
        pool(plan).driver().destroy(pool(plan).containers().resolve(layer));
    }

    private RootFilesystem root(Plan plan) {
        return plans.root(containers.existing(id(plan)));
    }

    private Pool pool(Plan plan) {
        return pools.usable(plan.pool());
    }

    private static ContainerId id(Plan plan) {
        return new ContainerId(plan.pool(), plan.id());
    }
}
