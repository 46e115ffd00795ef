package berth.engine.host;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.container.Container;
import berth.engine.container.ContainerServices;
import berth.engine.container.ContainerState;
import berth.engine.container.SharedMounts;
import berth.engine.container.StopMode;
import berth.engine.group.Groups;
import berth.engine.idmap.UserStores;
import berth.engine.image.ImageStores;
import berth.engine.image.ImageUsers;
import berth.engine.network.managed.Networks;
import berth.engine.operation.Caller;
import berth.engine.operation.LockKey;
import berth.engine.operation.LockRequest;
import berth.engine.operation.Locks;
import berth.engine.operation.Recovered;
import berth.engine.share.SharedDatasets;
import berth.engine.storage.Datasets;
import berth.engine.storage.NewPool;
import berth.engine.storage.Pool;
import berth.engine.storage.PoolSettings;
import berth.engine.storage.Pools;
import berth.engine.storage.Trash;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings pools in with all that is in them, and lets them go. Safe for use by several threads. */
public final class PoolGate {
    private static final Logger LOG = LoggerFactory.getLogger(PoolGate.class);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(60);

    private final Pools pools;
    private final UserStores users;
    private final Groups groups;
    private final ImageStores images;
    private final UserAdministration userAdministration;
    private final Datasets datasets;
    private final SharedDatasets shares;
    private final Networks networks;
    private final ContainerServices services;
    private final SharedMounts sharedMounts;
    private final Trash trash;
    private final Locks locks;
    private final CountDownLatch begun = new CountDownLatch(1);

    public PoolGate(
            Pools pools,
            UserStores users,
            Groups groups,
            ImageStores images,
            UserAdministration userAdministration,
            Datasets datasets,
            SharedDatasets shares,
            Networks networks,
            ContainerServices services,
            Trash trash,
            Locks locks) {
        this.pools = pools;
        this.users = users;
        this.groups = groups;
        this.images = images;
        this.userAdministration = userAdministration;
        this.datasets = datasets;
        this.shares = shares;
        this.networks = networks;
        this.services = services;
        this.sharedMounts = new SharedMounts(services);
        this.trash = trash;
        this.locks = locks;
        pools.onLateAnswer(this::comesLate);
    }

    /** At the start of the daemon: every pool with its containers, each in the state that the kernel shows. */
    public void openAll() {
        pools.load();
        networks.load();
        users.keepAccounts();
        List<Pool> usable =
                pools.all().stream().filter(p -> p.whyUnusable().isEmpty()).toList();
        List<Pool> loaded = new ArrayList<>();
        List<Recovered> changes = new ArrayList<>();
        for (Pool pool : usable) {
            try {
                changes.addAll(load(pool));
                loaded.add(pool);
            } catch (RuntimeException e) {
                LOG.error("Pool {} cannot be loaded; the others are", pool.name(), e);
            }
        }
        pools.all().stream()
                .filter(p -> loaded.stream().noneMatch(l -> l.name().equals(p.name())))
                .forEach(p -> users.misses(p.name()));
        loaded.forEach(p -> services.renumbering().complete(p, Caller.daemon("start of osctld")));
        users.reconcile();
        networks.start();
        services.adoption().tell(changes);
        services.adoption().recover(services.running());
        loaded.forEach(p -> services.adoption().adopt(p.name()));
        if (loaded.size() == pools.all().size()) {
            networks.rest();
        }
    }

    /** After {@link #openAll}, once hooks are answered: starts what is to start with the host. */
    public void autostart() {
        pools.all().stream().filter(p -> p.whyUnusable().isEmpty()).forEach(p -> startContainers(p.name()));
        begun.countDown();
    }

    private void startContainers(String pool) {
        services.stopped().resume(pool);
        services.autostarter().start(pool);
    }

    /** Makes a pool; see {@link Pools#install}. */
    public Pool install(NewPool wish, Caller caller) {
        String name = wish.name();
        return install(name, () -> pools.install(wish), caller);
    }

    /** Takes in a pool of another host, or one that was uninstalled; see {@link Pools#adopt}. */
    public Pool adopt(String name, Path directory, Caller caller) {
        return install(name, () -> pools.adopt(name, directory), caller);
    }

    private Pool install(String name, Supplier<Pool> coming, Caller caller) {
        try (Locks.Held _ = lock(name, caller)) {
            Pool pool = coming.get();
            try {
                enter(pool, caller);
            } catch (RuntimeException e) {
                pools.uninstall(name);
                throw e;
            }
            services.adoption().adopt(name);
            return pool;
        }
    }

    /** Enlarges a pool; see {@link Pools#grow}. Its containers may run. */
    public void grow(String name, long bytes, Caller caller) {
        try (Locks.Held _ = locks.acquire(
                List.of(LockRequest.shared(LockKey.Kind.POOL, name)),
                caller.patience(),
                caller.actor().command(),
                caller.progress())) {
            pools.grow(name, bytes);
        }
    }

    /** Decides something else about a pool. Its containers may run. */
    public void change(String name, UnaryOperator<PoolSettings> change, Caller caller) {
        try (Locks.Held _ = locks.acquire(
                List.of(LockRequest.shared(LockKey.Kind.POOL, name)),
                caller.patience(),
                caller.actor().command(),
                caller.progress())) {
            pools.change(name, change);
        }
    }

    /** Brings an exported pool, or one that could not be used before, in again. */
    public Pool reimport(String name, Caller caller) {
        try (Locks.Held _ = lock(name, caller)) {
            if (pools.all().stream()
                    .anyMatch(p -> p.name().equals(name) && p.whyUnusable().isEmpty())) {
                throw new BerthException(ErrorCode.EXISTS, "pool '%s' is imported already".formatted(name));
            }
            return bringIn(pools.reimport(name), caller);
        }
    }

    private Pool bringIn(Pool pool, Caller caller) {
        String name = pool.name();
        pool.whyUnusable().ifPresent(why -> {
            throw new BerthException(ErrorCode.WRONG_STATE, "pool '%s' cannot be used: %s".formatted(name, why));
        });
        enter(pool, caller);
        services.adoption().adopt(name);
        startContainers(name);
        return pool;
    }

    /** Loads {@code pool} and gives its users their place on this host; if that fails, nothing of it is open. */
    private void enter(Pool pool, Caller caller) {
        orRefuse(pool, () -> {
            services.adoption().tell(open(pool));
            services.renumbering().settle(pool, caller);
            users.register(pool.name());
            return pool;
        });
    }

    /** The file system of a pool was given up, and answers now: the pool is brought in, unless somebody was faster. */
    private void comesLate(String name) {
        Caller caller = Caller.daemon("pool import");
        try {
            begun.await();
            try (Locks.Held _ = lock(name, caller)) {
                if (pools.all().stream()
                        .anyMatch(p -> p.name().equals(name) && p.whyUnusable().isPresent())) {
                    bringIn(pools.useAnswered(name), caller);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("Pool {}, whose file system answers now, cannot be brought in", name, e);
        }
    }

    /** Lets a pool go until {@link #reimport}. Its containers must be stopped, and no others may have its datasets mounted. */
    public void export(String name, Caller caller) {
        try (Locks.Held _ = lock(name, caller)) {
            refuseRunning(pools.get(name));
            shares.close(name, () -> refuseGuests(name));
            unload(name);
            pools.export(name);
        }
    }

    /** As {@link #export}, after stopping its containers; those of other pools are left alone. */
    public void exportStopping(String name, Caller caller) {
        refuseGuests(name);
        for (Container container : services.containers().of(pools.get(name).name())) {
            services.runner().stop(container, StopMode.GRACEFUL, STOP_LIMIT, caller);
        }
        export(name, caller);
    }

    /** Forgets a pool; its data stays. As for {@link #export}, nothing of it may be in use. */
    public void uninstall(String name, Caller caller) {
        try (Locks.Held _ = lock(name, caller)) {
            refuseRunning(pools.get(name));
            shares.close(name, () -> refuseGuests(name));
            unload(name);
            pools.uninstall(name);
        }
    }

    /** Reads all that is in {@code pool}; if that fails, nothing of it is open and it says why it cannot be used. */
    private List<Recovered> load(Pool pool) {
        return orRefuse(pool, () -> open(pool));
    }

    private <T> T orRefuse(Pool pool, Supplier<T> work) {
        try {
            return work.get();
        } catch (RuntimeException e) {
            unload(pool.name());
            pools.refuse(pool.name(), String.valueOf(e.getMessage()));
            throw e;
        }
    }

    private List<Recovered> open(Pool pool) {
        LOG.info("Pool {} is loaded from {}", pool.name(), pool.path());
        users.open(pool.name(), pool.path().resolve("conf"));
        userAdministration.open(pool);
        groups.open(pool.name(), pool.configuration("group"));
        images.open(pool.name(), pool.images(), usersIn(pool));
        services.containers().open(pool);
        services.trash().open(pool);
        services.datasetTrash().open(pool);
        datasets.open(pool);
        trash.empty(pool.trash());
        List<Recovered> changes = new ArrayList<>(shares.open(
                pool, d -> sharedMounts.of(d).stream().map(Container::toString).toList()));
        changes.addAll(services.factory().open(pool));
        images.removeForsaken(pool.name());
        return changes;
    }

    private ImageUsers usersIn(Pool pool) {
        return new ImageUsers() {
            @Override
            public List<String> usersOf(String id) {
                return standingOn(pool, id);
            }

            @Override
            public void gone(Path tree) {
                pool.driver().imageGone(tree);
            }
        };
    }

    private List<String> standingOn(Pool pool, String image) {
        return Stream.concat(
                        services.containers().of(pool.name()).stream()
                                .filter(c -> c.spec().image().equals(image)
                                        || c.boot()
                                                .filter(b -> b.image().equals(image))
                                                .isPresent())
                                .map(Container::name),
                        services.trash().keys(pool.name(), s -> s.image().equals(image)).stream()
                                .map("%s (in the trash)"::formatted))
                .toList();
    }

    private void unload(String name) {
        services.factory().close(name);
        userAdministration.close(name);
        services.containers().close(name);
        services.trash().close(name);
        services.datasetTrash().close(name);
        datasets.close(name);
        shares.close(name);
        images.close(name);
        groups.close(name);
        users.close(name);
    }

    private void refuseRunning(Pool pool) {
        List<String> running = services.containers().of(pool.name()).stream()
                .filter(c -> c.state() != ContainerState.STOPPED)
                .map(Container::name)
                .toList();
        if (!running.isEmpty()) {
            throw new BerthException(
                    ErrorCode.IN_USE,
                    "containers of pool '%s' run: %s".formatted(pool.name(), String.join(", ", running)),
                    "stop them first: 'osctl ct stop %s'".formatted(String.join(" ", running)));
        }
    }

    private void refuseGuests(String pool) {
        List<String> guests =
                sharedMounts.guestsOf(pool).stream().map(Container::toString).toList();
        if (!guests.isEmpty()) {
            throw new BerthException(
                    ErrorCode.IN_USE,
                    "containers of other pools have datasets of pool '%s' mounted: %s"
                            .formatted(pool, String.join(", ", guests)),
                    "stop them, or unmount it in them: 'osctl ct mounts deactivate'");
        }
    }

    private Locks.Held lock(String pool, Caller caller) {
        return locks.acquire(
                List.of(LockRequest.exclusive(LockKey.Kind.POOL, pool)),
                caller.patience(),
                caller.actor().command(),
                caller.progress());
    }
}
