package berth.engine.share;

import berth.engine.operation.OperationKind;
import berth.engine.operation.Progress;
import berth.engine.operation.Step;
import berth.engine.storage.Ids;
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
        return List.of(
                Step.of(
                        "change bound",
                        () -> bound(plan.pool(), plan.after()),
                        () -> bound(plan.pool(), plan.before())),
                Step.commit("write configuration", () -> shelf.put(plan.pool(), plan.after())));
    }

    private void bound(String pool, SharedDataset dataset) {
        shelf.pool(pool)
                .driver()
                .limit(shelf.tree(pool, dataset, Ids.some()), dataset.bound().orElse(0));
    }
}
