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
import berth.engine.storage.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A change of what the files of a container are made of, all its file systems together. First the layers that it needs are made, then one file says
 * what is made of what from then on, then the layers that nothing needs any more go. There are several, by their names.
 */
final class DatasetChange implements OperationKind<DatasetChange.Plan> {
    /**
     * @param after what it is made of afterwards
     * @param copies the layers to make of what tips hold now
     * @param suspend whether the container runs and is to be suspended while those are made
     * @param merged the layers to make of others
     * @param tips the new tips
     * @param unneeded the layers that are looked at when all is done: those that nothing needs then go
     */
    record Plan(
            String pool,
            String id,
            Dataset after,
            List<Made> copies,
            boolean suspend,
            List<Made> merged,
            List<Made> tips,
            Set<String> unneeded) {
        /** One that makes no layer. */
        static Plan of(Container container, Dataset after, Set<String> unneeded) {
            return new Plan(
                    container.id().pool(), container.name(), after, List.of(), false, List.of(), List.of(), unneeded);
        }
    }

    /**
     * A layer to make.
     *
     * @param volume the file system that it belongs to
     * @param of the layers that it is made of or on; none if it is a copy of the tip
     */
    record Made(String volume, String layer, List<Layer> of) {}

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
        if (!plan.copies().isEmpty()) {
            steps.addAll(suspension.around(
                    plan.suspend() ? Optional.of(id(plan)) : Optional.empty(),
                    Step.of(
                            "copy changes",
                            () -> plan.copies().forEach(c -> pool(plan).driver().copy(filesystem(plan, c), c.layer())),
                            () -> destroy(plan, plan.copies()))));
        }
        if (!plan.merged().isEmpty()) {
            steps.add(Step.of(
                    "merge layers",
                    () -> plan.merged()
                            .forEach(m -> pool(plan)
                                    .driver()
                                    .merge(filesystem(plan, m).with(m.layer(), m.of()), m.layer())),
                    () -> destroy(plan, plan.merged())));
        }
        if (!plan.tips().isEmpty()) {
            steps.add(Step.of(
                    "make new layer", () -> plan.tips().forEach(t -> make(plan, t)), () -> destroy(plan, plan.tips())));
        }
        steps.add(Step.commit("record layers", () -> datasets.save(plan.pool(), plan.after())));
        if (!plan.unneeded().isEmpty()) {
            steps.add(Step.then(
                    "remove unneeded layers",
                    () -> datasets.discard(plan.pool(), plan.unneeded(), () -> containers.names(plan.pool()))));
        }
        return steps;
    }

    private void make(Plan plan, Made tip) {
        Volume volume = plan.after().volume(tip.volume());
        Tips.make(pool(plan).driver(), plans.filesystem(containers.existing(id(plan)), volume), volume, tip.of());
    }

    private void destroy(Plan plan, List<Made> layers) {
        Pool pool = pool(plan);
        pool.driver()
                .destroy(layers.stream()
                        .map(m -> pool.containers().resolve(m.layer()))
                        .toList());
    }

    /** As it is before; one that a snapshot brings back is not there yet. */
    private RootFilesystem filesystem(Plan plan, Made made) {
        Volume volume = datasets.of(plan.pool(), plan.id())
                .findVolume(made.volume())
                .orElseGet(() -> plan.after().volume(made.volume()));
        return plans.filesystem(containers.existing(id(plan)), volume);
    }

    private Pool pool(Plan plan) {
        return pools.usable(plan.pool());
    }

    private static ContainerId id(Plan plan) {
        return new ContainerId(plan.pool(), plan.id());
    }
}
