package berth.engine.container;

import berth.engine.idmap.IdMap;
import berth.engine.image.Owners;
import berth.engine.image.TreeHistory;
import berth.engine.image.TreeView;
import berth.engine.operation.Caller;
import berth.engine.storage.Dataset;
import berth.engine.storage.Datasets;
import berth.engine.storage.Ids;
import berth.engine.storage.RootFilesystem;
import berth.engine.storage.Snapshot;
import berth.engine.storage.StorageDriver;
import berth.engine.storage.Strand;
import berth.engine.storage.Volume;
import berth.linux.Fd;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Shows what the file systems of a container hold, and what they held in its snapshots, as the container sees it. Its lock is held
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

    /**
     * What {@code work} makes of the file systems of {@code container}; each view is the work's to close.
     *
     * @param wanted those of them, in those snapshots, that are shown: the histories are of its {@link Dataset#strands}
     */
    <T> T show(Container container, Dataset wanted, Caller caller, Function<List<TreeHistory>, T> work) {
        return showLayers(container, wanted, caller, (histories, _) -> work.apply(histories));
    }

    /** What somebody makes of what the file systems of a container were, and of the topmost layer of each state. */
    interface Work<T> {
        T with(List<TreeHistory> histories, List<SentLayers.Source> layers);
    }

    /** As {@link #show}; of all states, in their order, the topmost layers are told too. */
    <T> T showLayers(Container container, Dataset wanted, Caller caller, Work<T> work) {
        StorageDriver driver = container.pool().driver();
        if (Snapshots.requireSettled(container) == Snapshot.Activity.STOPPED) {
            return work.with(
                    histories(container, wanted, v -> () -> present(driver, plans.filesystem(container, v))),
                    layers(container, wanted, Volume::tip));
        }
        Map<String, String> copies = new LinkedHashMap<>();
        wanted.all().forEach(v -> copies.put(v.name(), Datasets.passingLayer(container.name(), copies.size())));
        copy(container, copies, caller);
        try {
            Function<Volume, String> copy = v -> copies.getOrDefault(v.name(), v.tip());
            return work.with(
                    histories(container, wanted, v -> {
                        Volume copied = new Volume(
                                v.name(), "", v.on(copy.apply(v), v.below()).frozenTip(), null);
                        return () -> frozen(driver, plans.filesystem(container, copied));
                    }),
                    layers(container, wanted, copy));
        } finally {
            copies.values()
                    .forEach(layer ->
                            driver.destroy(container.pool().containers().resolve(layer)));
        }
    }

    private List<TreeHistory> histories(
            Container container, Dataset wanted, Function<Volume, Supplier<TreeView>> present) {
        List<TreeHistory> histories = new ArrayList<>();
        for (Strand strand : wanted.strands()) {
            List<Supplier<TreeView>> states = new ArrayList<>();
            strand.snapshots()
                    .forEach(s -> states.add(
                            () -> frozen(container.pool().driver(), plans.filesystem(container, strand.in(s)))));
            strand.present().map(present).ifPresent(states::add);
            histories.add(new TreeHistory(strand.volume(), states));
        }
        return List.copyOf(histories);
    }

    /** @param present the layer that shows what there is now */
    private List<SentLayers.Source> layers(Container container, Dataset wanted, Function<Volume, String> present) {
        List<SentLayers.Source> layers = new ArrayList<>();
        for (Strand strand : wanted.strands()) {
            List<String> names = new ArrayList<>();
            strand.snapshots()
                    .forEach(s -> names.add(strand.in(s).below().getFirst().name()));
            strand.present().map(present).ifPresent(names::add);
            for (int i = 0; i < names.size(); i++) {
                RootFilesystem files =
                        plans.filesystem(container, new Volume(strand.volume(), names.get(i), List.of(), null));
                layers.add(new SentLayers.Source(files, i == 0, strand.isRoot()));
            }
        }
        return List.copyOf(layers);
    }

    /** What {@code files} hold; nothing else has them mounted. */
    static TreeView present(StorageDriver driver, RootFilesystem files) {
        return view(driver.mount(files), files.ids());
    }

    /** What the layers of {@code files} below the tip show. */
    static TreeView frozen(StorageDriver driver, RootFilesystem files) {
        return view(driver.mountFrozen(files), files.ids());
    }

    private static TreeView view(Fd mount, Ids ids) {
        return new TreeView(Directory.of(mount, Resolution.NO_LINKS), inside(ids));
    }

    /** @param copies the layers to make, by volume */
    private void copy(Container container, Map<String, String> copies, Caller caller) {
        String pool = container.id().pool();
        List<DatasetChange.Made> made = new ArrayList<>();
        copies.forEach((volume, layer) -> made.add(new DatasetChange.Made(volume, layer, List.of())));
        operations
                .of(pool)
                .run(
                        copyKind,
                        new DatasetChange.Plan(
                                pool,
                                container.name(),
                                datasets.of(pool, container.name()),
                                made,
                                container.state() == ContainerState.RUNNING,
                                List.of(),
                                List.of(),
                                Set.of()),
                        caller.actor(),
                        caller.progress());
    }
}
