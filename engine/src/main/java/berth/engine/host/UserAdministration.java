package berth.engine.host;

import berth.engine.container.Container;
import berth.engine.container.Containers;
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
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/** Makes and deletes users by command. Safe for use by several threads. */
public final class UserAdministration {
    private final Pools pools;
    private final UserStores users;
    private final Containers containers;
    private final Locks locks;
    private final InstantSource clock;
    private final FailPoints failPoints;

    public UserAdministration(
            Pools pools,
            UserStores users,
            Containers containers,
            Locks locks,
            InstantSource clock,
            FailPoints failPoints) {
        this.pools = pools;
        this.users = users;
        this.containers = containers;
        this.locks = locks;
        this.clock = clock;
        this.failPoints = failPoints;
    }

    /** Makes the user that {@code wish} describes, as a whole or not at all. */
    public User create(String pool, NewUser wish, Caller caller) {
        Pool usable = pools.usable(pool);
        try (Locks.Held _ = lock(pool, wish.name(), caller)) {
            Users all = users.of(pool);
            User user = all.plan(wish);
            var creation = all.creation();
            try {
                operations(usable, creation).run(creation, user, caller.actor(), caller.progress());
            } catch (RuntimeException e) {
                all.release(user);
                throw e;
            }
            return user;
        }
    }

    /** Deletes a user without containers. */
    public void delete(String pool, String name, Caller caller) {
        Pool usable = pools.usable(pool);
        try (Locks.Held _ = lock(pool, name, caller)) {
            Users all = users.of(pool);
            User user = all.get(name);
            all.requireUnused(user, u -> containersOf(pool, u.name()));
            var deletion = all.deletion();
            operations(usable, deletion).run(deletion, user, caller.actor(), caller.progress());
        }
    }

    /** Completes or undoes what a former daemon left unfinished. The users of {@code pool} are loaded. */
    void recover(Pool pool) {
        Users all = users.of(pool.name());
        new Operations(journal(pool), List.of(all.creation(), all.deletion()), clock, failPoints).recover();
    }

    private Operations operations(Pool pool, OperationKind<User> kind) {
        return new Operations(journal(pool), List.of(kind), clock, failPoints);
    }

    private static Path journal(Pool pool) {
        return pool.journal().resolve("user");
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
