package berth.engine.idmap;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.operation.OperationKind;
import berth.engine.operation.Progress;
import berth.engine.operation.Step;
import berth.engine.store.Broken;
import berth.engine.store.Contents;
import berth.engine.store.ObjectStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The users of a pool.
 *
 * <p>To make one is an operation: {@link #plan} decides, and holds the ids; {@link #creation} or, as part of a larger operation,
 * {@link #createSteps} does it. Whoever plans either runs the steps or calls {@link #release}. Safe for use by several threads, as
 * long as each holds the lock of the user that it changes.
 */
public final class Users {
    private static final Logger LOG = LoggerFactory.getLogger(Users.class);

    private final String instance;
    private final String pool;
    private final ObjectStore<User> store;
    private final UserIds ids;
    private final SystemAccounts accounts;
    private final Map<String, User> users = new ConcurrentSkipListMap<>();
    private final Map<String, Broken> unusable = new ConcurrentHashMap<>();
    /** Those some of whose ids somebody else has, whether they can be used nevertheless or not. */
    private final Map<String, User> displaced = new ConcurrentHashMap<>();
    /** Names of users that are planned but not there yet. */
    private final Set<String> planned = ConcurrentHashMap.newKeySet();

    /** @param conf the pool's {@code conf} directory */
    Users(String instance, String pool, Path conf, UserIds ids, SystemAccounts accounts) {
        this.instance = instance;
        this.pool = pool;
        this.store = new ObjectStore<>(conf.resolve("user"), User.class, User::name);
        this.ids = ids;
        this.accounts = accounts;
    }

    /**
     * Reads what is on disk; the ranges must be loaded. A user whose ids belong to another one, as happens when a pool comes from
     * another host, is reported and left out; its file stays. System accounts are not touched: see {@link #accounts} and
     * {@link SystemAccounts#apply}.
     */
    public List<Broken> load() {
        Contents<User> contents = store.load();
        List<Broken> broken = new ArrayList<>(contents.broken());
        for (User user : contents.objects()) {
            try {
                restore(user);
                users.put(user.name(), user);
            } catch (BerthException e) {
                LOG.warn("User '{}' is left out: {}", ids.holder(user.name()), e.getMessage());
                displaced.put(user.name(), user);
                // Its containers may run.
                ids.keep(user);
                unusable.put(user.name(), new Broken(user.name(), e.getMessage(), store.directory()));
            }
        }
        broken.addAll(unusable.values());
        return List.copyOf(broken);
    }

    private void restore(User user) {
        ids.restore(user).forEach(c -> {
            displaced.put(user.name(), user);
            LOG.warn(
                    "User '{}' shares {} with {}, who can interfere with its containers",
                    ids.holder(user.name()),
                    c.ids(),
                    c.holder());
        });
    }

    /** Every user, by name. */
    public List<User> list() {
        return List.copyOf(users.values());
    }

    /** The user {@code name}, if there is one. */
    public Optional<User> find(String name) {
        return Optional.ofNullable(users.get(name));
    }

    /** As {@link #find}, also one that cannot be used: what has its ids runs with them. */
    public Optional<User> known(String name) {
        return find(name).or(() -> Optional.ofNullable(displaced.get(name)));
    }

    /** The user {@code name}. @throws BerthException NOT_FOUND, or WRONG_STATE if it was left out by {@link #load} */
    public User get(String name) {
        Broken reason = unusable.get(name);
        if (reason != null) {
            throw new BerthException(
                    ErrorCode.WRONG_STATE,
                    "user '%s' cannot be used: %s".formatted(name, reason.reason()),
                    "import the pool again, which gives it other ids: 'osctl pool export %1$s', 'osctl pool import %1$s'"
                            .formatted(pool));
        }
        return find(name)
                .orElseThrow(() -> new BerthException(
                        ErrorCode.NOT_FOUND,
                        "pool '%s' has no user '%s'".formatted(pool, name),
                        "'osctl user ls' shows those there are"));
    }

    /** The system account of {@code user}. */
    public Account account(User user) {
        return new Account(Account.nameOf(instance, pool, user.name()), user.ugid(), user.uidMap(), user.gidMap());
    }

    /** The names that the accounts of all users have that are on disk, readable or not. */
    List<String> accountNames() {
        return store.ids().stream()
                .map(name -> Account.nameOf(instance, pool, name))
                .toList();
    }

    /** The system accounts that all users of the pool need; of one that cannot be used the account that it has here already. */
    public List<Account> accounts() {
        return Stream.concat(users.values().stream(), unusable().stream().filter(this::isRegistered))
                .map(this::account)
                .toList();
    }

    /** Whether the system account of {@code user} exists. */
    public boolean isRegistered(User user) {
        return accounts.names().contains(account(user).name());
    }

    /**
     * Decides what the new user is like and holds its ids, in memory only.
     *
     * @throws BerthException EXISTS; IN_USE if ids that were asked for belong to somebody else; EXHAUSTED if none are free
     */
    public User plan(NewUser wish) {
        User.requireName(wish.name());
        if (!take(wish.name())) {
            throw new BerthException(
                    ErrorCode.EXISTS,
                    "pool '%s' already has a user '%s'".formatted(pool, wish.name()),
                    "choose another name");
        }
        return decide(wish);
    }

    /**
     * {@link #plan} of a user for container {@code id} alone: with a block of its own, named like the container or, where that name
     * is taken, with a number behind it.
     */
    public User planOwned(String id) {
        String base = id.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]", "-");
        String name = base;
        User.requireName(name);
        for (int n = 2; !take(name); n++) {
            name = base + "-" + n;
        }
        return decide(NewUser.named(name).withItsContainers());
    }

    /** Lets go of what {@link #plan} holds. A user that exists keeps what it has. */
    public void release(User user) {
        if (!users.containsKey(user.name())) {
            ids.free(user.name());
            planned.remove(user.name());
        }
    }

    /** Refuses to go on if {@code user} has containers. @throws BerthException IN_USE, naming them */
    public void requireUnused(User user, Function<User, ? extends Collection<String>> containersOf) {
        Collection<String> containers = containersOf.apply(user);
        if (!containers.isEmpty()) {
            throw new BerthException(
                    ErrorCode.IN_USE,
                    "user '%s' still has containers: %s".formatted(user.name(), String.join(", ", containers)),
                    "delete them first");
        }
    }

    /** Frees the blocks that were allocated to {@code owner} by hand. @throws BerthException IN_USE if a user has them */
    public void freeBlocks(String owner) {
        if (users.containsKey(owner) || planned.contains(owner) || unusable.containsKey(owner)) {
            throw new BerthException(
                    ErrorCode.IN_USE,
                    "the blocks of '%s' are those of the user".formatted(owner),
                    "delete the user instead");
        }
        ids.free(owner);
    }

    /** What makes a planned user, to stand before the commit of an operation. */
    public List<Step> createSteps(User user) {
        return List.of(
                Step.of("reserve ids", () -> ids.reserve(user), () -> release(user)),
                Step.of("add system account", () -> register(user), () -> unregister(user)),
                Step.of("write user", () -> save(user), () -> forget(user)));
    }

    /** What deletes a user, to stand after the commit of an operation. */
    public List<Step> deleteSteps(User user) {
        return List.of(
                Step.then("remove user", () -> forget(user)),
                Step.then("remove system account", () -> unregister(user)),
                Step.then("release ids", () -> release(user)));
    }

    /** The operation {@code user new}. */
    public OperationKind<User> creation() {
        return new Kind(
                "user new",
                user -> List.of(
                        Step.of("reserve ids", () -> ids.reserve(user), () -> release(user)),
                        Step.of("add system account", () -> register(user), () -> unregister(user)),
                        Step.commit("write user", () -> save(user), () -> forget(user))));
    }

    /** The operation {@code user del}. */
    public OperationKind<User> deletion() {
        return new Kind(
                "user del",
                user -> List.of(
                        Step.commit("remove user", () -> forget(user)),
                        Step.then("remove system account", () -> unregister(user)),
                        Step.then("release ids", () -> release(user))));
    }

    private final class Kind implements OperationKind<User> {
        private final String name;
        private final Function<User, List<Step>> steps;

        private Kind(String name, Function<User, List<Step>> steps) {
            this.name = name;
            this.steps = steps;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Class<User> planType() {
            return User.class;
        }

        @Override
        public String subject(User user) {
            return "user '" + ids.holder(user.name()) + "'";
        }

        @Override
        public List<Step> steps(User user, Progress progress) {
            return steps.apply(user);
        }
    }

    /** Those some of whose ids somebody else has. */
    List<User> displaced() {
        return List.copyOf(displaced.values());
    }

    /** Those of them that cannot be used. */
    List<User> unusable() {
        return displaced.values().stream()
                .filter(u -> unusable.containsKey(u.name()))
                .toList();
    }

    /** Writes a user in place of what it was. */
    void replace(User user) {
        store.save(user);
        users.put(user.name(), user);
        unusable.remove(user.name());
        displaced.remove(user.name());
    }

    /** Writes the file of a user; in memory it is what it was. */
    void rewrite(User user) {
        store.save(user);
    }

    private void register(User user) {
        accounts.add(account(user));
    }

    private void unregister(User user) {
        accounts.remove(account(user).name());
    }

    private void save(User user) {
        store.save(user);
        users.put(user.name(), user);
        planned.remove(user.name());
    }

    private void forget(User user) {
        store.remove(user.name());
        users.remove(user.name());
    }

    private boolean take(String name) {
        if (!planned.add(name)) {
            return false;
        }
        if (users.containsKey(name) || unusable.containsKey(name)) {
            planned.remove(name);
            return false;
        }
        return true;
    }

    private User decide(NewUser wish) {
        try {
            return ids.choose(wish);
        } catch (RuntimeException e) {
            planned.remove(wish.name());
            throw e;
        }
    }
}
