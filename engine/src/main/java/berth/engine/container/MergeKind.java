package berth.engine.container;

import berth.engine.operation.OperationKind;
import berth.engine.operation.Progress;
import berth.engine.operation.Step;
import berth.engine.storage.Dataset;
import berth.engine.storage.Datasets;
import berth.engine.storage.Pool;
import berth.engine.storage.Pools;
import berth.engine.storage.Volume;
import berth.engine.store.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;

/** A layer that was merged of others takes their place. */
final class MergeKind implements OperationKind<MergeKind.Plan> {
    /**
     * @param volume the file system whose layers were merged
     * @param merging the layer that was made
     * @param merged what it is called from now on
     * @param after what its container is made of then
     * @param unneeded the layers that nothing may need then
     */
    record Plan(
            String pool,
            String id,
            String volume,
            String merging,
            String merged,
            Dataset after,
            Set<String> unneeded) {}

    private final Pools pools;
    private final Containers containers;
    private final Datasets datasets;
    private final RunPlans plans;

    MergeKind(Pools pools, Containers containers, Datasets datasets, RunPlans plans) {
        this.pools = pools;
        this.containers = containers;
        this.datasets = datasets;
        this.plans = plans;
    }

    @Override
    public String name() {
        return "ct merge layers";
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
                Step.of("take merged layer", () -> rename(plan), () -> destroy(plan)),
                Step.commit("record layers", () -> datasets.save(plan.pool(), plan.after())),
                Step.then("keep to quota", () -> bound(plan)),
                Step.then(
                        "remove unneeded layers",
                        () -> datasets.discard(plan.pool(), plan.unneeded(), () -> containers.names(plan.pool()))));
    }

    private void rename(Plan plan) throws IOException {
        Path layers = pool(plan).containers();
        Files.move(layers.resolve(plan.merging()), layers.resolve(plan.merged()), StandardCopyOption.ATOMIC_MOVE);
        DurableFile.syncDirectory(layers);
    }

    /** What counts toward it is the merged layer from now on. */
    private void bound(Plan plan) {
        Volume volume = plan.after().volume(plan.volume());
        if (volume.bound().isPresent()) {
            Container container = containers.existing(new ContainerId(plan.pool(), plan.id()));
            Tips.bound(pool(plan).driver(), plans.filesystem(container, volume), volume);
        }
    }

    private void destroy(Plan plan) {
        pool(plan).driver().destroy(pool(plan).containers().resolve(plan.merged()));
    }

    private Pool pool(Plan plan) {
        return pools.usable(plan.pool());
    }
}
