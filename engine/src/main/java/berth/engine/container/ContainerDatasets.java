package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.limit.Size;
import berth.engine.mount.Mount;
import berth.engine.operation.Caller;
import berth.engine.storage.Dataset;
import berth.engine.storage.Datasets;
import berth.engine.storage.Pools;
import berth.engine.storage.Volume;
import berth.engine.store.Change;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The file systems that containers have beside their roots, with what is mounted of them. Snapshots, copies and the trash take
 * them along. Safe for use by several threads.
 */
public final class ContainerDatasets {
    private final Pools pools;
    private final Containers containers;
    private final Datasets datasets;
    private final ContainerMounts mounts;
    private final PoolOperations operations;
    private final DatasetAddition addition;
    private final DatasetRemoval removal;
    private final QuotaKind quotas;
    private final RunPlans plans;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();

    ContainerDatasets(
            Pools pools,
            Containers containers,
            Datasets datasets,
            ContainerMounts mounts,
            PoolOperations operations,
            DatasetAddition addition,
            DatasetRemoval removal,
            QuotaKind quotas,
            RunPlans plans,
            InstantSource clock) {
        this.pools = pools;
        this.containers = containers;
        this.datasets = datasets;
        this.mounts = mounts;
        this.operations = operations;
        this.addition = addition;
        this.removal = removal;
        this.quotas = quotas;
        this.plans = plans;
        this.clock = clock;
    }

    /** The file systems of {@code container}, that of its root first; none if what it is made of cannot be read. */
    public List<Volume> of(Container container) {
        return datasets.find(container.id().pool(), container.name())
                .map(Dataset::all)
                .orElse(List.of());
    }

    /** Where {@code volume} of {@code container} is mounted in it whenever it runs; empty if nowhere. */
    public Optional<String> mountpoint(Container container, Volume volume) {
        return volume.isRoot()
                ? Optional.of(Volume.ROOT)
                : mountsOf(container, volume.name()).stream().findFirst().map(Mount::mountpoint);
    }

    /** Whether {@code volume} of {@code container} is mounted in it now. */
    public boolean isActive(Container container, Volume volume) {
        return volume.isRoot()
                ? container.initPid().isPresent()
                : mountsOf(container, volume.name()).stream().anyMatch(m -> mounts.isActive(container, m));
    }

    /**
     * How much {@code volume} takes, in bytes: what counts toward a quota, or else its layers, which takes as long as listing their
     * files.
     */
    public long usage(Container container, Volume volume) {
        return counted(container, volume)
                .orElseGet(() -> volume.frozenTip().stream()
                        .mapToLong(l -> container
                                .pool()
                                .driver()
                                .usage(container.pool().containers().resolve(l.name())))
                        .sum());
    }

    /** What of {@code volume} counts toward its quota, in bytes, told at once; empty if nobody counts. */
    public OptionalLong counted(Container container, Volume volume) {
        return plans.hasUser(container)
                ? container.pool().driver().counted(plans.filesystem(container, volume))
                : OptionalLong.empty();
    }

    /**
     * Sets the most that one of its file systems may take, at once also if {@code container} runs.
     *
     * @param name which, {@link Volume#ROOT} for that of its root
     * @param bytes the most; no bound if null
     * @throws BerthException NOT_FOUND; UNSUPPORTED, with the reason, if the pool cannot keep it to that
     */
    public void quota(Container container, String name, @Nullable Long bytes, Caller caller) {
        containers.locked(container, caller, () -> {
            Dataset before = datasets.of(container.id().pool(), container.name());
            Volume volume = before.volume(name);
            operations
                    .of(container.id().pool())
                    .run(
                            quotas,
                            new QuotaKind.Plan(
                                    container.id().pool(),
                                    container.name(),
                                    volume,
                                    before.with(volume.bounded(bytes))),
                            caller.actor(),
                            caller.progress());
            counted(container, volume).stream()
                    .filter(used -> bytes != null && used > bytes)
                    .forEach(used -> caller.progress()
                            .warn("%s has %s already: nothing can be written until it has less"
                                    .formatted(name, new Size(used))));
        });
    }

    /** Where dataset {@code name} of {@code container} goes if nobody says where: into that which it is nested in, or the root. */
    public String usualMountpoint(Container container, String name) {
        int slash = name.lastIndexOf('/');
        String above = slash < 0
                ? ""
                : mountsOf(container, name.substring(0, slash)).stream()
                        .findFirst()
                        .map(Mount::mountpoint)
                        .orElse("/" + name.substring(0, slash));
        return above + "/" + name.substring(slash + 1);
    }

    /**
     * Makes a dataset, mounted at once if {@code container} runs.
     *
     * @param mountpoint where; nowhere if null
     * @throws BerthException EXISTS; NOT_FOUND if what it is nested in does not exist
     */
    public void create(Container container, String name, @Nullable String mountpoint, Caller caller) {
        Volume.requireName(name);
        List<Mount> wanted = mountpoint == null ? List.of() : List.of(Mount.ofDataset(name, mountpoint));
        mounts.change(container, caller, () -> {
            Dataset before = datasets.of(container.id().pool(), container.name());
            if (before.findVolume(name).isPresent()) {
                throw new BerthException(
                        ErrorCode.EXISTS,
                        "container '%s' has a dataset '%s' already".formatted(container.name(), name),
                        "choose another name");
            }
            Volume made = new Volume(name, datasets.newLayer(container.name()), List.of(), null);
            requireParent(container, before, made);
            wanted.forEach(m -> ContainerMounts.requireFree(container, m));
            operations
                    .of(container.id().pool())
                    .run(
                            addition,
                            additionOf(container, before, made, Optional.of(name), wanted, Optional.empty(), caller),
                            caller.actor(),
                            caller.progress());
        });
    }

    /** What {@link DatasetAddition} is to do. */
    static DatasetAddition.Plan additionOf(
            Container container,
            Dataset before,
            Volume added,
            Optional<String> made,
            List<Mount> wanted,
            Optional<String> trashed,
            Caller caller) {
        List<Mount> all = new ArrayList<>(container.spec().mounts());
        all.addAll(wanted);
        return new DatasetAddition.Plan(
                container.id().pool(),
                container.name(),
                before,
                before.with(added),
                made,
                container.spec().withMounts(all),
                wanted,
                trashed,
                caller.actor().user(),
                caller.actor().command());
    }

    /** Refuses one that is nested in what does not exist. */
    static void requireParent(Container container, Dataset dataset, Volume volume) {
        volume.parent().filter(parent -> dataset.findVolume(parent).isEmpty()).ifPresent(parent -> {
            throw new BerthException(
                    ErrorCode.NOT_FOUND,
                    "container '%s' has no dataset '%s' to nest '%s' in"
                            .formatted(container.name(), parent, volume.name()),
                    "make that first: 'osctl ct dataset new %s %s'".formatted(container.name(), parent));
        });
    }

    /** What becomes of datasets that are nested in one that is deleted. */
    public enum Nested {
        /** It is not deleted. */
        REFUSED,
        /** They go along. */
        TAKEN_ALONG
    }

    /**
     * Deletes a dataset, and unmounts it at once if {@code container} runs: puts it into the trash, or, if that is wanted or its pool
     * keeps nothing, for good, but for what snapshots and copies have of it.
     *
     * @return what became of it
     * @throws BerthException NOT_FOUND; IN_USE if others are nested in it, or mounted beneath it
     */
    public Deletion.Fate delete(Container container, String name, Nested nested, Deletion.Fate fate, Caller caller) {
        String pool = container.id().pool();
        boolean kept =
                fate == Deletion.Fate.TRASH && !pools.settings(pool).trashAge().isZero();
        mounts.change(container, caller, () -> {
            Dataset before = datasets.of(pool, container.name());
            List<Volume> gone = requireDeletable(container, before, name, nested);
            Set<String> names = gone.stream().map(Volume::name).collect(Collectors.toSet());
            List<Mount> unmounted = container.spec().mounts().stream()
                    .filter(m -> m.ownDataset().filter(names::contains).isPresent())
                    .toList();
            ContainerMounts.requireNothingBeneath(container, unmounted);
            List<Mount> left = new ArrayList<>(container.spec().mounts());
            left.removeAll(unmounted);
            Set<String> layers = new HashSet<>();
            gone.forEach(v -> v.frozenTip().forEach(l -> layers.add(l.name())));
            DatasetRemoval.Plan plan = new DatasetRemoval.Plan(
                    pool,
                    container.name(),
                    before.withoutVolumes(names),
                    container.spec().withMounts(left),
                    ContainerMounts.innermostFirst(unmounted).stream()
                            .map(Mount::mountpoint)
                            .toList(),
                    kept ? gone.stream().map(v -> trashed(container, v, caller)).toList() : List.of(),
                    kept ? Set.of() : layers,
                    caller.actor().user(),
                    caller.actor().command());
            operations.freeing(pool).run(removal, plan, caller.actor(), caller.progress());
        });
        return kept ? Deletion.Fate.TRASH : Deletion.Fate.GONE;
    }

    private static List<Volume> requireDeletable(Container container, Dataset dataset, String name, Nested nested) {
        Volume volume = dataset.volume(name);
        if (volume.isRoot()) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "the root of container '%s' cannot be deleted".formatted(container.name()),
                    "'osctl ct reinstall' empties it, 'osctl ct del' deletes the container");
        }
        List<Volume> inside =
                dataset.volumes().stream().filter(v -> v.isWithin(name)).toList();
        if (nested == Nested.REFUSED && !inside.isEmpty()) {
            throw new BerthException(
                    ErrorCode.IN_USE,
                    "dataset '%s' of container '%s' has others in it: %s"
                            .formatted(
                                    name,
                                    container.name(),
                                    inside.stream().map(Volume::name).collect(Collectors.joining(", "))),
                    "delete them first, or all of them with -r");
        }
        List<Volume> gone = new ArrayList<>(List.of(volume));
        gone.addAll(inside);
        return gone;
    }

    private DatasetRemoval.Kept trashed(Container container, Volume volume, Caller caller) {
        String key = TrashedDataset.key(container.name(), HexFormat.of().toHexDigits(random.nextInt()));
        return new DatasetRemoval.Kept(
                new TrashedDataset(
                        key,
                        container.name(),
                        container.spec().user(),
                        volume.name(),
                        mountsOf(container, volume.name()),
                        new Change(
                                clock.instant(),
                                caller.actor().user(),
                                caller.actor().command())),
                new Dataset(key, volume.tip(), volume.below(), List.of(), List.of(), volume.quota()));
    }

    private static List<Mount> mountsOf(Container container, String name) {
        return container.spec().mounts().stream()
                .filter(m -> m.ownDataset().filter(name::equals).isPresent())
                .toList();
    }
}
