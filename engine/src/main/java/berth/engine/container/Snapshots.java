package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.operation.Caller;
import berth.engine.storage.Dataset;
import berth.engine.storage.Datasets;
import berth.engine.storage.Layer;
import berth.engine.storage.Snapshot;
import berth.engine.storage.StorageDriver;
import berth.engine.storage.Volume;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Snapshots of containers' files, all their file systems together, and ways back to them. Safe for use by several threads: each change holds the
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

    /** What the files of {@code container} are made of, its snapshots among it. */
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
        return containers.locked(container, caller, () -> {
            Dataset before = dataset(container);
            String chosen = name.orElseGet(() -> free(before, TIME.format(clock.instant())));
            if (before.find(chosen).isPresent()) {
                throw new BerthException(
                        ErrorCode.EXISTS,
                        "container '%s' has a snapshot '%s' already".formatted(container.name(), chosen),
                        "choose another name");
            }
            return takeHeld(container, before, new Wish(chosen, Snapshot.Origin.ASKED), caller);
        });
    }

    /**
     * Takes a snapshot for which it is time, unless the newest such one holds just what the container has now.
     *
     * @return the snapshot, if one was taken
     */
    Optional<Snapshot> takeScheduled(Container container, Caller caller) {
        return containers.locked(container, caller, () -> {
            Dataset before = dataset(container);
            boolean same = before.snapshots().stream()
                    .filter(s -> s.origin() == Snapshot.Origin.SCHEDULED)
                    .reduce((_, later) -> later)
                    .filter(s -> s.all().equals(below(before)))
                    .isPresent();
            if (same && container.state() == ContainerState.STOPPED && isUntouched(container, before)) {
                return Optional.empty();
            }
            String name = free(before, "scheduled-" + TIME.format(clock.instant()));
            return Optional.of(takeHeld(container, before, new Wish(name, Snapshot.Origin.SCHEDULED), caller));
        });
    }

    /** What a snapshot is called and why it is taken. */
    private record Wish(String name, Snapshot.Origin origin) {}

    private Snapshot takeHeld(Container container, Dataset before, Wish wish, Caller caller) {
        Snapshot.Activity activity = requireSettled(container);
        if (activity == Snapshot.Activity.SUSPENDED || container.pool().driver().copiesInstantly()) {
            copy(container, before, wish, activity, caller);
        } else {
            freeze(container, before, Optional.of(wish), caller);
        }
        return dataset(container).snapshot(wish.name());
    }

    /** Deletes snapshots. @throws BerthException NOT_FOUND; IN_USE if one is mounted */
    public void delete(Container container, Set<String> names, Caller caller) {
        containers.locked(container, caller, () -> {
            Dataset before = dataset(container);
            Set<String> unneeded = new HashSet<>();
            for (String name : names) {
                Snapshot snapshot = before.snapshot(name);
                mounts.requireUnmounted(container, name);
                unneeded.addAll(snapshot.layerNames());
            }
            operations
                    .freeing(container.id().pool())
                    .run(
                            kinds.delete(),
                            DatasetChange.Plan.of(container, before.without(names), unneeded),
                            caller.actor(),
                            caller.progress());
        });
    }

    /**
     * Gives a stopped container the files of a snapshot. What it had becomes a snapshot too, which is returned. File systems that
     * the snapshot has not are left as they are; those that only it has come back.
     *
     * @throws BerthException NOT_FOUND; WRONG_STATE if it runs
     */
    public Snapshot rollBack(Container container, String name, Caller caller) {
        containers.locked(container, caller, () -> {
            Dataset before = dataset(container);
            replace(container, before, before.snapshot(name).all(), "before-rollback-", kinds.rollBack(), caller);
        });
        return dataset(container).snapshots().getLast();
    }

    /**
     * Gives the root of a stopped container the files of its image alone, as if it were new. What it had becomes a snapshot, which
     * is returned. Its further file systems are left as they are.
     *
     * @throws BerthException WRONG_STATE if it runs
     */
    Snapshot reinstall(Container container, Caller caller) {
        containers.locked(
                container,
                caller,
                () -> replace(
                        container,
                        dataset(container),
                        Map.of(Volume.ROOT, List.of()),
                        "before-reinstall-",
                        kinds.reinstall(),
                        caller));
        return dataset(container).snapshots().getLast();
    }

    /** Makes new tips on the layers of {@code stacks}, by volume, which are complete before the old ones become a snapshot. */
    private void replace(
            Container container,
            Dataset before,
            Map<String, List<Layer>> stacks,
            String prefix,
            DatasetChange kind,
            Caller caller) {
        requireStopped(container);
        Map<String, List<Layer>> former = new LinkedHashMap<>();
        List<Volume> replaced = new ArrayList<>();
        List<DatasetChange.Made> tips = new ArrayList<>();
        stacks.forEach((name, layers) -> {
            Optional<Volume> present = before.findVolume(name);
            present.ifPresent(v -> former.put(name, v.frozenTip()));
            String tip = datasets.newLayer(container.name());
            tips.add(new DatasetChange.Made(name, tip, layers));
            replaced.add(present.orElseGet(() -> new Volume(name, tip, List.of(), null))
                    .on(tip, container.pool().driver().needed(layers)));
        });
        Wish undone = new Wish(free(before, prefix + TIME.format(clock.instant())), Snapshot.Origin.ASKED);
        Snapshot undo = snapshot(undone, Snapshot.Activity.STOPPED, former, caller);
        DatasetChange.Plan plan = new DatasetChange.Plan(
                container.id().pool(),
                container.name(),
                before.with(replaced).with(undo),
                List.of(),
                false,
                List.of(),
                tips,
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
        return snapshot.all().values().stream()
                .mapToLong(layers -> container
                        .pool()
                        .driver()
                        .usage(container
                                .pool()
                                .containers()
                                .resolve(layers.getFirst().name())))
                .sum();
    }

    /**
     * The layers that show what the file systems of {@code container}, whose lock the caller holds, have now, so that others may
     * stand on them. It must be stopped; it goes on with tips that are new.
     */
    Map<String, List<Layer>> freezeHeld(Container container, Caller caller) {
        Dataset before = dataset(container);
        if (!isUntouched(container, before)) {
            freeze(container, before, Optional.empty(), caller);
        }
        return below(dataset(container));
    }

    /** Whether it is known to hold what its frozen layers show. */
    private boolean isUntouched(Container container, Dataset dataset) {
        return dataset.all().stream()
                .allMatch(v ->
                        !v.below().isEmpty() && container.pool().driver().isUntouched(plans.filesystem(container, v)));
    }

    private static Map<String, List<Layer>> below(Dataset dataset) {
        Map<String, List<Layer>> stacks = new LinkedHashMap<>();
        dataset.all().forEach(v -> stacks.put(v.name(), v.below()));
        return stacks;
    }

    /** Its present tips become layers, and the first ones of a snapshot if that is wanted. */
    private void freeze(Container container, Dataset before, Optional<Wish> wish, Caller caller) {
        StorageDriver driver = container.pool().driver();
        List<DatasetChange.Made> merged = new ArrayList<>();
        List<DatasetChange.Made> tips = new ArrayList<>();
        Set<String> unneeded = new HashSet<>();
        Map<String, List<Layer>> frozen = new LinkedHashMap<>();
        List<Volume> next = new ArrayList<>();
        for (Volume volume : before.all()) {
            List<Layer> layers = volume.frozenTip();
            if (layers.size() > driver.deepest()) {
                String one = datasets.newLayer(container.name());
                merged.add(new DatasetChange.Made(volume.name(), one, layers));
                layers.forEach(l -> unneeded.add(l.name()));
                layers = List.of(Layer.own(one));
            }
            String tip = datasets.newLayer(container.name());
            tips.add(new DatasetChange.Made(volume.name(), tip, layers));
            frozen.put(volume.name(), layers);
            next.add(volume.on(tip, driver.needed(layers)));
        }
        Dataset after = before.with(next);
        if (wish.isPresent()) {
            after = after.with(snapshot(wish.get(), Snapshot.Activity.STOPPED, frozen, caller));
        }
        DatasetChange.Plan plan = new DatasetChange.Plan(
                container.id().pool(), container.name(), after, List.of(), false, merged, tips, unneeded);
        change(wish.isPresent() ? kinds.take() : kinds.freeze(), plan, container, caller);
    }

    private void copy(Container container, Dataset before, Wish wish, Snapshot.Activity activity, Caller caller) {
        List<DatasetChange.Made> copies = new ArrayList<>();
        Map<String, List<Layer>> stacks = new LinkedHashMap<>();
        for (Volume volume : before.all()) {
            String copy = datasets.newLayer(container.name());
            copies.add(new DatasetChange.Made(volume.name(), copy, List.of()));
            stacks.put(volume.name(), volume.on(copy, volume.below()).frozenTip());
        }
        DatasetChange.Plan plan = new DatasetChange.Plan(
                container.id().pool(),
                container.name(),
                before.with(snapshot(wish, activity, stacks, caller)),
                copies,
                container.state() == ContainerState.RUNNING,
                List.of(),
                List.of(),
                Set.of());
        change(kinds.take(), plan, container, caller);
    }

    private Snapshot snapshot(Wish wish, Snapshot.Activity activity, Map<String, List<Layer>> stacks, Caller caller) {
        Map<String, List<Layer>> volumes = new LinkedHashMap<>(stacks);
        return new Snapshot(
                wish.name(),
                clock.instant(),
                caller.actor().user(),
                caller.actor().command(),
                activity,
                Objects.requireNonNull(volumes.remove(Volume.ROOT), "a snapshot shows the root too"),
                volumes,
                wish.origin());
    }

    private void change(DatasetChange kind, DatasetChange.Plan plan, Container container, Caller caller) {
        operations.of(container.id().pool()).run(kind, plan, caller.actor(), caller.progress());
    }

    /** Refuses one whose files are in use. @throws BerthException WRONG_STATE */
    static void requireStopped(Container container) {
        if (container.state() != ContainerState.STOPPED) {
            throw new BerthException(
                    ErrorCode.WRONG_STATE,
                    "container '%s' is %s, its files are in use"
                            .formatted(container.name(), container.state().word()),
                    "stop it first: 'osctl ct stop %s'".formatted(container.name()));
        }
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
