package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.operation.Caller;
import berth.engine.operation.LockKey;
import berth.engine.operation.LockRequest;
import berth.engine.operation.Locks;
import berth.engine.storage.Pool;
import berth.engine.store.Broken;
import berth.engine.store.Change;
import berth.engine.store.PerPool;
import berth.engine.store.Revision;
import berth.engine.store.VersionedStore;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The containers of every open pool, and changes of what they are. Safe for use by several threads.
 *
 * <p>What they do is {@link ContainerRunner}'s, that they come and go {@link ContainerFactory}'s.
 */
public final class Containers {
    private record Open(VersionedStore<ContainerSpec> store, Map<String, Container> byName) {}

    private final Locks locks;
    private final InstantSource clock;
    private final ManagedPorts ports;
    private final Departures departures;
    private final PerPool<Open> pools = new PerPool<>();

    Containers(Locks locks, InstantSource clock, ManagedPorts ports, Departures departures) {
        this.locks = locks;
        this.clock = clock;
        this.ports = ports;
        this.departures = departures;
    }

    /** Reads the containers of {@code pool}; a broken file costs its container only. Returns what was set aside. */
    public List<Broken> open(Pool pool) {
        VersionedStore<ContainerSpec> store =
                new VersionedStore<>(pool.configuration("ct"), ContainerSpec.class, ContainerSpec::id);
        Map<String, Container> containers = new ConcurrentSkipListMap<>();
        var contents = store.load();
        for (Revision<ContainerSpec> revision : contents.objects()) {
            containers.put(revision.value().id(), new Container(pool, revision));
        }
        pools.open(pool.name(), new Open(store, containers));
        departures.open(pool);
        containers.values().forEach(c -> ports.settle(c.id(), c.spec().netifs()));
        return contents.broken();
    }

    /** Forgets the containers of {@code pool}, none of which may run. */
    public void close(String pool) {
        of(pool).forEach(c -> ports.settle(c.id(), List.of()));
        departures.close(pool);
        pools.close(pool);
    }

    /** Every container of every open pool, by pool and name. */
    public List<Container> all() {
        List<Container> all = new ArrayList<>();
        pools.all().values().forEach(p -> all.addAll(p.byName().values()));
        return all;
    }

    /** The containers of one pool, by name. */
    public List<Container> of(String pool) {
        return pools.find(pool).map(o -> List.copyOf(o.byName().values())).orElseGet(List::of);
    }

    /** Whether {@code container} leaves for another pool or came from one, and that pool has to come back for the move to be over. */
    public boolean isMoving(Container container) {
        return departures.has(container.id());
    }

    /** The names of containers of one pool whose files cannot be read: what they are is not known, that they are is. */
    public Set<String> unreadable(String pool) {
        Open open = pools.of(pool);
        Set<String> names = new TreeSet<>(open.store().ids());
        names.removeAll(open.byName().keySet());
        return names;
    }

    /** The container {@code id}, if it exists. */
    public Optional<Container> find(ContainerId id) {
        return pools.find(id.pool()).map(o -> o.byName().get(id.name()));
    }

    /**
     * Refuses an id that a container has, also one whose file cannot be read: what it stands on is recorded by its id.
     *
     * @param otherwise what to do instead
     * @throws BerthException EXISTS
     */
    void requireFree(ContainerId id, String otherwise) {
        String taken = "container '%s' exists already in pool '%s'".formatted(id.name(), id.pool());
        if (find(id).isPresent()) {
            throw new BerthException(ErrorCode.EXISTS, taken, otherwise);
        }
        pools.of(id.pool()).store().file(id.name()).ifPresent(file -> {
            throw new BerthException(
                    ErrorCode.EXISTS,
                    taken + ", but its file cannot be read",
                    "mend %s and start osctld again; or %s".formatted(file, otherwise));
        });
    }

    /** The container {@code id}. @throws BerthException NOT_FOUND */
    Container existing(ContainerId id) {
        return find(id).orElseThrow(
                        () -> new BerthException(ErrorCode.NOT_FOUND, "there is no container '%s'".formatted(id)));
    }

    /** The names of all containers of one pool, also of those whose files cannot be read. */
    Set<String> names(String pool) {
        Open open = pools.of(pool);
        Set<String> names = new TreeSet<>(open.store().ids());
        // One by one: TreeSet.addAll breaks off where a sorted set shrinks meanwhile.
        open.byName().keySet().forEach(names::add);
        return names;
    }

    /**
     * The container that a user means by {@code text}: {@code pool:id}, or {@code id} if only one pool has such a one.
     *
     * @throws BerthException NOT_FOUND; INVALID if several pools have it
     */
    public Container get(String text) {
        int colon = text.indexOf(':');
        String name = text.substring(colon + 1);
        List<Container> found = pools.all().entrySet().stream()
                .filter(p -> colon < 0 || p.getKey().equals(text.substring(0, colon)))
                .map(p -> Optional.ofNullable(p.getValue().byName().get(name)))
                .flatMap(Optional::stream)
                .toList();
        if (found.size() > 1) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "several pools have a container '%s'".formatted(name),
                    "name one of them: "
                            + String.join(
                                    ", ",
                                    found.stream().map(c -> c.id().toString()).toList()));
        }
        if (found.isEmpty()) {
            throw new BerthException(
                    ErrorCode.NOT_FOUND,
                    "there is no container '%s'".formatted(text),
                    "'osctl ct ls' lists the containers");
        }
        return found.getFirst();
    }

    /** Changes what {@code container} is; the former state stays in its history. */
    public void change(Container container, Caller caller, UnaryOperator<ContainerSpec> change) {
        locked(container, caller, () -> save(container, change.apply(container.spec()), caller));
    }

    /** Runs {@code work} while nobody else changes, starts or stops {@code container}. */
    void locked(Container container, Caller caller, Runnable work) {
        locked(container, caller, () -> {
            work.run();
            return container;
        });
    }

    /** As {@link #locked(Container, Caller, Runnable)}, with what {@code work} returns. */
    <T> T locked(Container container, Caller caller, Supplier<T> work) {
        try (Locks.Held _ = locks.acquire(
                List.of(LockRequest.shared(LockKey.Kind.POOL, container.id().pool()), exclusive(container.id())),
                caller.patience(),
                caller.actor().command())) {
            current(container);
            return work.get();
        }
    }

    /** The revisions of {@code container} that are kept, the newest first. */
    public List<Revision<ContainerSpec>> history(Container container) {
        return pools.of(container.id().pool()).store().history(container.name());
    }

    /** Revision {@code number} of {@code container}. @throws BerthException NOT_FOUND if it is not kept */
    public Revision<ContainerSpec> revision(Container container, int number) {
        return pools.of(container.id().pool())
                .store()
                .get(container.name(), number)
                .orElseThrow(() -> new BerthException(
                        ErrorCode.NOT_FOUND,
                        "container '%s' has no revision %d".formatted(container.name(), number),
                        "'osctl ct history %s' lists the revisions that are kept".formatted(container.name())));
    }

    /** The lock that whoever changes or runs the container {@code id} must hold. */
    static LockRequest exclusive(ContainerId id) {
        return exclusive(id.pool(), id.name());
    }

    /** As {@link #exclusive(ContainerId)}; one in the trash has a name that no other has. */
    static LockRequest exclusive(String pool, String name) {
        return LockRequest.exclusive(LockKey.Kind.CONTAINER, pool + ":" + name);
    }

    /** What operations on that container are about: see {@link berth.engine.operation.OperationKind#subject}. */
    static String subject(String pool, String name) {
        return exclusive(pool, name).key().toString();
    }

    /** Fails if {@code container} was deleted while its lock was awaited. */
    void current(Container container) {
        if (find(container.id()).orElse(null) != container) {
            throw new BerthException(
                    ErrorCode.NOT_FOUND, "container '%s' has been deleted meanwhile".formatted(container.name()));
        }
    }

    /** Writes {@code spec} as the new revision. */
    void save(Container container, ContainerSpec spec, Caller caller) {
        save(container, spec, caller.actor().user(), caller.actor().command());
    }

    /** Writes {@code spec} as the new revision, on account of {@code user}, who called {@code command}. */
    void save(Container container, ContainerSpec spec, String user, String command) {
        container.revise(write(spec, container.id().pool(), user, command));
        ports.settle(container.id(), spec.netifs());
    }

    /** Makes {@code spec} exist on disk and in memory. May be repeated. */
    Container add(Pool pool, ContainerSpec spec, String user, String command) {
        Revision<ContainerSpec> revision = write(spec, pool.name(), user, command);
        ports.settle(new ContainerId(pool.name(), spec.id()), spec.netifs());
        return pools.of(pool.name()).byName().computeIfAbsent(spec.id(), n -> new Container(pool, revision));
    }

    /** Makes the container that {@code revisions}, the newest first, describe exist on disk and in memory. May be repeated. */
    void adopt(Pool pool, List<Revision<ContainerSpec>> revisions) {
        ContainerSpec spec = revisions.getFirst().value();
        pools.of(pool.name()).store().adopt(revisions);
        ports.settle(new ContainerId(pool.name(), spec.id()), spec.netifs());
        pools.of(pool.name()).byName().computeIfAbsent(spec.id(), n -> new Container(pool, revisions.getFirst()));
    }

    /** The networks know of no interface of {@code id} until {@link #connect}, so that another container can have them. */
    void disconnect(ContainerId id) {
        ports.settle(id, List.of());
    }

    /** The networks know of the interfaces of {@code id} again. */
    void connect(ContainerId id) {
        find(id).ifPresent(c -> ports.settle(id, c.spec().netifs()));
    }

    /** Forgets the container on disk and in memory. May be repeated. */
    void remove(ContainerId id) {
        Open open = pools.of(id.pool());
        open.store().remove(id.name());
        open.byName().remove(id.name());
        departures.gone(id);
        ports.settle(id, List.of());
    }

    private Revision<ContainerSpec> write(ContainerSpec spec, String pool, String user, String command) {
        return pools.of(pool).store().save(spec, new Change(clock.instant(), user, command));
    }
}
