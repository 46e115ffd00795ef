package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.group.Groups;
import berth.engine.idmap.User;
import berth.engine.idmap.UserStores;
import berth.engine.image.ImageStores;
import berth.engine.network.Netif;
import berth.engine.operation.Caller;
import berth.engine.operation.LockKey;
import berth.engine.operation.LockRequest;
import berth.engine.operation.Locks;
import berth.engine.storage.Dataset;
import berth.engine.storage.Datasets;
import berth.engine.storage.Pool;
import berth.engine.store.Change;
import berth.engine.store.Revision;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Containers that were deleted and can be brought back, with their files, snapshots, settings, history and logs. Their users,
 * and so their ids, stay theirs. Safe for use by several threads.
 */
public final class ContainerTrash {
    private final UserStores users;
    private final Groups groups;
    private final ImageStores images;
    private final Containers containers;
    private final TrashShelf shelf;
    private final Datasets datasets;
    private final DatasetTrash datasetTrash;
    private final ContainerNetwork network;
    private final Locks locks;
    private final InstantSource clock;
    private final PoolOperations operations;
    private final Kinds kinds;
    private final SecureRandom random = new SecureRandom();

    /** The operations it consists of. */
    record Kinds(MoveKind put, MoveKind restore, DeleteKind delete) {}

    ContainerTrash(
            UserStores users,
            Groups groups,
            ImageStores images,
            Containers containers,
            TrashShelf shelf,
            Datasets datasets,
            DatasetTrash datasetTrash,
            ContainerNetwork network,
            Locks locks,
            InstantSource clock,
            PoolOperations operations,
            Kinds kinds) {
        this.users = users;
        this.groups = groups;
        this.images = images;
        this.containers = containers;
        this.shelf = shelf;
        this.datasets = datasets;
        this.datasetTrash = datasetTrash;
        this.network = network;
        this.locks = locks;
        this.clock = clock;
        this.operations = operations;
        this.kinds = kinds;
    }

    /** Reads what is in the trash of {@code pool}. */
    public void open(Pool pool) {
        shelf.open(pool);
    }

    /** Forgets the trash of {@code pool}. */
    public void close(String pool) {
        shelf.close(pool);
    }

    /** What is in the trash of {@code pool}. */
    public List<Trashed> of(String pool) {
        return shelf.of(pool);
    }

    /** The keys of those in the trash of {@code pool} whose specification is such. */
    public List<String> keys(String pool, Predicate<ContainerSpec> such) {
        return of(pool).stream()
                .filter(t -> such.test(t.spec()))
                .map(Trashed::key)
                .toList();
    }

    /**
     * Brings a container back. What of its interfaces others have meanwhile is left out, of which the caller is warned.
     *
     * @param id what it is called from now on
     * @throws BerthException EXISTS if there is one of that id; NOT_FOUND if its user, group or image is gone. It stays in the
     *     trash then
     */
    public Container restore(Trashed trashed, String id, Caller caller) {
        ContainerId target = new ContainerId(trashed.pool().name(), id);
        ContainerSpec spec = trashed.spec();
        try (Locks.Held _ = locks.acquire(
                List.of(
                        LockRequest.shared(LockKey.Kind.POOL, target.pool()),
                        LockRequest.shared(LockKey.Kind.USER, target.pool() + ":" + spec.user()),
                        LockRequest.shared(LockKey.Kind.GROUP, target.pool() + ":" + spec.group()),
                        LockRequest.shared(LockKey.Kind.IMAGE, target.pool() + ":" + spec.image()),
                        Containers.exclusive(target),
                        Containers.exclusive(target.pool(), trashed.key())),
                caller.patience(),
                caller.actor().command(),
                caller.progress())) {
            current(trashed);
            containers.requireFree(target, "give another id with --as");
            users.of(target.pool()).get(spec.user());
            groups.get(target.pool(), spec.group());
            images.of(target.pool()).get(spec.image());
            Dataset dataset = datasets.of(target.pool(), trashed.key()).ownedBy(id);
            List<Netif> netifs = network.claim(target, spec.netifs(), caller.progress());
            try {
                run(
                        kinds.restore(),
                        new MoveKind.Plan(
                                target.pool(),
                                MoveKind.Spot.trash(trashed.key()),
                                MoveKind.Spot.container(id),
                                MoveKind.revisions(
                                        spec.withId(id).withNetifs(netifs),
                                        shelf.history(target.pool(), trashed.key()),
                                        change(caller)),
                                dataset),
                        caller);
            } catch (RuntimeException e) {
                network.dismiss(target);
                throw e;
            }
            return containers.existing(target);
        }
    }

    /** Deletes it for good. */
    public void delete(Trashed trashed, Caller caller) {
        String pool = trashed.pool().name();
        try (Locks.Held _ = locks.acquire(
                List.of(
                        LockRequest.shared(LockKey.Kind.POOL, pool),
                        LockRequest.exclusive(
                                LockKey.Kind.USER, pool + ":" + trashed.spec().user()),
                        Containers.exclusive(pool, trashed.key())),
                caller.patience(),
                caller.actor().command(),
                caller.progress())) {
            current(trashed);
            deleteHeld(pool, MoveKind.Spot.trash(trashed.key()), trashed.spec().user(), caller);
        }
    }

    /** Puts a stopped container there, whose lock the caller holds. */
    void putHeld(Container container, Caller caller) {
        operations
                .freeing(container.id().pool())
                .run(kinds.put(), put(container, caller), caller.actor(), caller.progress());
    }

    /** How a stopped container goes that another takes the place of. */
    Retirement.Former retirement(Container container, Deletion.Fate fate, Caller caller) {
        String pool = container.id().pool();
        boolean kept = fate == Deletion.Fate.TRASH;
        return new Retirement.Former(
                pool,
                container.name(),
                kept ? Optional.of(put(container, caller)) : Optional.empty(),
                kept
                        ? Optional.empty()
                        : Optional.of(deletion(
                                pool,
                                MoveKind.Spot.container(container.name()),
                                // What else in the trash has its ids keeps it.
                                lastUser(pool, container.spec().user())
                                        .filter(u -> datasetTrash
                                                .keys(pool, u.name())
                                                .isEmpty()))));
    }

    private MoveKind.Plan put(Container container, Caller caller) {
        ContainerId id = container.id();
        return put(id.pool(), containers.history(container), datasets.of(id.pool(), id.name()), change(caller));
    }

    /** How a stopped container goes there that was and is {@code history}, the newest first, and is made of {@code dataset}. */
    MoveKind.Plan put(String pool, List<Revision<ContainerSpec>> history, Dataset dataset, Change change) {
        ContainerSpec spec = history.getFirst().value();
        String key = Trashed.key(spec.id(), HexFormat.of().toHexDigits(random.nextInt()));
        return new MoveKind.Plan(
                pool,
                MoveKind.Spot.container(spec.id()),
                MoveKind.Spot.trash(key),
                MoveKind.revisions(spec.withId(key), history, change),
                dataset.ownedBy(key));
    }

    /** What {@code container} is and was, as it is kept under {@code key}: {@code last} first. */
    List<Revision<ContainerSpec>> revisions(Container container, ContainerSpec last, String key, Caller caller) {
        return MoveKind.revisions(last.withId(key), containers.history(container), change(caller));
    }

    /** Deletes one for good, with its user if that was made for it. The caller holds the locks of both. */
    void deleteHeld(String pool, MoveKind.Spot spot, String userName, Caller caller) {
        Optional<User> user = lastUser(pool, userName);
        if (user.isPresent()) {
            datasetTrash.deleteOwnedHeld(pool, spot.id(), userName, caller);
        }
        operations.freeing(pool).run(kinds.delete(), deletion(pool, spot, user), caller.actor(), caller.progress());
    }

    private DeleteKind.Plan deletion(String pool, MoveKind.Spot spot, Optional<User> user) {
        return new DeleteKind.Plan(pool, spot, datasets.of(pool, spot.id()).layers(), user);
    }

    /** The user {@code userName} if it was made for a container, of which there is one left. */
    private Optional<User> lastUser(String pool, String userName) {
        long uses = containers.of(pool).stream()
                        .filter(c -> c.spec().user().equals(userName))
                        .count()
                + keys(pool, s -> s.user().equals(userName)).size();
        // Gone already if somebody removed its file.
        return users.of(pool).find(userName).filter(u -> uses == 1 && !u.standalone());
    }

    private void run(MoveKind kind, MoveKind.Plan plan, Caller caller) {
        operations.of(plan.pool()).run(kind, plan, caller.actor(), caller.progress());
    }

    private Change change(Caller caller) {
        return new Change(clock.instant(), caller.actor().user(), caller.actor().command());
    }

    private void current(Trashed trashed) {
        if (shelf.find(trashed.pool().name(), trashed.key()).isEmpty()) {
            throw new BerthException(ErrorCode.NOT_FOUND, "'%s' is not in the trash any more".formatted(trashed.key()));
        }
    }
}
