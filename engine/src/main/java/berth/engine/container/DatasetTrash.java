package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.mount.Mount;
import berth.engine.operation.Caller;
import berth.engine.operation.LockKey;
import berth.engine.operation.LockRequest;
import berth.engine.operation.Locks;
import berth.engine.storage.Dataset;
import berth.engine.storage.Datasets;
import berth.engine.storage.Pool;
import berth.engine.storage.Volume;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Datasets of containers that were deleted and can be brought back. Safe for use by several threads. */
public final class DatasetTrash {
    private final Containers containers;
    private final Datasets datasets;
    private final DatasetShelf shelf;
    private final ContainerMounts mounts;
    private final PoolOperations operations;
    private final DatasetAddition addition;
    private final DatasetDeletion deletion;
    private final Locks locks;

    DatasetTrash(
            Containers containers,
            Datasets datasets,
            DatasetShelf shelf,
            ContainerMounts mounts,
            PoolOperations operations,
            DatasetAddition addition,
            DatasetDeletion deletion,
            Locks locks) {
        this.containers = containers;
        this.datasets = datasets;
        this.shelf = shelf;
        this.mounts = mounts;
        this.operations = operations;
        this.addition = addition;
        this.deletion = deletion;
        this.locks = locks;
    }

    /** Reads what is in the trash of {@code pool}. */
    public void open(Pool pool) {
        shelf.open(pool);
    }

    /** Forgets the trash of {@code pool}. */
    public void close(String pool) {
        shelf.close(pool);
    }

    /** Those in the trash of {@code pool}, by key. */
    List<TrashedDataset> of(String pool) {
        return shelf.of(pool);
    }

    /**
     * Brings a dataset back into its container, mounted where it was and at once if that runs. Mount points that something else has
     * are left out, with a warning.
     *
     * @param target the container, and the dataset's name in it, for instance {@code web/data}
     * @throws BerthException EXISTS if there is such a one; NOT_FOUND if there is no such container; IN_USE if its files
     *     belong to the ids of another. It stays in the trash then
     */
    void restore(String pool, String key, String target, Caller caller) {
        int slash = target.indexOf('/');
        if (slash < 1) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "'%s' does not say of which container it is to be a dataset".formatted(target),
                    "write it like web/data");
        }
        Container container = containers.existing(new ContainerId(pool, target.substring(0, slash)));
        mounts.change(container, caller, () -> {
            TrashedDataset trashed = current(pool, key);
            Volume volume = datasets.of(pool, key).root().called(target.substring(slash + 1));
            requirePlace(container, trashed, volume);
            Dataset before = datasets.of(pool, container.name());
            List<Mount> wanted = new ArrayList<>();
            for (Mount former : trashed.mounts()) {
                Mount mount = former.showing(volume.name());
                if (container.spec().mounts().stream()
                        .anyMatch(m -> m.mountpoint().equals(mount.mountpoint()))) {
                    caller.progress().warn("it is not mounted: something else is at " + mount.mountpoint());
                } else {
                    wanted.add(mount);
                }
            }
            operations
                    .of(pool)
                    .run(
                            addition,
                            ContainerDatasets.additionOf(
                                    container, before, volume, Optional.empty(), wanted, Optional.of(key), caller),
                            caller.actor(),
                            caller.progress());
        });
    }

    private void requirePlace(Container container, TrashedDataset trashed, Volume volume) {
        Dataset dataset = datasets.of(container.id().pool(), container.name());
        if (dataset.findVolume(volume.name()).isPresent()) {
            throw new BerthException(
                    ErrorCode.EXISTS,
                    "container '%s' has a dataset '%s'".formatted(container.name(), volume.name()),
                    "give another name with --as %s/NAME".formatted(container.name()));
        }
        if (!container.spec().user().equals(trashed.user())) {
            throw new BerthException(
                    ErrorCode.IN_USE,
                    "its files belong to the ids of user '%s', which are not those of container '%s'"
                            .formatted(trashed.user(), container.name()),
                    "name a container of that user with --as ID/NAME");
        }
        ContainerDatasets.requireParent(container, dataset, volume);
    }

    /** Deletes one for good. */
    void delete(String pool, String key, Caller caller) {
        String container = current(pool, key).container();
        try (Locks.Held _ = locks.acquire(
                List.of(LockRequest.shared(LockKey.Kind.POOL, pool), Containers.exclusive(pool, container)),
                caller.patience(),
                caller.actor().command(),
                caller.progress())) {
            current(pool, key);
            deleteHeld(pool, container, Set.of(key), caller);
        }
    }

    /** Deletes for good those whose files belong to {@code user}, which goes with {@code container}, whose lock the caller holds. */
    void deleteOwnedHeld(String pool, String container, String user, Caller caller) {
        Set<String> keys = keys(pool, user);
        if (!keys.isEmpty()) {
            deleteHeld(pool, container, keys, caller);
        }
    }

    /** The keys of those in the trash of {@code pool} whose files belong to {@code user}. */
    public Set<String> keys(String pool, String user) {
        return of(pool).stream()
                .filter(d -> d.user().equals(user))
                .map(TrashedDataset::id)
                .collect(Collectors.toSet());
    }

    private void deleteHeld(String pool, String container, Set<String> keys, Caller caller) {
        Set<String> layers = new HashSet<>();
        keys.forEach(key -> layers.addAll(datasets.of(pool, key).layers()));
        operations
                .freeing(pool)
                .run(
                        deletion,
                        new DatasetDeletion.Plan(pool, container, keys, layers),
                        caller.actor(),
                        caller.progress());
    }

    private TrashedDataset current(String pool, String key) {
        return shelf.find(pool, key)
                .orElseThrow(() ->
                        new BerthException(ErrorCode.NOT_FOUND, "'%s' is not in the trash any more".formatted(key)));
    }
}
