package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.group.Group;
import berth.engine.group.Groups;
import berth.engine.idmap.User;
import berth.engine.idmap.UserStores;
import berth.engine.idmap.Users;
import berth.engine.image.Image;
import berth.engine.image.ImageStores;
import berth.engine.operation.Caller;
import berth.engine.operation.LockKey;
import berth.engine.operation.LockRequest;
import berth.engine.operation.Locks;
import berth.engine.operation.Recovered;
import berth.engine.storage.Dataset;
import berth.engine.storage.Datasets;
import berth.engine.storage.Layer;
import berth.engine.storage.Pool;
import berth.engine.storage.Pools;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Makes and deletes containers, each as a whole or not at all. Safe for use by several threads. */
public final class ContainerFactory {
    private static final String NO_USER_YET = "";

    private final Pools pools;
    private final UserStores users;
    private final OwnUsers ownUsers;
    private final Groups groups;
    private final ImageStores images;
    private final Containers containers;
    private final ContainerRunner runner;
    private final Locks locks;
    private final Datasets datasets;
    private final SnapshotMounts mounts;
    private final PoolOperations operations;
    private final CreateKind createKind;
    private final ContainerTrash trash;
    private final ContainerNetwork network;

    ContainerFactory(
            Pools pools,
            UserStores users,
            Groups groups,
            ImageStores images,
            Containers containers,
            ContainerRunner runner,
            Locks locks,
            Datasets datasets,
            SnapshotMounts mounts,
            PoolOperations operations,
            CreateKind createKind,
            ContainerTrash trash,
            ContainerNetwork network) {
        this.pools = pools;
        this.users = users;
        this.ownUsers = new OwnUsers(users);
        this.groups = groups;
        this.images = images;
        this.containers = containers;
        this.runner = runner;
        this.locks = locks;
        this.datasets = datasets;
        this.mounts = mounts;
        this.operations = operations;
        this.createKind = createKind;
        this.trash = trash;
        this.network = network;
    }

    /** Mends what a former daemon left unfinished in {@code pool}, whose other objects are loaded. */
    public List<Recovered> open(Pool pool) {
        return operations.open(pool);
    }

    /** Makes nothing in {@code pool} any more. */
    public void close(String pool) {
        operations.close(pool);
        containers.of(pool).forEach(mounts::unmountAll);
    }

    /** Makes a stopped container. On failure nothing of it is left. */
    public Container create(NewContainer wish, Caller caller) {
        return create(wish, UnaryOperator.identity(), caller);
    }

    /**
     * As {@link #create(NewContainer, Caller)}, with further settings. Of its interfaces those that it cannot have are left out, of
     * which the caller is warned.
     *
     * @param further makes what it is to be of what {@code wish} says
     */
    Container create(NewContainer wish, UnaryOperator<ContainerSpec> further, Caller caller) {
        Pool pool = pools.usable(wish.pool());
        ContainerId id = new ContainerId(pool.name(), wish.id());
        String group = wish.group().orElse(Group.DEFAULT);
        // Whoever deletes the image locks what it is, not one of its names.
        String imageId = images.of(pool.name()).get(wish.image()).id();
        List<LockRequest> requests = new ArrayList<>(List.of(
                LockRequest.shared(LockKey.Kind.POOL, pool.name()),
                LockRequest.shared(LockKey.Kind.GROUP, pool.name() + ":" + group),
                LockRequest.shared(LockKey.Kind.IMAGE, pool.name() + ":" + imageId),
                Containers.exclusive(id)));
        wish.user().ifPresent(u -> requests.add(LockRequest.shared(LockKey.Kind.USER, pool.name() + ":" + u)));
        try (Locks.Held _ =
                locks.acquire(requests, caller.patience(), caller.actor().command(), caller.progress())) {
            containers.requireFree(id, "choose another id");
            groups.get(pool.name(), group);
            Users poolUsers = users.of(pool.name());
            wish.user().ifPresent(poolUsers::get);
            Image image = images.of(pool.name()).get(imageId);
            ContainerSpec wished = further.apply(ContainerSpec.plain(
                            wish.id(),
                            wish.user().orElse(NO_USER_YET),
                            wish.group().orElse(Group.DEFAULT),
                            image.id(),
                            new Distribution(image.distribution(), image.version(), image.architecture()))
                    .withHostname(wish.hostname().orElse(null))
                    .withDnsResolvers(wish.dnsResolvers())
                    .withIsolation(wish.isolation()));
            ContainerSpec spec = wished.withNetifs(network.claim(id, wished.netifs(), caller.progress()));
            Made made = new Made(datasets.planned(pool, wish.id()), Map.of(), Optional.empty());
            try {
                if (wish.user().isPresent()) {
                    create(pool, spec, Optional.empty(), made, caller);
                } else {
                    createWithUser(pool, spec, made, caller);
                }
            } catch (RuntimeException e) {
                network.dismiss(id);
                throw e;
            }
            return containers.find(id).orElseThrow();
        }
    }

    /** How the files of a new container are made; see {@link CreateKind.Plan}. */
    record Made(Dataset dataset, Map<String, List<Layer>> bases, Optional<CreateKind.Copying> copying) {}

    /** Makes a stopped container with a user of its own. The caller holds its lock, and knows that there is none. */
    Container createHeld(Pool pool, ContainerSpec spec, Made made, Caller caller) {
        createWithUser(pool, spec, made, caller);
        return containers.existing(new ContainerId(pool.name(), spec.id()));
    }

    private void createWithUser(Pool pool, ContainerSpec spec, Made made, Caller caller) {
        ownUsers.withOne(
                pool.name(), spec.id(), own -> create(pool, spec.withUser(own.name()), Optional.of(own), made, caller));
    }

    private void create(Pool pool, ContainerSpec spec, Optional<User> own, Made made, Caller caller) {
        CreateKind.Plan plan = new CreateKind.Plan(
                pool.name(),
                spec,
                own,
                made.dataset(),
                made.bases(),
                made.copying(),
                caller.actor().user(),
                caller.actor().command());
        operations.of(pool.name()).run(createKind, plan, caller.actor(), caller.progress());
    }

    /**
     * Deletes a container with its files and its logs and, if it was made for it, its user: puts it into the trash, or, if that is
     * wanted or its pool keeps nothing, for good.
     *
     * @return what became of it
     */
    public Deletion.Fate delete(Container container, Deletion how, Caller caller) {
        String pool = container.id().pool();
        String user = container.spec().user();
        try (Locks.Held _ = locks.acquire(
                List.of(
                        LockRequest.shared(LockKey.Kind.POOL, pool),
                        // Whether this is the last container of its user must stay true until both are gone.
                        LockRequest.exclusive(LockKey.Kind.USER, pool + ":" + user),
                        Containers.exclusive(container.id())),
                caller.patience(),
                caller.actor().command(),
                caller.progress())) {
            containers.current(container);
            if (how.running() == Deletion.Running.KILLED) {
                runner.stopHeld(container, StopMode.KILL, Duration.ZERO, caller);
            } else if (container.state() != ContainerState.STOPPED) {
                throw new BerthException(
                        ErrorCode.WRONG_STATE,
                        "container '%s' is %s"
                                .formatted(container.name(), container.state().word()),
                        "stop it first, or delete it with -f");
            }
            mounts.unmountAll(container);
            boolean kept = how.fate() == Deletion.Fate.TRASH
                    && !pools.settings(pool).trashAge().isZero();
            if (kept) {
                trash.putHeld(container, caller);
                return Deletion.Fate.TRASH;
            }
            trash.deleteHeld(pool, MoveKind.Spot.container(container.name()), user, caller);
            return Deletion.Fate.GONE;
        }
    }
}
