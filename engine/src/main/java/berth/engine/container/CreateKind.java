package berth.engine.container;

import berth.engine.idmap.User;
import berth.engine.idmap.UserStores;
import berth.engine.operation.OperationKind;
import berth.engine.operation.Progress;
import berth.engine.operation.Step;
import berth.engine.storage.Dataset;
import berth.engine.storage.Datasets;
import berth.engine.storage.Layer;
import berth.engine.storage.Pool;
import berth.engine.storage.Pools;
import berth.engine.storage.RootFilesystem;
import berth.engine.storage.Volume;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The making of a container: its user, its root file system, its configuration. */
final class CreateKind implements OperationKind<CreateKind.Plan> {
    /**
     * @param ownUser the user that is made for it alone, if one is
     * @param dataset what its files are made of
     * @param bases the layers that its tips are made on, topmost first, by volume; none if that has none
     * @param copying how the topmost of them come to be, if they are made for this
     * @param by the user who asked for it
     * @param command the command line that asked for it
     */
    record Plan(
            String pool,
            ContainerSpec spec,
            Optional<User> ownUser,
            Dataset dataset,
            Map<String, List<Layer>> bases,
            Optional<Copying> copying,
            String by,
            String command) {}

    /**
     * What is copied first of another container, whose lock is held too.
     *
     * @param container its id
     * @param layers the layers to make of its changes, by volume
     * @param suspend whether it runs and is to be suspended meanwhile
     */
    record Copying(String container, Map<String, String> layers, boolean suspend) {}

    private final Pools pools;
    private final UserStores users;
    private final Containers containers;
    private final Datasets datasets;
    private final Suspension suspension;
    private final RunPlans plans;
    private final GuestIdentities identities;

    CreateKind(
            Pools pools,
            UserStores users,
            Containers containers,
            Datasets datasets,
            Suspension suspension,
            RunPlans plans,
            GuestIdentities identities) {
        this.pools = pools;
        this.users = users;
        this.containers = containers;
        this.datasets = datasets;
        this.suspension = suspension;
        this.plans = plans;
        this.identities = identities;
    }

    @Override
    public String name() {
        return "ct new";
    }

    @Override
    public Class<Plan> planType() {
        return Plan.class;
    }

    @Override
    public String subject(Plan plan) {
        return Containers.subject(plan.pool(), plan.spec().id());
    }

    @Override
    public List<Step> steps(Plan plan, Progress progress) {
        List<Step> steps = new ArrayList<>();
        plan.ownUser().ifPresent(u -> steps.addAll(users.of(plan.pool()).createSteps(u)));
        plan.copying().ifPresent(c -> steps.addAll(copySteps(plan, c)));
        steps.add(Step.of(
                "create root file system",
                () -> create(plan),
                () -> destroy(
                        plan, plan.dataset().all().stream().map(Volume::tip).toList())));
        if (!plan.dataset().equals(Dataset.fresh(plan.spec().id()))) {
            steps.add(Step.of(
                    "record layers",
                    () -> datasets.save(plan.pool(), plan.dataset()),
                    () -> datasets.forget(plan.pool(), plan.spec().id())));
        }
        steps.add(Step.commit(
                "write configuration",
                () -> containers.add(pool(plan), plan.spec(), plan.by(), plan.command()),
                () -> containers.remove(new ContainerId(plan.pool(), plan.spec().id()))));
        plan.copying()
                .ifPresent(c -> steps.add(Step.then(
                        "remove unneeded layer",
                        () -> datasets.discard(
                                plan.pool(), c.layers().values(), () -> containers.names(plan.pool())))));
        return steps;
    }

    private void create(Plan plan) {
        for (Volume volume : plan.dataset().all()) {
            RootFilesystem files = plans.filesystem(pool(plan), plan.spec(), volume);
            List<Layer> base = plan.bases().getOrDefault(volume.name(), List.of());
            Tips.make(pool(plan).driver(), files, volume, base);
            if (volume.isRoot() && !base.isEmpty()) {
                identities.renew(pool(plan), files);
            }
        }
    }

    private List<Step> copySteps(Plan plan, Copying copying) {
        ContainerId source = new ContainerId(plan.pool(), copying.container());
        return suspension.around(
                copying.suspend() ? Optional.of(source) : Optional.empty(),
                Step.of(
                        "copy changes",
                        () -> copy(plan, containers.existing(source), copying),
                        () -> destroy(plan, copying.layers().values())));
    }

    private void copy(Plan plan, Container source, Copying copying) {
        Dataset present = datasets.of(plan.pool(), source.name());
        copying.layers()
                .forEach((volume, layer) ->
                        pool(plan).driver().copy(plans.filesystem(source, present.volume(volume)), layer));
    }

    private void destroy(Plan plan, Collection<String> layers) {
        Pool pool = pool(plan);
        pool.driver().destroy(layers.stream().map(pool.containers()::resolve).toList());
    }

    private Pool pool(Plan plan) {
        return pools.usable(plan.pool());
    }
}
