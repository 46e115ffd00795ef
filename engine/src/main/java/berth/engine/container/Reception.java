package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.idmap.User;
import berth.engine.idmap.UserStores;
import berth.engine.image.TreeStates;
import berth.engine.operation.Caller;
import berth.engine.storage.Dataset;
import berth.engine.storage.Datasets;
import berth.engine.storage.Layer;
import berth.engine.storage.Pool;
import berth.engine.storage.Snapshot;
import berth.engine.storage.StorageDriver;
import berth.engine.store.Revision;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Takes in containers that come with all their states: decides what is made of what and has it made. */
final class Reception {
    private static final String PRESENT = "present files";

    private final OwnUsers ownUsers;
    private final Datasets datasets;
    private final Containers containers;
    private final PoolOperations operations;
    private final ReceiveKind kind;

    Reception(UserStores users, Datasets datasets, Containers containers, PoolOperations operations, ReceiveKind kind) {
        this.ownUsers = new OwnUsers(users);
        this.datasets = datasets;
        this.containers = containers;
        this.operations = operations;
        this.kind = kind;
    }

    /**
     * Where a container comes to be.
     *
     * @param snapshots those that come, the oldest first; their layers do not count
     * @param quota the most bytes that its root file system may take, if there is a bound
     * @param imageName what its image is called, if no other is
     */
    record Place(Pool pool, String id, List<Snapshot> snapshots, Optional<Long> quota, Optional<String> imageName) {
        private Dataset dataset(String tip, List<Layer> below, List<Snapshot> all) {
            return new Dataset(id, tip, below, all, List.of(), quota.orElse(null));
        }
    }

    /**
     * Who comes.
     *
     * @param user whose ids it has; one is made for it alone if empty
     * @param revisions what it was and is, the newest first, with that user
     * @param former what it takes the place of, if it does
     */
    record Guest(
            Optional<User> user,
            Function<User, List<Revision<ContainerSpec>>> revisions,
            ReceiveKind.Identity identity,
            Optional<ReceiveKind.Former> former) {}

    /** The container made of {@code states}. The caller holds its lock, and knows that there is none. */
    Container receive(Place place, Guest guest, TreeStates states, Caller caller) {
        if (guest.user().isPresent()) {
            run(plan(place, guest, guest.user().get(), Optional.empty()), states, caller);
        } else {
            // Ids are reserved before anything is read of what comes, so that others can be tried.
            ownUsers.withOne(
                    place.pool().name(),
                    place.id(),
                    own -> run(plan(place, guest, own, Optional.of(own)), states, caller));
        }
        return containers.existing(new ContainerId(place.pool().name(), place.id()));
    }

    private void run(ReceiveKind.Plan plan, TreeStates states, Caller caller) {
        kind.during(
                plan.key(),
                states,
                () -> operations.of(plan.pool()).run(kind, plan, caller.actor(), caller.progress()));
    }

    private ReceiveKind.Plan plan(Place place, Guest guest, User user, Optional<User> own) {
        List<Revision<ContainerSpec>> revisions = guest.revisions().apply(user);
        if (!revisions.getFirst().value().id().equals(place.id())) {
            throw new BerthException(ErrorCode.INTERNAL, "the container that comes is another one");
        }
        StorageDriver driver = place.pool().driver();
        Layers layers = driver.copiesInstantly() ? copied(place) : stacked(place);
        return new ReceiveKind.Plan(
                place.pool().name(),
                datasets.newLayer(place.id()),
                revisions,
                own,
                layers.dataset(),
                layers.stages(),
                place.imageName(),
                guest.identity(),
                guest.former());
    }

    private record Layers(Dataset dataset, List<ReceiveKind.Stage> stages) {}

    /** One tip goes through all states, and is copied in each. */
    private Layers copied(Place place) {
        String tip = datasets.planned(place.pool(), place.id()).tip();
        List<ReceiveKind.Stage> stages = new ArrayList<>();
        List<Snapshot> snapshots = new ArrayList<>();
        for (Snapshot snapshot : place.snapshots()) {
            String copy = datasets.newLayer(place.id());
            stages.add(new ReceiveKind.Stage(
                    title(snapshot), tip, List.of(), stages.isEmpty(), Optional.of(copy), Optional.empty()));
            snapshots.add(snapshot.on(List.of(Layer.own(copy))));
        }
        stages.add(
                new ReceiveKind.Stage(PRESENT, tip, List.of(), stages.isEmpty(), Optional.empty(), Optional.empty()));
        return new Layers(place.dataset(tip, List.of(), snapshots), stages);
    }

    /** Each state is a tip on those before, merged where they become too many. */
    private Layers stacked(Place place) {
        StorageDriver driver = place.pool().driver();
        List<ReceiveKind.Stage> stages = new ArrayList<>();
        List<Snapshot> snapshots = new ArrayList<>();
        List<Layer> below = List.of();
        for (Snapshot snapshot : place.snapshots()) {
            String tip = datasets.newLayer(place.id());
            Optional<String> merged =
                    below.size() + 1 > driver.deepest() ? Optional.of(datasets.newLayer(place.id())) : Optional.empty();
            ReceiveKind.Stage stage =
                    new ReceiveKind.Stage(title(snapshot), tip, below, true, Optional.empty(), merged);
            stages.add(stage);
            List<Layer> shown = merged.map(m -> List.of(Layer.own(m))).orElseGet(stage::shown);
            snapshots.add(snapshot.on(shown));
            below = driver.needed(shown);
        }
        String tip = datasets.planned(place.pool(), place.id()).tip();
        stages.add(new ReceiveKind.Stage(PRESENT, tip, below, true, Optional.empty(), Optional.empty()));
        return new Layers(place.dataset(tip, below, snapshots), stages);
    }

    private static String title(Snapshot snapshot) {
        return "snapshot " + snapshot.name();
    }
}
