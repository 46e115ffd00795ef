package berth.engine.share;

import berth.engine.operation.OperationKind;
import berth.engine.operation.Progress;
import berth.engine.operation.Step;
import berth.engine.storage.Ids;
import berth.engine.storage.RootFilesystem;
import berth.engine.storage.StorageDriver;
import berth.linux.Fd;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import java.util.List;

/** A new dataset of a pool: made, given to its owner, bounded, and written down. */
final class ShareCreation implements OperationKind<ShareCreation.Plan> {
    /** @param owner whom its root directory belongs to */
    record Plan(String pool, SharedDataset dataset, TreeOwner owner) {}

    private static final int MODE = 0755;

    private final ShareShelf shelf;

    ShareCreation(ShareShelf shelf) {
        this.shelf = shelf;
    }

    @Override
    public String name() {
        return "pool dataset new";
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
        StorageDriver driver = shelf.pool(plan.pool()).driver();
        RootFilesystem tree = shelf.tree(plan.pool(), plan.dataset(), Ids.some());
        return List.of(
                Step.of("make tree", () -> driver.createShared(tree), () -> driver.destroy(tree.directory())),
                Step.of("give to its owner", () -> give(driver, tree, plan.owner())),
                Step.of(
                        "set bound",
                        () -> driver.limit(tree, plan.dataset().bound().orElse(0))),
                Step.commit("write configuration", () -> shelf.put(plan.pool(), plan.dataset())));
    }

    private static void give(StorageDriver driver, RootFilesystem tree, TreeOwner owner) {
        try (Fd mount = driver.mountShared(tree);
                Directory root = Directory.of(mount.dup(), Resolution.BENEATH)) {
            root.chown(".", tree.rootUid() + owner.uid(), tree.rootGid() + owner.gid());
            root.chmod(".", MODE);
            root.syncFileSystem();
        }
    }
}
