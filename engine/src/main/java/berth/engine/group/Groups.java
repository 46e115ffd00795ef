package berth.engine.group;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.operation.Progress;
import berth.engine.store.ObjectStore;
import berth.engine.store.PerPool;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * The groups of every open pool. {@code /} and {@code /default} always exist. Safe for use by several threads; a group is
 * changed only under its lock.
 */
public final class Groups {
    private record Open(
            ObjectStore<GroupSpec> store,
            NavigableMap<String, Group> byPath,
            Map<String, GroupSpec> specs,
            ReentrantLock changing) {}

    private final PerPool<Open> pools = new PerPool<>();

    /** Reads the groups of {@code pool} from {@code directory}; a broken file costs its group only. */
    public void open(String pool, Path directory) {
        ObjectStore<GroupSpec> store = new ObjectStore<>(directory, GroupSpec.class, GroupSpec::path);
        NavigableMap<String, Group> groups = new ConcurrentSkipListMap<>();
        Map<String, GroupSpec> specs = new ConcurrentHashMap<>();
        for (GroupSpec spec : store.load().objects()) {
            groups.put(spec.path(), new Group(pool, spec.path()));
            specs.put(spec.path(), spec);
        }
        groups.computeIfAbsent(Group.ROOT, p -> new Group(pool, p));
        groups.computeIfAbsent(Group.DEFAULT, p -> new Group(pool, p));
        pools.open(pool, new Open(store, groups, specs, new ReentrantLock()));
    }

    /** Forgets the groups of {@code pool}. */
    public void close(String pool) {
        pools.close(pool);
    }

    /** Every group of every open pool, parents before their children. */
    public List<Group> all() {
        return pools.all().values().stream()
                .flatMap(p -> p.byPath().values().stream())
                .sorted()
                .toList();
    }

    /** The groups of one pool, parents before their children. */
    public List<Group> of(String pool) {
        return List.copyOf(pools.of(pool).byPath().values());
    }

    /** The group {@code path} of {@code pool}, if it exists. */
    public Optional<Group> find(String pool, String path) {
        return Optional.ofNullable(pools.of(pool).byPath().get(path));
    }

    /** The group {@code path} of {@code pool}. @throws BerthException NOT_FOUND */
    public Group get(String pool, String path) {
        return find(pool, path)
                .orElseThrow(() -> new BerthException(
                        ErrorCode.NOT_FOUND,
                        "there is no group '%s' in pool '%s'".formatted(path, pool),
                        "'osctl group ls' lists the groups, 'osctl group new %s' makes one"
                                .formatted(path.startsWith("/") ? path : "/" + path)));
    }

    /** {@code path} if {@code pool} has such a group, otherwise the default one, of which {@code progress} is warned. */
    public String orDefault(String pool, String path, Progress progress) {
        if (find(pool, path).isPresent()) {
            return path;
        }
        progress.warn("there is no group '%s': it is in %s".formatted(path, Group.DEFAULT));
        return Group.DEFAULT;
    }

    /** Makes a group; its parent must exist. */
    public Group create(String pool, String path) {
        Group group = new Group(pool, path);
        Open open = pools.of(pool);
        if (open.byPath().containsKey(path)) {
            throw new BerthException(ErrorCode.EXISTS, "group '%s' exists already".formatted(path));
        }
        group.parent().filter(p -> !open.byPath().containsKey(p.path())).ifPresent(p -> {
            throw new BerthException(
                    ErrorCode.NOT_FOUND,
                    "group '%s' has no parent '%s'".formatted(path, p.path()),
                    "add --parents to make it too");
        });
        open.store().save(GroupSpec.of(path));
        open.byPath().put(path, group);
        return group;
    }

    /** What {@code group} is; one that limits nothing if it does not exist any more. */
    public GroupSpec spec(Group group) {
        return pools.find(group.pool())
                .map(o -> o.specs().get(group.path()))
                .orElseGet(() -> GroupSpec.of(group.path()));
    }

    /** Changes what {@code group} is. Different settings of one group may be changed under different locks. */
    public void change(Group group, UnaryOperator<GroupSpec> change) {
        Open open = pools.of(group.pool());
        // One for each pool: where one hangs, others go on.
        open.changing().lock();
        try {
            get(group.pool(), group.path());
            GroupSpec next = change.apply(spec(group));
            open.store().save(next);
            open.specs().put(group.path(), next);
        } finally {
            open.changing().unlock();
        }
    }

    /** The groups that {@code group} lies in, from the root group on, and itself last. */
    public static List<Group> chain(Group group) {
        List<Group> chain = new ArrayList<>();
        for (Optional<Group> next = Optional.of(group);
                next.isPresent();
                next = next.get().parent()) {
            chain.addFirst(next.get());
        }
        return chain;
    }

    /** The groups that lie in {@code group}, parents before their children. */
    public List<Group> beneath(Group group) {
        String prefix = group.path().equals(Group.ROOT) ? Group.ROOT : group.path() + "/";
        return of(group.pool()).stream()
                .filter(g -> g.path().startsWith(prefix) && !g.equals(group))
                .toList();
    }

    /** As {@link #create}, with every missing parent. */
    public Group createWithParents(String pool, String path) {
        Group group = new Group(pool, path);
        group.parent().filter(p -> find(pool, p.path()).isEmpty()).ifPresent(p -> createWithParents(pool, p.path()));
        return create(pool, path);
    }

    /**
     * Removes a group without children.
     *
     * @param containersOf the names of the containers in a group
     * @throws BerthException IN_USE if it has children, or containers, which are named
     */
    public void delete(String pool, String path, Function<Group, List<String>> containersOf) {
        Group group = get(pool, path);
        if (path.equals(Group.ROOT) || path.equals(Group.DEFAULT)) {
            throw new BerthException(ErrorCode.INVALID, "group '%s' is built in and stays".formatted(path));
        }
        String child = pools.of(pool).byPath().higherKey(path + "/");
        if (child != null && child.startsWith(path + "/")) {
            throw new BerthException(
                    ErrorCode.IN_USE, "group '%s' holds group '%s'".formatted(path, child), "delete that one first");
        }
        List<String> containers = containersOf.apply(group);
        if (!containers.isEmpty()) {
            throw new BerthException(
                    ErrorCode.IN_USE,
                    "group '%s' still has containers: %s".formatted(path, String.join(", ", containers)),
                    "delete them first");
        }
        pools.of(pool).store().remove(path);
        pools.of(pool).byPath().remove(path);
        pools.of(pool).specs().remove(path);
    }
}
