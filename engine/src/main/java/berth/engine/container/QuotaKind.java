package berth.engine.container;

import berth.engine.operation.OperationKind;
import berth.engine.operation.Progress;
import berth.engine.operation.Step;
import berth.engine.storage.Dataset;
import berth.engine.storage.Datasets;
import berth.engine.storage.RootFilesystem;
import berth.engine.storage.StorageDriver;
import berth.engine.storage.Volume;
import java.util.List;

/** A change of the most that a file system of a container may take. The container may run. */
final class QuotaKind implements OperationKind<QuotaKind.Plan> {
    /**
     * @param before the file system before
     * @param after what the container is made of afterwards
     */
    record Plan(String pool, String id, Volume before, Dataset after) {}

    private final Containers containers;
    private final Datasets datasets;
    private final RunPlans plans;

    QuotaKind(Containers containers, Datasets datasets, RunPlans plans) {
        this.containers = containers;
        this.datasets = datasets;
        this.plans = plans;
    }

    @Override
    public String name() {
        return "ct set quota";
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
                        "change bound",
                        () -> bound(plan, plan.after().volume(plan.before().name()), StorageDriver::limit),
                        () -> bound(plan, plan.before(), StorageDriver::limitIfPossible)),
                Step.commit("record quota", () -> datasets.save(plan.pool(), plan.after())));
    }

    private interface Limit {
        void set(StorageDriver driver, RootFilesystem files, long bytes);
    }

    private void bound(Plan plan, Volume volume, Limit limit) {
        Container container = containers.existing(new ContainerId(plan.pool(), plan.id()));
        limit.set(
                container.pool().driver(),
                plans.filesystem(container, volume),
                volume.bound().orElse(0));
    }
}
