package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.idmap.User;
import berth.engine.idmap.UserStores;
import berth.engine.operation.Caller;
import berth.engine.storage.Dataset;
import berth.engine.storage.Datasets;
import berth.engine.storage.Layer;
import berth.engine.storage.Pool;
import berth.engine.storage.Snapshot;
import berth.engine.storage.StorageDriver;
import berth.engine.storage.Strand;
import berth.engine.storage.Volume;
import berth.engine.store.Revision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Takes in containers that come with all their states: decides what is made of what and has it made. */
final class Reception {

    private final OwnUsers ownUsers;
    private final Datasets datasets;
    private final Containers containers;
    private final ContainerTrash trash;
    private final PoolOperations operations;
    private final ReceiveKind kind;

    Reception(
            UserStores users,
            Datasets datasets,
            Containers containers,
            ContainerTrash trash,
            PoolOperations operations,
            ReceiveKind kind) {
        this.ownUsers = new OwnUsers(users);
        this.datasets = datasets;
        this.containers = containers;
        this.trash = trash;
        this.operations = operations;
        this.kind = kind;
    }

    /**
     * Where a container comes to be.
     *
     * @param like which file systems and snapshots come, under its id; their layers do not count
     * @param imageName what its image is called, if no other is
     */
    record Place(Pool pool, Dataset like, Optional<String> imageName) {
        String id() {
            return like.id();
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
            Optional<Retirement.Former> former) {}

    /** The container made of {@code what} comes. The caller holds its lock, and knows that there is none. */
    Container receive(Place place, Guest guest, ReceiveKind.Coming what, Caller caller) {
        if (guest.user().isPresent()) {
            run(plan(place, guest, guest.user().get(), Optional.empty()), what, caller);
        } else {
            // Ids are reserved before anything is read of what comes, so that others can be tried.
            ownUsers.withOne(
                    place.pool().name(),
                    place.id(),
                    own -> run(plan(place, guest, own, Optional.of(own)), what, caller));
        }
        return containers.existing(new ContainerId(place.pool().name(), place.id()));
    }

    private void run(ReceiveKind.Plan plan, ReceiveKind.Coming what, Caller caller) {
        kind.during(
                plan.key(), what, () -> operations.of(plan.pool()).run(kind, plan, caller.actor(), caller.progress()));
    }

    private ReceiveKind.Plan plan(Place place, Guest guest, User user, Optional<User> own) {
        List<Revision<ContainerSpec>> revisions = guest.revisions().apply(user);
        if (!revisions.getFirst().value().id().equals(place.id())) {
            throw new BerthException(ErrorCode.INTERNAL, "the container that comes is another one");
        }
        Layers layers = layers(place);
        return new ReceiveKind.Plan(
                place.pool().name(),
                datasets.newLayer(place.id()),
                revisions,
                own,
                layers.dataset(),
                layers.stages(),
                place.imageName(),
                guest.identity(),
                guest.former(),
                guest.former()
                        .map(_ -> trash.put(
                                place.pool().name(),
                                revisions,
                                layers.dataset(),
                                revisions.getFirst().change())));
    }

    private record Layers(Dataset dataset, List<ReceiveKind.Stage> stages) {}

    /**
     * What one file system is made of.
     *
     * @param snapshots the layers that show it in each of its snapshots
     * @param present what it is then, if it is in more than snapshots
     */
    private record Made(List<ReceiveKind.Stage> stages, List<List<Layer>> snapshots, Optional<Volume> present) {}

    private Layers layers(Place place) {
        boolean instantly = place.pool().driver().copiesInstantly();
        List<ReceiveKind.Stage> stages = new ArrayList<>();
        List<Volume> volumes = new ArrayList<>();
        Map<String, Map<String, List<Layer>>> shown = new HashMap<>();
        for (Strand strand : place.like().strands()) {
            Made made = instantly ? copied(place, strand) : stacked(place, strand);
            stages.addAll(made.stages());
            made.present().ifPresent(volumes::add);
            for (int i = 0; i < made.snapshots().size(); i++) {
                shown.computeIfAbsent(strand.snapshots().get(i).name(), _ -> new HashMap<>())
                        .put(strand.volume(), made.snapshots().get(i));
            }
        }
        Dataset dataset = Dataset.fresh(place.id()).with(volumes);
        for (Snapshot snapshot : place.like().snapshots()) {
            dataset = dataset.with(snapshot.on(shown.getOrDefault(snapshot.name(), Map.of())));
        }
        return new Layers(dataset, stages);
    }

    /** One tip goes through all states, and is copied in each; what ends with a snapshot is that one's layer. */
    private Made copied(Place place, Strand strand) {
        String tip = tip(place, strand);
        List<ReceiveKind.Stage> stages = new ArrayList<>();
        List<List<Layer>> snapshots = new ArrayList<>();
        for (Snapshot snapshot : strand.snapshots()) {
            boolean isLast = strand.present().isEmpty()
                    && stages.size() + 1 == strand.snapshots().size();
            Optional<String> copy = isLast ? Optional.empty() : Optional.of(datasets.newLayer(place.id()));
            stages.add(new ReceiveKind.Stage(
                    title(snapshot, strand),
                    strand.volume(),
                    tip,
                    List.of(),
                    stages.isEmpty(),
                    copy,
                    Optional.empty()));
            snapshots.add(List.of(Layer.own(copy.orElse(tip))));
        }
        if (strand.present().isPresent()) {
            stages.add(new ReceiveKind.Stage(
                    title(strand),
                    strand.volume(),
                    tip,
                    List.of(),
                    stages.isEmpty(),
                    Optional.empty(),
                    Optional.empty()));
        }
        return new Made(stages, snapshots, strand.present().map(v -> v.on(tip, List.of())));
    }

    /** Each state is a tip on those before, merged where they become too many. */
    private Made stacked(Place place, Strand strand) {
        StorageDriver driver = place.pool().driver();
        List<ReceiveKind.Stage> stages = new ArrayList<>();
        List<List<Layer>> snapshots = new ArrayList<>();
        List<Layer> below = List.of();
        for (Snapshot snapshot : strand.snapshots()) {
            String tip = datasets.newLayer(place.id());
            Optional<String> merged =
                    below.size() + 1 > driver.deepest() ? Optional.of(datasets.newLayer(place.id())) : Optional.empty();
            ReceiveKind.Stage stage = new ReceiveKind.Stage(
                    title(snapshot, strand), strand.volume(), tip, below, true, Optional.empty(), merged);
            stages.add(stage);
            List<Layer> shown = merged.map(m -> List.of(Layer.own(m))).orElseGet(stage::shown);
            snapshots.add(shown);
            below = driver.needed(shown);
        }
        Optional<Volume> present = Optional.empty();
        if (strand.present().isPresent()) {
            Volume made = strand.present().get().on(tip(place, strand), below);
            stages.add(new ReceiveKind.Stage(
                    title(strand), strand.volume(), made.tip(), below, true, Optional.empty(), Optional.empty()));
            present = Optional.of(made);
        }
        return new Made(stages, snapshots, present);
    }

    private String tip(Place place, Strand strand) {
        return strand.isRoot() ? datasets.planned(place.pool(), place.id()).tip() : datasets.newLayer(place.id());
    }

    private static String title(Snapshot snapshot, Strand strand) {
        return "snapshot " + snapshot.name() + of(strand);
    }

    private static String title(Strand strand) {
        return "present files" + of(strand);
    }

    private static String of(Strand strand) {
        return strand.isRoot() ? "" : " of " + strand.volume();
    }
}
