package berth.engine.share;

import berth.engine.operation.OperationKind;
import berth.engine.operation.Progress;
import berth.engine.operation.Step;
import berth.engine.storage.Ids;
import java.util.List;

/** The end of a dataset of a pool, or of one in its trash, for good. */
final class ShareDeletion implements OperationKind<ShareDeletion.Plan> {
    record Plan(String pool, SharedDataset dataset) {}

    private final ShareShelf shelf;

    ShareDeletion(ShareShelf shelf) {
        this.shelf = shelf;
    }

    @Override
    public String name() {
        return "pool dataset del";
    }

    @Override
    public Class<Plan> planType() {
        return Plan.class;
    }

    @Override
    public String subject(Plan plan) {
        return SharedDatasets.subject(plan.pool(), plan.dataset());
    }

    @Override
    public List<Step> steps(Plan plan, Progress progress) {
        return List.of(
                Step.commit("remove configuration", () -> shelf.remove(plan.pool(), plan.dataset())),
                Step.then(
                        "destroy tree",
                        () -> shelf.pool(plan.pool())
                                .driver()
                                .destroy(shelf.tree(plan.pool(), plan.dataset(), Ids.some())
                                        .directory())));
    }
}
