package berth.engine.container;

import berth.engine.operation.OperationKind;
import berth.engine.operation.Progress;
import berth.engine.operation.Step;
import berth.engine.storage.Datasets;
import java.util.List;
import java.util.Set;

/** The end of datasets in the trash: nothing brings them back from the moment when nobody knows of them any more. */
final class DatasetDeletion implements OperationKind<DatasetDeletion.Plan> {
    /**
     * @param container whose they were
     * @param keys theirs
     * @param layers what they are made of
     */
    record Plan(String pool, String container, Set<String> keys, Set<String> layers) {}

    private final Containers containers;
    private final Datasets datasets;
    private final DatasetShelf shelf;

    DatasetDeletion(Containers containers, Datasets datasets, DatasetShelf shelf) {
        this.containers = containers;
        this.datasets = datasets;
        this.shelf = shelf;
    }

    @Override
    public String name() {
        return "trash prune dataset";
    }

    @Override
    public Class<Plan> planType() {
        return Plan.class;
    }

    @Override
    public String subject(Plan plan) {
        return Containers.subject(plan.pool(), plan.container());
    }

    @Override
    public List<Step> steps(Plan plan, Progress progress) {
        return List.of(
                Step.commit("take from the trash", () -> plan.keys().forEach(key -> shelf.remove(plan.pool(), key))),
                Step.then("remove layers", () -> {
                    plan.keys().forEach(key -> datasets.forget(plan.pool(), key));
                    datasets.discard(plan.pool(), plan.layers(), () -> containers.names(plan.pool()));
                }));
    }
}
