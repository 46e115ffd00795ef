package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.operation.Caller;
import berth.engine.storage.Dataset;
import berth.engine.storage.Datasets;
import berth.engine.storage.Layer;
import berth.engine.storage.Snapshot;
import berth.engine.storage.StorageDriver;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Snapshots of containers' root file systems, and ways back to them. Safe for use by several threads: each change holds the
 * container's lock.
 */
public final class Snapshots {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    private final Containers containers;
    private final Datasets datasets;
    private final RunPlans plans;
    private final PoolOperations operations;
    private final Kinds kinds;
    private final SnapshotMounts mounts;
    private final InstantSource clock;

    /** The operations it consists of. */
    record Kinds(
            DatasetChange take,
            DatasetChange freeze,
            DatasetChange rollBack,
            DatasetChange reinstall,
            DatasetChange delete) {
        List<DatasetChange> all() {
            return List.of(take, freeze, rollBack, reinstall, delete);
        }
    }

    Snapshots(
            Containers containers,
            Datasets datasets,
            RunPlans plans,
            PoolOperations operations,
            Kinds kinds,
            SnapshotMounts mounts,
            InstantSource clock) {
        this.containers = containers;
        this.datasets = datasets;
        this.plans = plans;
        this.operations = operations;
        this.kinds = kinds;
        this.mounts = mounts;
        this.clock = clock;
    }

    /** What the root file system of {@code container} is made of, its snapshots among it. */
    public Dataset dataset(Container container) {
        return datasets.of(container.id().pool(), container.name());
    }

    /** The snapshots of {@code container}, in the order in which they were taken; none if what it is made of cannot be read. */
    public List<Snapshot> of(Container container) {
        return datasets.find(container.id().pool(), container.name())
                .map(Dataset::snapshots)
                .orElse(List.of());
    }

    /**
     * Takes a snapshot. A stopped container's changes become the snapshot, which takes no time; those of one that runs are
     * copied while it is suspended.
     *
     * @param name what it is called; by the time if empty
     * @throws BerthException EXISTS if it has one of that name
     */
    public Snapshot take(Container container, Optional<String> name, Caller caller) {
        name.ifPresent(Snapshot::requireName);
        containers.locked(container, caller, () -> {
            Dataset before = dataset(container);
            Snapshot.Activity activity = requireSettled(container);
            String chosen = name.orElseGet(() -> free(before, TIME.format(clock.instant())));
            if (before.find(chosen).isPresent()) {
                throw new BerthException(
                        ErrorCode.EXISTS,
                        "container '%s' has a snapshot '%s' already".formatted(container.name(), chosen),
                        "choose another name");
            }
            if (activity == Snapshot.Activity.SUSPENDED
                    || container.pool().driver().copiesInstantly()) {
                copy(container, before, chosen, activity, caller);
            } else {
                freeze(container, before, Optional.of(chosen), caller);
            }
        });
        List<Snapshot> all = dataset(container).snapshots();
        return name.map(dataset(container)::snapshot).orElseGet(all::getLast);
    }

    /** Deletes snapshots. @throws BerthException NOT_FOUND; IN_USE if one is mounted */
    public void delete(Container container, Set<String> names, Caller caller) {
        containers.locked(container, caller, () -> {
            Dataset before = dataset(container);
            Set<String> unneeded = new HashSet<>();
            for (String name : names) {
                Snapshot snapshot = before.snapshot(name);
                mounts.requireUnmounted(container, name);
                snapshot.layers().forEach(l -> unneeded.add(l.name()));
            }
            change(kinds.delete(), plan(container, before.without(names), unneeded), container, caller);
        });
    }

    /**
     * Gives a stopped container the files of a snapshot. What it had becomes a snapshot too, which is returned.
     *
     * @throws BerthException NOT_FOUND; WRONG_STATE if it runs
     */
    public Snapshot rollBack(Container container, String name, Caller caller) {
        containers.locked(container, caller, () -> {
            Dataset before = dataset(container);
            replace(container, before, before.snapshot(name).layers(), "before-rollback-", kinds.rollBack(), caller);
        });
        return dataset(container).snapshots().getLast();
    }

    /**
     * Gives a stopped container the files of its image alone, as if it were new. What it had becomes a snapshot, which is
     * returned.
     *
     * @throws BerthException WRONG_STATE if it runs
     */
    public Snapshot reinstall(Container container, Caller caller) {
        containers.locked(
                container,
                caller,
                () -> replace(
                        container, dataset(container), List.of(), "before-reinstall-", kinds.reinstall(), caller));
        return dataset(container).snapshots().getLast();
    }

    /** Makes a new tip on {@code layers}, which is complete before the old one becomes a snapshot named by the time. */
    private void replace(
            Container container, Dataset before, List<Layer> layers, String prefix, DatasetChange kind, Caller caller) {
        if (container.state() != ContainerState.STOPPED) {
            throw new BerthException(
                    ErrorCode.WRONG_STATE,
                    "container '%s' is %s, its files are in use"
                            .formatted(container.name(), container.state().word()),
                    "stop it first: 'osctl ct stop %s'".formatted(container.name()));
        }
        String tip = datasets.newLayer(container.name());
        Snapshot undo = snapshot(
                free(before, prefix + TIME.format(clock.instant())),
                Snapshot.Activity.STOPPED,
                before.frozenTip(),
                caller);
        DatasetChange.Plan plan = new DatasetChange.Plan(
                container.id().pool(),
                container.name(),
                before.on(tip, container.pool().driver().needed(layers)).with(undo),
                Optional.empty(),
                false,
                Optional.empty(),
                Optional.of(new DatasetChange.Made(tip, layers)),
                Set.of());
        change(kind, plan, container, caller);
    }

    /** Mounts a snapshot for reading: where. Mounted already it stays. */
    public Path mount(Container container, String name, Caller caller) {
        containers.locked(
                container,
                caller,
                () -> mounts.mount(container, dataset(container).snapshot(name)));
        return mounts.path(container, name);
    }

    /** Unmounts a snapshot. @throws BerthException WRONG_STATE if it is not mounted */
    public void unmount(Container container, String name, Caller caller) {
        containers.locked(container, caller, () -> {
            dataset(container).snapshot(name);
            mounts.unmount(container, name);
        });
    }

    /** Where a snapshot is mounted; empty if it is not. */
    public Optional<Path> mounted(Container container, String name) {
        return mounts.find(container, name);
    }

    /** How much of the disk the files take that were changed since the snapshot before it, in bytes. */
    public long usage(Container container, Snapshot snapshot) {
        return container
                .pool()
                .driver()
                .usage(container
                        .pool()
                        .containers()
                        .resolve(snapshot.layers().getFirst().name()));
    }

    /**
     * The layers that show what {@code container}, whose lock the caller holds, has now, so that others may stand on them. It
     * must be stopped; it goes on with a tip that is new.
     */
    List<Layer> freezeHeld(Container container, Caller caller) {
        Dataset before = dataset(container);
        boolean untouched =
                !before.below().isEmpty() && container.pool().driver().isUntouched(plans.root(container));
        if (!untouched) {
            freeze(container, before, Optional.empty(), caller);
        }
        return dataset(container).below();
    }

    /** Its present tip becomes a layer, and the first of a snapshot if that has a name. */
    private void freeze(Container container, Dataset before, Optional<String> name, Caller caller) {
        StorageDriver driver = container.pool().driver();
        List<Layer> layers = before.frozenTip();
        Optional<DatasetChange.Made> merged = Optional.empty();
        Set<String> unneeded = Set.of();
        if (layers.size() > driver.deepest()) {
            merged = Optional.of(new DatasetChange.Made(datasets.newLayer(container.name()), layers));
            unneeded = before.layers();
            layers = List.of(Layer.own(merged.get().layer()));
        }
        String tip = datasets.newLayer(container.name());
        Dataset after = before.on(tip, driver.needed(layers));
        if (name.isPresent()) {
            after = after.with(snapshot(name.get(), Snapshot.Activity.STOPPED, layers, caller));
        }
        DatasetChange.Plan plan = new DatasetChange.Plan(
                container.id().pool(),
                container.name(),
                after,
                Optional.empty(),
                false,
                merged,
                Optional.of(new DatasetChange.Made(tip, layers)),
                unneeded);
        change(name.isPresent() ? kinds.take() : kinds.freeze(), plan, container, caller);
    }

    private void copy(Container container, Dataset before, String name, Snapshot.Activity activity, Caller caller) {
        String copy = datasets.newLayer(container.name());
        DatasetChange.Plan plan = new DatasetChange.Plan(
                container.id().pool(),
                container.name(),
                before.with(
                        snapshot(name, activity, before.on(copy, before.below()).frozenTip(), caller)),
                Optional.of(copy),
                container.state() == ContainerState.RUNNING,
                Optional.empty(),
                Optional.empty(),
                Set.of());
        change(kinds.take(), plan, container, caller);
    }

    private Snapshot snapshot(String name, Snapshot.Activity activity, List<Layer> layers, Caller caller) {
        return new Snapshot(
                name, clock.instant(), caller.actor().user(), caller.actor().command(), activity, layers);
    }

    private void change(DatasetChange kind, DatasetChange.Plan plan, Container container, Caller caller) {
        operations.of(container.id().pool()).run(kind, plan, caller.actor(), caller.progress());
    }

    private static DatasetChange.Plan plan(Container container, Dataset after, Set<String> unneeded) {
        return new DatasetChange.Plan(
                container.id().pool(),
                container.name(),
                after,
                Optional.empty(),
                false,
                Optional.empty(),
                Optional.empty(),
                unneeded);
    }

    /** What it is doing, which must be something that lasts. */
    static Snapshot.Activity requireSettled(Container container) {
        return switch (container.state()) {
            case STOPPED -> Snapshot.Activity.STOPPED;
            case RUNNING, FROZEN -> Snapshot.Activity.SUSPENDED;
            case STARTING, STOPPING, ERROR ->
                throw new BerthException(
                        ErrorCode.WRONG_STATE,
                        "container '%s' is %s"
                                .formatted(container.name(), container.state().word()),
                        "'osctl ct log cat %s' shows what it does".formatted(container.name()));
        };
    }

    private static String free(Dataset dataset, String name) {
        String candidate = name;
        for (int i = 2; dataset.find(candidate).isPresent(); i++) {
            candidate = name + "-" + i;
        }
        return candidate;
    }
}
