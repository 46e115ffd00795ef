package berth.engine.share;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.operation.Caller;
import berth.engine.operation.FailPoints;
import berth.engine.operation.LockKey;
import berth.engine.operation.LockRequest;
import berth.engine.operation.Locks;
import berth.engine.operation.Operations;
import berth.engine.operation.Recovered;
import berth.engine.storage.Ids;
import berth.engine.storage.Pool;
import berth.engine.storage.Pools;
import berth.engine.storage.RootFilesystem;
import berth.engine.store.Change;
import berth.linux.Fd;
import berth.linux.KernelException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The datasets that belong to pools and to no container. Containers have them by mounts of their specifications, each through a map of
 * its own ids, so that files have the same owners in all of them. Safe for use by several threads.
 */
public final class SharedDatasets {
    /**
     * What can be done in one pool.
     *
     * @param use held for reading while one is being mounted, for writing when the pool goes
     */
    private record Work(DatasetMounts mounts, Operations operations, ReentrantReadWriteLock use) {}

    private static final Logger LOG = LoggerFactory.getLogger(SharedDatasets.class);

    private final Pools pools;
    private final Locks locks;
    private final InstantSource clock;
    private final FailPoints failPoints;
    private final ShareShelf shelf = new ShareShelf();
    private final ShareCreation creation = new ShareCreation(shelf);
    private final ShareBound bound = new ShareBound(shelf);
    private final ShareDeletion deletion = new ShareDeletion(shelf);
    private final Map<String, Work> works = new ConcurrentHashMap<>();
    private final SecureRandom random = new SecureRandom();

    public SharedDatasets(Pools pools, Locks locks, InstantSource clock, FailPoints failPoints) {
        this.pools = pools;
        this.locks = locks;
        this.clock = clock;
        this.failPoints = failPoints;
    }

    static String subject(String pool, SharedDataset dataset) {
        return new LockKey(LockKey.Kind.DATASET, pool + ":" + dataset.name()).toString();
    }

    /**
     * Reads those of {@code pool}, and mends what a former daemon left unfinished.
     *
     * @param mounts knows who wants them mounted
     */
    public List<Recovered> open(Pool pool, DatasetMounts mounts) {
        shelf.open(pool);
        Operations operations = new Operations(
                pool.journal().resolve("pool-dataset"), List.of(creation, bound, deletion), clock, failPoints);
        List<Recovered> recovered = operations.recover();
        works.put(pool.name(), new Work(mounts, operations, new ReentrantReadWriteLock()));
        return recovered;
    }

    /** Forgets those of {@code pool}. */
    public void close(String pool) {
        works.remove(pool);
        shelf.close(pool);
    }

    /** As {@link #close(String)}, unless {@code check} throws; none of them is being mounted meanwhile, nor later. */
    public void close(String pool, Runnable check) {
        Work work = works.get(pool);
        if (work == null) {
            return;
        }
        work.use().writeLock().lock();
        try {
            check.run();
            close(pool);
        } finally {
            work.use().writeLock().unlock();
        }
    }

    /** Those of {@code pool} that are not in the trash, by name. */
    public List<SharedDataset> of(String pool) {
        return shelf.of(pool).stream().filter(d -> !d.isInTrash()).toList();
    }

    /** Those in the trash of {@code pool}. */
    public List<SharedDataset> trashed(String pool) {
        return shelf.of(pool).stream().filter(SharedDataset::isInTrash).toList();
    }

    /** The ids of those of {@code pool} whose files in {@code conf/pool-dataset} could not be read. */
    public Set<String> unreadable(String pool) {
        return shelf.unreadable(pool);
    }

    /** The dataset called so. @throws BerthException NOT_FOUND; WRONG_STATE if its pool cannot be used */
    public SharedDataset get(DatasetName name) {
        pools.usable(name.pool());
        return shelf.find(name)
                .orElseThrow(() -> new BerthException(
                        ErrorCode.NOT_FOUND,
                        "pool '%s' has no dataset '%s'".formatted(name.pool(), name.name()),
                        "'osctl pool dataset ls %s' lists those it has".formatted(name.pool())));
    }

    /** The containers of all pools in use whose configurations mount {@code name}, as their pools and ids. */
    public List<String> mountedBy(DatasetName name) {
        return work(name.pool()).mounts().of(name);
    }

    /**
     * How much {@code dataset} of {@code pool} takes, in bytes; empty if its tree cannot be read, for instance because it is deleted
     * meanwhile. May take as long as listing its files.
     */
    public OptionalLong usage(String pool, SharedDataset dataset) {
        RootFilesystem tree = shelf.tree(pool, dataset, Ids.some());
        try {
            OptionalLong counted = counted(pool, dataset);
            return counted.isPresent()
                    ? counted
                    : OptionalLong.of(shelf.pool(pool).driver().usage(tree.directory()));
        } catch (BerthException | KernelException e) {
            LOG.warn("How much {} takes cannot be told: {}", tree.directory(), e.getMessage());
            return OptionalLong.empty();
        }
    }

    private OptionalLong counted(String pool, SharedDataset dataset) {
        return shelf.pool(pool).driver().counted(shelf.tree(pool, dataset, Ids.some()));
    }

    /**
     * Makes an empty one.
     *
     * @param owner whom its root directory belongs to
     * @param quota the most bytes that it may take; no bound if null
     * @throws BerthException EXISTS; UNSUPPORTED, with the reason, if the pool cannot have one, or cannot keep it to its quota
     */
    public void create(DatasetName name, TreeOwner owner, @Nullable Long quota, Caller caller) {
        try (Locks.Held _ = exclusively(name, caller)) {
            requireFree(name, "choose another name");
            SharedDataset made = SharedDataset.fresh(name.name(), HexFormat.of().toHexDigits(random.nextInt()), quota);
            work(name.pool())
                    .operations()
                    .run(creation, new ShareCreation.Plan(name.pool(), made, owner), caller.actor(), caller.progress());
        }
    }

    private void requireFree(DatasetName name, String hint) {
        if (shelf.find(name).isPresent()) {
            throw new BerthException(
                    ErrorCode.EXISTS, "pool '%s' has a dataset '%s' already".formatted(name.pool(), name.name()), hint);
        }
    }

    /**
     * Sets the most that one may take, at once also where it is mounted.
     *
     * @param bytes the most; no bound if null
     * @return how much it takes if that is known to be more already: nothing can be written until it is less
     * @throws BerthException NOT_FOUND; UNSUPPORTED, with the reason, if the pool cannot keep it to that
     */
    public OptionalLong quota(DatasetName name, @Nullable Long bytes, Caller caller) {
        try (Locks.Held _ = exclusively(name, caller)) {
            SharedDataset before = get(name);
            SharedDataset after = before.bounded(bytes);
            work(name.pool())
                    .operations()
                    .run(bound, new ShareBound.Plan(name.pool(), before, after), caller.actor(), caller.progress());
            OptionalLong used = counted(name.pool(), after);
            return bytes != null && used.orElse(0) > bytes ? used : OptionalLong.empty();
        }
    }

    /** Puts one into the trash. @throws BerthException NOT_FOUND; IN_USE, naming them, if containers mount it */
    public void discard(DatasetName name, Caller caller) {
        try (Locks.Held _ = exclusively(name, caller)) {
            SharedDataset dataset = unused(name);
            failPoints.before("pool dataset discard", "write configuration");
            shelf.put(
                    name.pool(),
                    dataset.discarded(new Change(
                            clock.instant(),
                            caller.actor().user(),
                            caller.actor().command())));
        }
    }

    /** Deletes one for good. @throws BerthException as {@link #discard} */
    public void delete(DatasetName name, Caller caller) {
        try (Locks.Held _ = exclusively(name, caller)) {
            delete(name.pool(), unused(name), caller);
        }
    }

    /** Deletes the one in the trash that has this id for good. @throws BerthException NOT_FOUND */
    public void purge(String pool, String id, Caller caller) {
        DatasetName name = new DatasetName(pool, trashed(pool, id).name());
        try (Locks.Held _ = exclusively(name, caller)) {
            delete(pool, trashed(pool, id), caller);
        }
    }

    private void delete(String pool, SharedDataset dataset, Caller caller) {
        work(pool).operations().run(deletion, new ShareDeletion.Plan(pool, dataset), caller.actor(), caller.progress());
    }

    /** Brings the one that has this id back from the trash as {@code name}. @throws BerthException NOT_FOUND; EXISTS */
    public void restore(String id, DatasetName name, Caller caller) {
        try (Locks.Held _ = exclusively(name, caller)) {
            requireFree(name, "give another name with --as");
            shelf.put(name.pool(), trashed(name.pool(), id).restored(name.name()));
        }
    }

    /** The one in the trash of {@code pool} that has this id. @throws BerthException NOT_FOUND */
    public SharedDataset trashed(String pool, String id) {
        return shelf.findTrashed(pool, id)
                .orElseThrow(() ->
                        new BerthException(ErrorCode.NOT_FOUND, "'%s' is not in the trash any more".formatted(id)));
    }

    private SharedDataset unused(DatasetName name) {
        SharedDataset dataset = get(name);
        List<String> containers = mountedBy(name);
        if (!containers.isEmpty()) {
            throw new BerthException(
                    ErrorCode.IN_USE,
                    "containers mount dataset '%s': %s".formatted(name, String.join(", ", containers)),
                    "take it from them by 'osctl ct mounts del'");
        }
        return dataset;
    }

    /** Lets nobody delete {@code name} until what is returned is closed. Locks of containers may be held. */
    public Locks.Held keep(DatasetName name, Caller caller) {
        return locks.acquire(
                List.of(LockRequest.shared(LockKey.Kind.DATASET, name.toString())),
                caller.patience(),
                caller.actor().command(),
                caller.progress());
    }

    /** Does {@code work}, which mounts some of {@code pool}, while that does not go. */
    public void whileThere(String pool, Runnable work) {
        Optional<Work> there = Optional.ofNullable(works.get(pool));
        there.ifPresent(w -> w.use().readLock().lock());
        try {
            work.run();
        } finally {
            there.ifPresent(w -> w.use().readLock().unlock());
        }
    }

    /**
     * What {@code name} is, for a container with {@code ids}; to be called from {@link #whileThere}.
     *
     * @return the detached mount; the caller closes it
     * @throws BerthException NOT_FOUND, WRONG_STATE or UNSUPPORTED, saying what is missing
     */
    public Fd mount(DatasetName name, Ids ids) {
        try {
            RootFilesystem tree = shelf.tree(name.pool(), get(name), ids);
            return shelf.pool(name.pool()).driver().mountShared(tree);
        } catch (BerthException | KernelException e) {
            throw new BerthException(
                    e instanceof BerthException known ? known.code() : ErrorCode.FAILED,
                    "dataset '%s' cannot be mounted: %s".formatted(name, e.getMessage()),
                    "'osctl pool import %s' takes a pool in, 'osctl pool dataset ls %s' lists its datasets; with --optional a"
                                    .formatted(name.pool(), name.pool())
                            + " container starts without it",
                    e);
        }
    }

    private Work work(String pool) {
        Work work = works.get(pool);
        if (work == null) {
            pools.usable(pool);
            throw new BerthException(ErrorCode.WRONG_STATE, "pool '%s' is closed".formatted(pool));
        }
        return work;
    }

    private Locks.Held exclusively(DatasetName name, Caller caller) {
        pools.usable(name.pool());
        return locks.acquire(
                List.of(
                        LockRequest.shared(LockKey.Kind.POOL, name.pool()),
                        LockRequest.exclusive(LockKey.Kind.DATASET, name.toString())),
                caller.patience(),
                caller.actor().command(),
                caller.progress());
    }
}
