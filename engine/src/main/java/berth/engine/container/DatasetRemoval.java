package berth.engine.container;

import berth.engine.operation.OperationKind;
import berth.engine.operation.Progress;
import berth.engine.operation.Step;
import berth.engine.storage.Dataset;
import berth.engine.storage.Datasets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The end of further file systems of a container, or their way into the trash: their layers stay where they are, only what says
 * whose they are is written anew. The container's mounts are held.
 */
final class DatasetRemoval implements OperationKind<DatasetRemoval.Plan> {
    /**
     * @param after what the container is made of afterwards
     * @param spec what it is afterwards
     * @param unmounted the mount points that it has no more, innermost first
     * @param trashed what goes into the trash
     * @param unneeded the layers that go unless something else needs them
     * @param by the user who asked for it
     * @param command the command line that asked for it
     */
    record Plan(
            String pool,
            String id,
            Dataset after,
            ContainerSpec spec,
            List<String> unmounted,
            List<Kept> trashed,
            Set<String> unneeded,
            String by,
            String command) {}

    /** What was, and what it is made of. */
    record Kept(TrashedDataset what, Dataset layers) {}

    private final Containers containers;
    private final Datasets datasets;
    private final DatasetShelf shelf;
    private final ContainerMounts mounts;

    DatasetRemoval(Containers containers, Datasets datasets, DatasetShelf shelf, ContainerMounts mounts) {
        this.containers = containers;
        this.datasets = datasets;
        this.shelf = shelf;
        this.mounts = mounts;
    }

    @Override
    public String name() {
        return "ct dataset del";
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
        if (!plan.trashed().isEmpty()) {
            steps.add(Step.of("put into the trash", () -> keep(plan), () -> forget(plan)));
        }
        steps.add(Step.commit("record layers", () -> datasets.save(plan.pool(), plan.after())));
        steps.add(Step.then("write configuration", () -> configure(plan)));
        if (!plan.unmounted().isEmpty()) {
            steps.add(Step.then("unmount", () -> unmount(plan)));
        }
        if (!plan.unneeded().isEmpty()) {
            steps.add(Step.then(
                    "remove unneeded layers",
                    () -> datasets.discard(plan.pool(), plan.unneeded(), () -> containers.names(plan.pool()))));
        }
        return steps;
    }

    private void keep(Plan plan) {
        plan.trashed().forEach(kept -> {
            datasets.save(plan.pool(), kept.layers());
            shelf.put(plan.pool(), kept.what());
        });
    }

    private void forget(Plan plan) {
        plan.trashed().forEach(kept -> {
            shelf.remove(plan.pool(), kept.what().id());
            datasets.forget(plan.pool(), kept.what().id());
        });
    }

    private void configure(Plan plan) {
        if (!container(plan).spec().equals(plan.spec())) {
            containers.save(container(plan), plan.spec(), plan.by(), plan.command());
        }
    }

    /** After the death of a daemon adoption does this: no configuration has such a mount. */
    private void unmount(Plan plan) {
        ContainerMounts.init(container(plan))
                .ifPresent(init -> plan.unmounted().forEach(m -> mounts.detach(container(plan), init, m)));
    }

    private Container container(Plan plan) {
        return containers.existing(new ContainerId(plan.pool(), plan.id()));
    }
}
