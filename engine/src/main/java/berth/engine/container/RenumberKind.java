package berth.engine.container;

import berth.engine.idmap.User;
import berth.engine.idmap.UserRelocation;
import berth.engine.idmap.UserStores;
import berth.engine.image.ImageStores;
import berth.engine.operation.LockKey;
import berth.engine.operation.OperationKind;
import berth.engine.operation.Progress;
import berth.engine.operation.Step;
import berth.engine.storage.Dataset;
import berth.engine.storage.Datasets;
import berth.engine.storage.Ids;
import berth.engine.storage.Pool;
import berth.engine.storage.Pools;
import berth.engine.storage.RootFilesystem;
import berth.engine.storage.Volume;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A user that has other ids from now on. No file gets another owner: what its containers' layers hold is frozen and read through
 * a map from the ids that it is stored with, as the layers of a copy are, and each container goes on with a new layer.
 */
final class RenumberKind implements OperationKind<RenumberKind.Plan> {
    /** @param roots the files of its containers, also of those in the trash */
    record Plan(String pool, User before, User after, List<Root> roots) {}

    /**
     * What is stored with its ids.
     *
     * @param image the image that the root file system stands on; null of what is none, a deleted file system of a container
     * @param merged the layers to make of those that are too many
     * @param tips the new tips
     */
    record Root(
            @Nullable String image,
            Dataset before,
            Dataset after,
            List<DatasetChange.Made> merged,
            List<DatasetChange.Made> tips) {}

    private final Pools pools;
    private final UserStores users;
    private final ImageStores images;
    private final Datasets datasets;
    private final Containers containers;

    RenumberKind(Pools pools, UserStores users, ImageStores images, Datasets datasets, Containers containers) {
        this.pools = pools;
        this.users = users;
        this.images = images;
        this.datasets = datasets;
        this.containers = containers;
    }

    @Override
    public String name() {
        return "user renumber";
    }

    @Override
    public Class<Plan> planType() {
        return Plan.class;
    }

    @Override
    public String subject(Plan plan) {
        return new LockKey(LockKey.Kind.USER, plan.pool() + ":" + plan.after().name()).toString();
    }

    @Override
    public List<Step> steps(Plan plan, Progress progress) {
        return List.of(
                Step.of(
                        "reserve ids",
                        () -> relocation(plan).hold(plan.after()),
                        () -> relocation(plan).abandon(plan.after())),
                Step.of(
                        "make new layers",
                        () -> plan.roots().forEach(r -> make(plan, r)),
                        () -> plan.roots().forEach(r -> destroy(plan, r))),
                Step.commit("write user and layers", () -> write(plan), () -> takeBack(plan)),
                Step.then("release former ids", () -> relocation(plan).settle(plan.after())),
                Step.then("remove unneeded layers", () -> plan.roots().forEach(r -> discard(plan, r))));
    }

    /** Once written its ids are its own, unless others got them while its pool was away; until then nobody knew of them. */
    @Override
    public Effect effect(Plan plan) {
        return relocation(plan).isReplaced(plan.after()) ? Effect.PRESENT : Effect.ABSENT;
    }

    private void make(Plan plan, Root root) {
        Pool pool = pool(plan);
        root.merged().forEach(m -> pool.driver().merge(filesystem(plan, root, m), m.layer()));
        root.tips()
                .forEach(t -> Tips.make(
                        pool.driver(), filesystem(plan, root, t), root.after().volume(t.volume()), t.of()));
    }

    private void destroy(Plan plan, Root root) {
        Pool pool = pool(plan);
        pool.driver()
                .destroy(Stream.concat(root.tips().stream(), root.merged().stream())
                        .map(m -> pool.containers().resolve(m.layer()))
                        .toList());
    }

    private RootFilesystem filesystem(Plan plan, Root root, DatasetChange.Made made) {
        boolean onImage = made.volume().equals(Volume.ROOT) && root.image() != null;
        return new RootFilesystem(
                pool(plan).containers(),
                made.layer(),
                made.of(),
                onImage
                        ? images.tree(plan.pool(), String.valueOf(root.image()))
                        : pool(plan).emptyTree(),
                new Ids(plan.after().uidMap(), plan.after().gidMap()));
    }

    private void write(Plan plan) {
        plan.roots().forEach(r -> datasets.save(plan.pool(), r.after()));
        relocation(plan).replace(plan.after());
    }

    private void takeBack(Plan plan) {
        plan.roots().forEach(r -> datasets.save(plan.pool(), r.before()));
        relocation(plan).takeBack(plan.before());
    }

    private void discard(Plan plan, Root root) {
        datasets.discard(plan.pool(), root.before().layers(), () -> containers.names(plan.pool()));
    }

    private UserRelocation relocation(Plan plan) {
        return users.relocation(plan.pool());
    }

    private Pool pool(Plan plan) {
        return pools.usable(plan.pool());
    }
}
