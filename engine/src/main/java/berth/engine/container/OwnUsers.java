package berth.engine.container;

import berth.engine.idmap.ChosenIds;
import berth.engine.idmap.User;
import berth.engine.idmap.UserStores;
import berth.engine.idmap.Users;
import java.util.function.Consumer;

/** Users that are made together with a container, for it alone. Safe for use by several threads. */
final class OwnUsers {
    private final UserStores users;

    OwnUsers(UserStores users) {
        this.users = users;
    }

    /**
     * Has {@code making} make the container {@code id} of {@code pool} together with a user, whose ids it holds: they are free again if
     * that fails. It gets others if somebody takes those.
     *
     * @param making as what {@link ChosenIds} attempts
     */
    void withOne(String pool, String id, Consumer<User> making) {
        Users all = users.of(pool);
        ChosenIds.claimed(() -> {
            User own = all.planOwned(id);
            try {
                making.accept(own);
                return own;
            } catch (RuntimeException | Error e) {
                all.release(own);
                throw e;
            }
        });
    }
}
