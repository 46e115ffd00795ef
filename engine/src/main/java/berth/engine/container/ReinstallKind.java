package berth.engine.container;

import berth.engine.operation.OperationKind;
import berth.engine.operation.Progress;
import berth.engine.operation.Step;
import berth.engine.storage.Dataset;
import berth.engine.storage.Datasets;
import berth.engine.storage.Pool;
import berth.engine.storage.Pools;
import berth.engine.storage.Volume;
import berth.engine.store.Revision;
import java.util.List;

/**
 * A stopped container that stands on another image from now on. Its new root file system is complete before anything of the
 * former one changes; that, with its snapshots, which stand on the former image, is in the trash afterwards.
 */
final class ReinstallKind implements OperationKind<ReinstallKind.Plan> {
    /**
     * @param spec what it is afterwards
     * @param before what its root file system is made of before
     * @param after what that is made of afterwards
     * @param aside what is in the trash: its root, not its further file systems, which it keeps
     * @param key under which what it was is in the trash
     * @param former what it was, the newest first, under that key
     * @param user on whose account it is done
     * @param command by which it is done
     */
    record Plan(
            String pool,
            ContainerSpec spec,
            Dataset before,
            Dataset after,
            Dataset aside,
            String key,
            List<Revision<ContainerSpec>> former,
            String user,
            String command) {}

    private final Pools pools;
    private final Containers containers;
    private final TrashShelf shelf;
    private final Datasets datasets;
    private final RunPlans plans;

    ReinstallKind(Pools pools, Containers containers, TrashShelf shelf, Datasets datasets, RunPlans plans) {
        this.pools = pools;
        this.containers = containers;
        this.shelf = shelf;
        this.datasets = datasets;
        this.plans = plans;
    }

    @Override
    public String name() {
        return "ct reinstall image";
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
        String pool = plan.pool();
        return List.of(
                Step.of(
                        "make new root",
                        () -> make(plan),
                        () -> pool(plan)
                                .driver()
                                .destroy(pool(plan)
                                        .containers()
                                        .resolve(plan.after().tip()))),
                Step.of(
                        "record former layers",
                        () -> datasets.save(pool, plan.aside()),
                        () -> datasets.forget(pool, plan.key())),
                Step.of(
                        "put former configuration into trash",
                        () -> shelf.adopt(pool, plan.former()),
                        () -> shelf.remove(pool, plan.key())),
                Step.commit("write configuration", () -> write(plan), () -> datasets.save(pool, plan.before())));
    }

    private void make(Plan plan) {
        Volume root = plan.after().root();
        Tips.make(pool(plan).driver(), plans.filesystem(pool(plan), plan.spec(), root), root, List.of());
    }

    private void write(Plan plan) {
        Container container =
                containers.existing(new ContainerId(plan.pool(), plan.spec().id()));
        datasets.save(plan.pool(), plan.after());
        if (!container.spec().equals(plan.spec())) {
            containers.save(container, plan.spec(), plan.user(), plan.command());
        }
    }

    private Pool pool(Plan plan) {
        return pools.usable(plan.pool());
    }
}
