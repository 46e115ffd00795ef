package berth.engine.container;

import berth.engine.mount.Mount;
import berth.engine.operation.OperationKind;
import berth.engine.operation.Progress;
import berth.engine.operation.Step;
import berth.engine.storage.Dataset;
import berth.engine.storage.Datasets;
import berth.engine.storage.Pool;
import berth.engine.storage.Pools;
import berth.engine.storage.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A further file system for a container, new or from the trash: made, mounted in it if it runs, and written down. There are
 * several, by their names. The container's mounts are held.
 */
final class DatasetAddition implements OperationKind<DatasetAddition.Plan> {
    /**
     * @param before what the container is made of before
     * @param after what it is made of afterwards
     * @param made the name of the file system that is to be made, if one is
     * @param spec what the container is afterwards
     * @param mounts what is mounted in it if it runs
     * @param trashed the key in the trash of what comes back, if anything does
     * @param by the user who asked for it
     * @param command the command line that asked for it
     */
    record Plan(
            String pool,
            String id,
            Dataset before,
            Dataset after,
            Optional<String> made,
            ContainerSpec spec,
            List<Mount> mounts,
            Optional<String> trashed,
            String by,
            String command) {}

    private final String name;
    private final Pools pools;
    private final Containers containers;
    private final Datasets datasets;
    private final DatasetShelf shelf;
    private final RunPlans plans;
    private final ContainerMounts mounts;

    /** @param name the name of the operation, for instance {@code ct dataset new} */
    DatasetAddition(
            String name,
            Pools pools,
            Containers containers,
            Datasets datasets,
            DatasetShelf shelf,
            RunPlans plans,
            ContainerMounts mounts) {
        this.name = name;
        this.pools = pools;
        this.containers = containers;
        this.datasets = datasets;
        this.shelf = shelf;
        this.plans = plans;
        this.mounts = mounts;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Class<Plan> planType() {
        return Plan.class;
    }

    @Override
    public String subject(Plan plan) {
        return Containers.subject(plan.pool(), plan.id());
    }

    @Override
    public List<Step> steps(Plan plan, Progress progress) {
        List<Step> steps = new ArrayList<>();
        plan.made()
                .map(plan.after()::volume)
                .ifPresent(volume ->
                        steps.add(Step.of("make file system", () -> make(plan, volume), () -> destroy(plan, volume))));
        steps.add(Step.of(
                "record layers",
                () -> datasets.save(plan.pool(), plan.after()),
                () -> datasets.save(plan.pool(), plan.before())));
        if (!plan.mounts().isEmpty()) {
            steps.add(Step.of("mount", () -> mount(plan), () -> unmount(plan)));
        }
        steps.add(Step.commit("write configuration", () -> configure(plan)));
        plan.trashed()
                .ifPresent(key -> steps.add(Step.then("take from the trash", () -> {
                    shelf.remove(plan.pool(), key);
                    datasets.forget(plan.pool(), key);
                })));
        return steps;
    }

    private void make(Plan plan, Volume volume) {
        Tips.make(pool(plan).driver(), plans.filesystem(container(plan), volume), volume, volume.below());
    }

    private void destroy(Plan plan, Volume volume) {
        pool(plan).driver().destroy(pool(plan).containers().resolve(volume.tip()));
    }

    private void mount(Plan plan) {
        ContainerMounts.init(container(plan))
                .ifPresent(init -> plan.mounts().forEach(m -> mounts.attach(container(plan), init, m)));
    }

    /** After the death of a daemon that had mounted it, adoption does this: no configuration has such a mount. */
    private void unmount(Plan plan) {
        ContainerMounts.init(container(plan))
                .ifPresent(init -> plan.mounts().forEach(m -> mounts.detach(container(plan), init, m.mountpoint())));
    }

    private void configure(Plan plan) {
        if (!container(plan).spec().equals(plan.spec())) {
            containers.save(container(plan), plan.spec(), plan.by(), plan.command());
        }
    }

    private Container container(Plan plan) {
        return containers.existing(new ContainerId(plan.pool(), plan.id()));
    }

    private Pool pool(Plan plan) {
        return pools.usable(plan.pool());
    }
}
