package berth.engine.container;

import berth.engine.idmap.IdMap;
import berth.engine.image.Owners;
import berth.engine.image.TreeView;
import berth.engine.operation.Caller;
import berth.engine.storage.Dataset;
import berth.engine.storage.Datasets;
import berth.engine.storage.Ids;
import berth.engine.storage.RootFilesystem;
import berth.engine.storage.Snapshot;
import berth.engine.storage.StorageDriver;
import berth.engine.storage.Volume;
import berth.linux.Fd;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Shows what the root file system of a container holds, and what it held in its snapshots, as the container sees it. Its lock is held
 * meanwhile. Of one that runs, what it has changed is copied first, while it is suspended, and shown as it was then.
 */
final class StateViews {
    private final Datasets datasets;
    private final RunPlans plans;
    private final PoolOperations operations;
    private final DatasetChange copyKind;

    /** @param copyKind copies what a running container has changed */
    StateViews(Datasets datasets, RunPlans plans, PoolOperations operations, DatasetChange copyKind) {
        this.datasets = datasets;
        this.plans = plans;
        this.operations = operations;
        this.copyKind = copyKind;
    }

    /** The owners that files have inside whose ids on the disk's mounts are {@code ids}. */
    static Owners inside(Ids ids) {
        return new Owners(
                uid -> ids.uids().fromHost(uid).orElse(-1),
                gid -> ids.gids().fromHost(gid).orElse(-1),
                Owners.Capabilities.OF_ANY_ROOT);
    }

    /** The owners on mounts of files whose owners inside are told. */
    static Owners outside(Ids ids) {
        return new Owners(
                uid -> toHost(ids.uids(), uid), gid -> toHost(ids.gids(), gid), Owners.Capabilities.OF_ONE_ROOT);
    }

    private static long toHost(IdMap map, long id) {
        return map.toHost(id).orElse(-1);
    }

    /** What {@code work} makes of {@code snapshots} and, last, of what {@code container} holds now; each view is the work's to close. */
    <T> T show(
            Container container, List<Snapshot> snapshots, Caller caller, Function<List<Supplier<TreeView>>, T> work) {
        boolean stopped = Snapshots.requireSettled(container) == Snapshot.Activity.STOPPED;
        StorageDriver driver = container.pool().driver();
        RootFilesystem root = plans.root(container);
        List<Supplier<TreeView>> states = new ArrayList<>();
        snapshots.forEach(s -> states.add(() -> frozen(driver, root, s)));
        if (stopped) {
            states.add(() -> present(driver, root));
            return work.apply(states);
        }
        Dataset present = datasets.of(container.id().pool(), container.name());
        String copy = Datasets.passingLayer(container.name());
        copy(container, present, copy, caller);
        try {
            RootFilesystem copied =
                    root.with(root.tip(), present.on(copy, present.below()).frozenTip());
            states.add(() -> view(driver.mountFrozen(copied), root.ids()));
            return work.apply(states);
        } finally {
            driver.destroy(root.layer(copy));
        }
    }

    /** What {@code root} holds; nothing else has it mounted. */
    static TreeView present(StorageDriver driver, RootFilesystem root) {
        return view(driver.mount(root), root.ids());
    }

    /** What {@code root} held in {@code snapshot}. */
    static TreeView frozen(StorageDriver driver, RootFilesystem root, Snapshot snapshot) {
        return view(driver.mountFrozen(root.with(root.tip(), snapshot.layers())), root.ids());
    }

    private static TreeView view(Fd mount, Ids ids) {
        return new TreeView(Directory.of(mount, Resolution.NO_LINKS), inside(ids));
    }

    private void copy(Container container, Dataset present, String layer, Caller caller) {
        operations
                .of(container.id().pool())
                .run(
                        copyKind,
                        new DatasetChange.Plan(
                                container.id().pool(),
                                container.name(),
                                present,
                                List.of(new DatasetChange.Made(Volume.ROOT, layer, List.of())),
                                container.state() == ContainerState.RUNNING,
                                List.of(),
                                List.of(),
                                Set.of()),
                        caller.actor(),
                        caller.progress());
    }
}
