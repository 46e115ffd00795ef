package berth.engine.share;

import berth.engine.operation.OperationKind;
import berth.engine.operation.Progress;
import berth.engine.operation.Step;
import berth.engine.storage.Ids;
import berth.engine.storage.RootFilesystem;
import berth.engine.storage.StorageDriver;
import java.util.List;

/** A change of the most that a dataset of a pool may take. It may be mounted. */
final class ShareBound implements OperationKind<ShareBound.Plan> {
    /**
     * @param before the dataset before
     * @param after the dataset afterwards
     */
    record Plan(String pool, SharedDataset before, SharedDataset after) {}

    private final ShareShelf shelf;

    ShareBound(ShareShelf shelf) {
        this.shelf = shelf;
    }

    @Override
    public String name() {
        return "pool dataset set quota";
    }

    @Override
    public Class<Plan> planType() {
        return Plan.class;
    }

    @Override
    public String subject(Plan plan) {
        return SharedDatasets.subject(plan.pool(), plan.before());
    }

    @Override
    public List<Step> steps(Plan plan, Progress progress) {
        StorageDriver driver = shelf.pool(plan.pool()).driver();
        return List.of(
                Step.of(
                        "change bound",
                        () -> driver.limit(files(plan), plan.after().bound().orElse(0)),
                        () -> driver.limitIfPossible(
                                files(plan), plan.before().bound().orElse(0))),
                Step.commit("write configuration", () -> shelf.put(plan.pool(), plan.after())));
    }

    private RootFilesystem files(Plan plan) {
        return shelf.tree(plan.pool(), plan.after(), Ids.some());
    }
}
