package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.idmap.ChosenIds;
import berth.engine.idmap.User;
import berth.engine.idmap.UserRelocation;
import berth.engine.idmap.UserStores;
import berth.engine.operation.Caller;
import berth.engine.storage.Dataset;
import berth.engine.storage.Datasets;
import berth.engine.storage.Ids;
import berth.engine.storage.Layer;
import berth.engine.storage.Pool;
import berth.engine.storage.Snapshot;
import berth.engine.storage.Volume;
import berth.linux.cgroup.CgroupHost;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Users of a pool that came from another host, whose ids are taken on this one, get others. */
public final class Renumbering {
    private static final Logger LOG = LoggerFactory.getLogger(Renumbering.class);

    private final UserStores users;
    private final Containers containers;
    private final TrashShelf shelf;
    private final DatasetShelf deleted;
    private final Datasets datasets;
    private final PoolOperations operations;
    private final RenumberKind kind;
    private final RunPlans plans;
    private final CgroupHost cgroups;

    Renumbering(
            UserStores users,
            Containers containers,
            TrashShelf shelf,
            DatasetShelf deleted,
            Datasets datasets,
            PoolOperations operations,
            RenumberKind kind,
            RunPlans plans,
            CgroupHost cgroups) {
        this.users = users;
        this.containers = containers;
        this.shelf = shelf;
        this.deleted = deleted;
        this.datasets = datasets;
        this.operations = operations;
        this.kind = kind;
        this.plans = plans;
        this.cgroups = cgroups;
    }

    /**
     * Gives every user of {@code pool}, which is open, ids that nobody else has. A user for which that fails is left out, of which the
     * caller is warned, and so is one whose containers run, as they may since before the daemon started. The pool's lock is held.
     */
    public void settle(Pool pool, Caller caller) {
        renumberAll(pool, users.relocation(pool.name()).displaced(), caller);
    }

    /** As {@link #settle}, of users only that cannot be used otherwise: those that the daemon did not come to before it died. */
    public void complete(Pool pool, Caller caller) {
        renumberAll(pool, users.relocation(pool.name()).unusable(), caller);
    }

    private void renumberAll(Pool pool, List<User> displaced, Caller caller) {
        for (User user : displaced) {
            try {
                renumber(pool, user, caller);
            } catch (BerthException e) {
                LOG.warn("User {} of pool {} gets no other ids: {}", user.name(), pool.name(), e.getMessage());
                caller.progress()
                        .warn("user '%s' keeps ids that others have: %s".formatted(user.name(), e.getMessage()));
            }
        }
    }

    private void refuseRunning(Pool pool, User user) {
        List<String> running = containers.of(pool.name()).stream()
                .filter(c -> c.spec().user().equals(user.name()))
                .filter(c -> !cgroups.at(plans.cgroup(c)).isEmpty())
                .map(Container::name)
                .toList();
        if (!running.isEmpty()) {
            throw new BerthException(
                    ErrorCode.IN_USE,
                    "its containers run: " + String.join(", ", running),
                    "stop them, then 'osctl pool export %1$s' and 'osctl pool import %1$s'".formatted(pool.name()));
        }
    }

    private void renumber(Pool pool, User user, Caller caller) {
        refuseRunning(pool, user);
        UserRelocation relocation = users.relocation(pool.name());
        List<ContainerSpec> specs = Stream.concat(
                        containers.of(pool.name()).stream().map(Container::spec),
                        shelf.of(pool.name()).stream().map(Trashed::spec))
                .filter(s -> s.user().equals(user.name()))
                .toList();
        if (specs.isEmpty() && !containers.unreadable(pool.name()).isEmpty()) {
            caller.progress()
                    .warn("user '%s' keeps ids that others have: whose it is says a file that cannot be read"
                            .formatted(user.name()));
            return;
        }
        List<RenumberKind.Root> roots = Stream.concat(
                        specs.stream().map(spec -> root(pool, spec.image(), spec.id(), user)),
                        deleted.of(pool.name()).stream()
                                .filter(d -> d.user().equals(user.name()))
                                .map(d -> root(pool, null, d.id(), user)))
                .toList();
        User after = ChosenIds.claimed(() -> {
            User planned = relocation.plan(user);
            try {
                RenumberKind.Plan plan = new RenumberKind.Plan(pool.name(), user, planned, roots);
                operations.of(pool.name()).run(kind, plan, caller.actor(), caller.progress());
                return planned;
            } catch (RuntimeException e) {
                relocation.abandon(user);
                throw e;
            }
        });
        caller.progress()
                .note("user '%s' has ids %s now, as others have %s here"
                        .formatted(user.name(), after.uidMap(), user.uidMap()));
    }

    private RenumberKind.Root root(Pool pool, @Nullable String image, String id, User user) {
        Ids ids = new Ids(user.uidMap(), user.gidMap());
        Dataset before = datasets.of(pool.name(), id);
        List<DatasetChange.Made> merged = new ArrayList<>();
        List<DatasetChange.Made> tips = new ArrayList<>();
        List<Volume> volumes = new ArrayList<>();
        for (Volume volume : before.all()) {
            List<Layer> layers = lent(volume.frozenTip(), ids);
            if (layers.size() > pool.driver().deepest()) {
                String one = datasets.newLayer(id);
                merged.add(new DatasetChange.Made(volume.name(), one, layers));
                layers = List.of(Layer.own(one));
            }
            String tip = datasets.newLayer(id);
            tips.add(new DatasetChange.Made(volume.name(), tip, layers));
            volumes.add(volume.on(tip, pool.driver().needed(layers)));
        }
        List<Snapshot> snapshots = before.snapshots().stream()
                .map(s -> s.on(layers -> lent(layers, ids)))
                .toList();
        Dataset now = before.with(volumes);
        Dataset after = new Dataset(now.id(), now.tip(), now.below(), snapshots, now.volumes(), now.quota());
        return new RenumberKind.Root(image, before, after, merged, tips);
    }

    private static List<Layer> lent(List<Layer> layers, Ids owner) {
        return layers.stream().map(l -> l.lentBy(owner)).toList();
    }
}
