package berth.engine.host;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.container.Container;
import berth.engine.container.ContainerTrash;
import berth.engine.container.Containers;
import berth.engine.container.DatasetTrash;
import berth.engine.idmap.ChosenIds;
import berth.engine.idmap.NewUser;
import berth.engine.idmap.User;
import berth.engine.idmap.UserStores;
import berth.engine.idmap.Users;
import berth.engine.operation.Caller;
import berth.engine.operation.FailPoints;
import berth.engine.operation.LockKey;
import berth.engine.operation.LockRequest;
import berth.engine.operation.Locks;
import berth.engine.operation.OperationKind;
import berth.engine.operation.Operations;
import berth.engine.storage.Pool;
import berth.engine.storage.Pools;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Makes and deletes users by command. Safe for use by several threads. */
public final class UserAdministration {
    /** What is done in one pool, and the journal of it. */
    private record Work(OperationKind<User> creation, OperationKind<User> deletion, Operations operations) {}

    private final Pools pools;
    private final UserStores users;
    private final Containers containers;
    private final ContainerTrash trash;
    private final DatasetTrash datasetTrash;
    private final Locks locks;
    private final InstantSource clock;
    private final FailPoints failPoints;
    private final Map<String, Work> works = new ConcurrentHashMap<>();

    public UserAdministration(
            Pools pools,
            UserStores users,
            Containers containers,
            ContainerTrash trash,
            DatasetTrash datasetTrash,
            Locks locks,
            InstantSource clock,
            FailPoints failPoints) {
        this.pools = pools;
        this.users = users;
        this.containers = containers;
        this.trash = trash;
        this.datasetTrash = datasetTrash;
        this.locks = locks;
        this.clock = clock;
        this.failPoints = failPoints;
    }

    /** Makes the user that {@code wish} describes, as a whole or not at all. */
    public User create(String pool, NewUser wish, Caller caller) {
        pools.usable(pool);
        try (Locks.Held _ = lock(pool, wish.name(), caller)) {
            return ChosenIds.claimed(() -> create(users.of(pool), wish, work(pool), caller));
        }
    }

    private static User create(Users all, NewUser wish, Work work, Caller caller) {
        User user = all.plan(wish);
        try {
            work.operations().run(work.creation(), user, caller.actor(), caller.progress());
        } catch (RuntimeException e) {
            all.release(user);
            throw e;
        }
        return user;
    }

    /** Deletes a user without containers. */
    public void delete(String pool, String name, Caller caller) {
        pools.usable(pool).reserve().lend();
        try (Locks.Held _ = lock(pool, name, caller)) {
            Users all = users.of(pool);
            User user = all.get(name);
            all.requireUnused(user, u -> containersOf(pool, u.name()));
            requireNotInTrash(pool, name);
            Work work = work(pool);
            work.operations().run(work.deletion(), user, caller.actor(), caller.progress());
        }
    }

    private void requireNotInTrash(String pool, String user) {
        List<String> keys = new ArrayList<>(trash.keys(pool, s -> s.user().equals(user)));
        keys.addAll(datasetTrash.keys(pool, user));
        if (!keys.isEmpty()) {
            throw new BerthException(
                    ErrorCode.IN_USE,
                    "things in the trash have the ids of user '%s': %s".formatted(user, String.join(", ", keys)),
                    "delete them for good with 'osctl trash prune %s', or bring them back with 'osctl trash restore'"
                            .formatted(String.join(" ", keys)));
        }
    }

    /** Completes or undoes what a former daemon left unfinished in {@code pool}, whose users are loaded. */
    void open(Pool pool) {
        Users all = users.of(pool.name());
        OperationKind<User> creation = all.creation();
        OperationKind<User> deletion = all.deletion();
        Operations operations =
                new Operations(pool.journal().resolve("user"), List.of(creation, deletion), clock, failPoints);
        operations.recover();
        works.put(pool.name(), new Work(creation, deletion, operations));
    }

    /** Makes and deletes no users of {@code pool} any more. */
    void close(String pool) {
        works.remove(pool);
    }

    private Work work(String pool) {
        Work work = works.get(pool);
        if (work == null) {
            throw new BerthException(ErrorCode.WRONG_STATE, "pool '%s' is closed".formatted(pool));
        }
        return work;
    }

    private List<String> containersOf(String pool, String user) {
        return containers.of(pool).stream()
                .filter(c -> c.spec().user().equals(user))
                .map(Container::name)
                .toList();
    }

    private Locks.Held lock(String pool, String user, Caller caller) {
        return locks.acquire(
                List.of(
                        LockRequest.shared(LockKey.Kind.POOL, pool),
                        LockRequest.exclusive(LockKey.Kind.USER, pool + ":" + user)),
                caller.patience(),
                caller.actor().command(),
                caller.progress());
    }
}
