package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.idmap.User;
import berth.engine.idmap.UserStores;
import berth.engine.image.Image;
import berth.engine.image.ImageStores;
import berth.engine.image.Imported;
import berth.engine.image.TreeStates;
import berth.engine.image.TreeView;
import berth.engine.operation.OperationKind;
import berth.engine.operation.Progress;
import berth.engine.operation.Step;
import berth.engine.storage.Dataset;
import berth.engine.storage.Datasets;
import berth.engine.storage.Layer;
import berth.engine.storage.Pool;
import berth.engine.storage.Pools;
import berth.engine.storage.RootFilesystem;
import berth.engine.storage.StorageDriver;
import berth.engine.storage.Strand;
import berth.engine.storage.Volume;
import berth.engine.store.Revision;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A container that comes with all its states from somewhere else: another pool, or a file. It exists once all of it is there and was
 * compared; only then one that it takes the place of goes.
 *
 * <p>What comes cannot be in a journal: it is handed over beside the plan, and an operation that was cut off is undone.
 */
final class ReceiveKind implements OperationKind<ReceiveKind.Plan> {
    /**
     * @param key finds what comes, see {@link #during}
     * @param revisions what it was and is, the newest first
     * @param ownUser the user that is made for it alone, if one is
     * @param dataset what its file systems are made of
     * @param stages how that is made, one for each state
     * @param imageName what its image is called afterwards, if it should be and no other is
     * @param identity what becomes of its machine id and the like
     * @param former what it takes the place of, if it does
     * @param surrender how it goes to the trash if that one is used before it could go
     */
    record Plan(
            String pool,
            String key,
            List<Revision<ContainerSpec>> revisions,
            Optional<User> ownUser,
            Dataset dataset,
            List<Stage> stages,
            Optional<String> imageName,
            Identity identity,
            Optional<Retirement.Former> former,
            Optional<MoveKind.Plan> surrender) {
        ContainerId container() {
            return new ContainerId(pool, dataset.id());
        }

        ContainerSpec spec() {
            return revisions.getFirst().value();
        }
    }

    /** What becomes of what tells it from others. */
    enum Identity {
        KEPT,
        RENEWED
    }

    private final Pools pools;
    private final UserStores users;
    private final ImageStores images;
    private final Containers containers;
    private final Datasets datasets;
    private final RunPlans plans;
    private final GuestIdentities identities;
    private final Retirement retirement;
    private final Map<String, Coming> coming = new ConcurrentHashMap<>();

    ReceiveKind(
            Pools pools,
            UserStores users,
            ImageStores images,
            Containers containers,
            Datasets datasets,
            RunPlans plans,
            GuestIdentities identities,
            Retirement retirement) {
        this.pools = pools;
        this.users = users;
        this.images = images;
        this.containers = containers;
        this.datasets = datasets;
        this.plans = plans;
        this.identities = identities;
        this.retirement = retirement;
    }

    /**
     * What comes.
     *
     * @param layers how layers of another pool of the same driver are sent, if they are
     */
    record Coming(TreeStates states, Optional<SentLayers> layers) {}

    /** Runs {@code work}, which runs plans of {@code key}, while they find {@code what} comes. */
    void during(String key, Coming what, Runnable work) {
        coming.put(key, what);
        try {
            work.run();
        } finally {
            coming.remove(key);
        }
    }

    @Override
    public String name() {
        return "ct receive";
    }

    @Override
    public Class<Plan> planType() {
        return Plan.class;
    }

    @Override
    public String subject(Plan plan) {
        return Containers.subject(plan.pool(), plan.dataset().id());
    }

    @Override
    public List<Step> steps(Plan plan, Progress progress) {
        List<Step> steps = new ArrayList<>();
        plan.ownUser().ifPresent(u -> steps.addAll(users.of(plan.pool()).createSteps(u)));
        steps.add(Step.of(
                "bring image",
                () -> bringImage(plan, progress),
                () -> images.of(plan.pool()).deletePassing(plan.spec().image())));
        plan.stages().forEach(stage -> steps.addAll(steps(plan, stage, progress)));
        steps.add(Step.of("compare files", () -> compare(plan, progress)));
        if (plan.identity() == Identity.RENEWED) {
            steps.add(Step.of(
                    "renew identity",
                    () -> identities.renew(
                            pool(plan), files(plan, plan.dataset().root()))));
        }
        steps.add(Step.of(
                "record layers",
                () -> datasets.save(plan.pool(), plan.dataset()),
                () -> datasets.forget(plan.pool(), plan.dataset().id())));
        plan.former().map(Retirement.Former::container).ifPresent(former -> {
            steps.add(Step.of(
                    "note departure",
                    () -> retirement.begin(
                            former,
                            plan.container(),
                            plan.revisions().getFirst().number(),
                            plan.dataset()),
                    () -> retirement.abandon(former, plan.container())));
            steps.add(Step.of(
                    "release interfaces", () -> containers.disconnect(former), () -> containers.connect(former)));
        });
        steps.add(Step.commit(
                "write configuration",
                () -> containers.adopt(pool(plan), plan.revisions()),
                () -> containers.remove(plan.container())));
        plan.former().ifPresent(f -> steps.addAll(retire(plan, f, progress)));
        steps.add(Step.then(
                "keep image",
                () -> images.of(plan.pool())
                        .keep(images.of(plan.pool()).get(plan.spec().image()))));
        steps.add(Step.then("remove unneeded layers", () -> discard(plan)));
        plan.imageName().ifPresent(n -> steps.add(Step.then("name image", () -> nameImage(plan, n))));
        return steps;
    }

    private List<Step> steps(Plan plan, Stage stage, Progress progress) {
        List<Step> steps = new ArrayList<>();
        if (stage.begins()) {
            steps.add(Step.of(
                    "make layer for " + stage.name(), () -> begin(plan, stage), () -> destroy(plan, stage.tip())));
        }
        steps.add(Step.of("receive " + stage.name(), () -> receive(plan, stage, progress)));
        stage.copy()
                .ifPresent(copy -> steps.add(Step.of(
                        "freeze " + stage.name(),
                        () -> pool(plan).driver().copy(files(plan, stage), copy),
                        () -> destroy(plan, copy))));
        stage.merged()
                .ifPresent(layer -> steps.add(Step.of(
                        "merge layers of " + stage.name(),
                        () -> pool(plan).driver().merge(files(plan, stage).with(layer, stage.shown()), layer),
                        () -> destroy(plan, layer))));
        return steps;
    }

    private void bringImage(Plan plan, Progress progress) {
        Imported image = states(plan).bringImage(images.of(plan.pool()), progress);
        image.notes().forEach(progress::note);
        if (!image.image().id().equals(plan.spec().image())) {
            images.of(plan.pool()).deletePassing(image.image().id());
            throw new BerthException(
                    ErrorCode.UNTRUSTED,
                    "its image is not the one that the container stands on: it was damaged or changed");
        }
    }

    private void begin(Plan plan, Stage stage) {
        Optional<Volume> volume = volume(plan, stage);
        if (volume.isPresent()) {
            Tips.make(pool(plan).driver(), files(plan, stage), volume.get(), stage.on());
        } else {
            pool(plan).driver().create(files(plan, stage));
        }
    }

    /** That the tip of {@code stage} is of, if that goes on with it. */
    private static Optional<Volume> volume(Plan plan, Stage stage) {
        return plan.dataset().all().stream()
                .filter(v -> v.tip().equals(stage.tip()))
                .findFirst();
    }

    private void receive(Plan plan, Stage stage, Progress progress) {
        Optional<SentLayers> layers = coming(plan).layers();
        if (layers.isEmpty()) {
            write(plan, stage, progress);
            return;
        }
        RootFilesystem files = files(plan, stage);
        layers.get().next(files, () -> write(plan, stage, progress), progress);
        volume(plan, stage).ifPresent(v -> Tips.bound(pool(plan).driver(), files, v));
    }

    private void write(Plan plan, Stage stage, Progress progress) {
        Pool pool = pool(plan);
        RootFilesystem files = files(plan, stage);
        try (TreeView view = StateViews.present(pool.driver(), files);
                Directory tree = view.tree().with(Resolution.IN_ROOT)) {
            states(plan).next(new TreeStates.Target(tree, StateViews.outside(files.ids()), pool.path()), progress);
        }
    }

    private void compare(Plan plan, Progress progress) {
        try {
            compareAll(plan, progress);
        } catch (BerthException e) {
            if (e.code() == ErrorCode.FAILED) {
                coming(plan).layers().ifPresent(SentLayers::doubt);
            }
            throw e;
        }
    }

    /** In the order in which they came. */
    private void compareAll(Plan plan, Progress progress) {
        StorageDriver driver = pool(plan).driver();
        int number = 0;
        for (Strand strand : plan.dataset().strands()) {
            Optional<Supplier<TreeView>> former = Optional.empty();
            List<Supplier<TreeView>> copies = new ArrayList<>();
            strand.snapshots().forEach(s -> copies.add(() -> StateViews.frozen(driver, files(plan, strand.in(s)))));
            strand.present().ifPresent(v -> copies.add(() -> StateViews.present(driver, files(plan, v))));
            for (Supplier<TreeView> copy : copies) {
                states(plan).compare(number++, former, copy, progress);
                former = Optional.of(copy);
            }
        }
    }

    /** The container is there; what is left to do of its former self may have to wait for that one's pool. */
    private List<Step> retire(Plan plan, Retirement.Former former, Progress progress) {
        return List.of(
                Step.then(
                        "retire former container",
                        () -> retirement.retire(former, plan.container(), plan.surrender(), progress)),
                Step.then("take interfaces", () -> {
                    // After a crash both had been loaded, and the former one may have had the addresses first.
                    containers.disconnect(plan.container());
                    containers.connect(plan.container());
                    containers.connect(former.container());
                }));
    }

    private void discard(Plan plan) {
        List<String> made = plan.stages().stream()
                .flatMap(s -> Stream.concat(Stream.of(s.tip()), s.copy().stream()))
                .toList();
        datasets.discard(plan.pool(), made, () -> containers.names(plan.pool()));
    }

    private void nameImage(Plan plan, String name) {
        if (images.of(plan.pool()).find(name).isEmpty()) {
            Image image = images.of(plan.pool()).get(plan.spec().image());
            images.of(plan.pool()).tag(image, name);
        }
    }

    private void destroy(Plan plan, String layer) {
        pool(plan).driver().destroy(pool(plan).containers().resolve(layer));
    }

    private RootFilesystem files(Plan plan, Volume volume) {
        return plans.filesystem(pool(plan), plan.spec(), volume);
    }

    private RootFilesystem files(Plan plan, Stage stage) {
        return files(plan, new Volume(stage.volume(), stage.tip(), stage.on(), null));
    }

    private TreeStates states(Plan plan) {
        return coming(plan).states();
    }

    private Coming coming(Plan plan) {
        Coming found = coming.get(plan.key());
        if (found == null) {
            throw new IllegalStateException("nothing comes for " + plan.key());
        }
        return found;
    }

    private Pool pool(Plan plan) {
        return pools.usable(plan.pool());
    }

    /**
     * How one state is made.
     *
     * @param name of its snapshot, or what else the user is told
     * @param volume the file system that it is a state of
     * @param tip the layer that it is written to
     * @param on the layers that this stands on, topmost first
     * @param begins whether the tip is made for it; otherwise it holds the state before
     * @param copy the layer to make of it, if one is
     * @param merged the layer to make of it and of those it stands on, if those would be too many
     */
    record Stage(
            String name,
            String volume,
            String tip,
            List<Layer> on,
            boolean begins,
            Optional<String> copy,
            Optional<String> merged) {
        /** The layers that show the state. */
        List<Layer> shown() {
            List<Layer> layers = new ArrayList<>();
            layers.add(Layer.own(tip));
            layers.addAll(on);
            return List.copyOf(layers);
        }
    }
}
