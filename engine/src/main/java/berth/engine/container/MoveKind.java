package berth.engine.container;

import berth.engine.operation.OperationKind;
import berth.engine.operation.Progress;
import berth.engine.operation.Step;
import berth.engine.storage.Dataset;
import berth.engine.storage.Datasets;
import berth.engine.storage.Pools;
import berth.engine.store.Change;
import berth.engine.store.DurableFile;
import berth.engine.store.Revision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A stopped container that is called something else from now on, or goes to the trash, or comes back from there. Its files stay
 * where they are; only what says whose they are is written anew. There are several, by their names.
 */
final class MoveKind implements OperationKind<MoveKind.Plan> {
    /**
     * @param from what it is before
     * @param to what it is afterwards
     * @param revisions what it was and is, the newest first, under its new id
     * @param dataset what its root file system is made of, under its new id
     */
    record Plan(String pool, Spot from, Spot to, List<Revision<ContainerSpec>> revisions, Dataset dataset) {
        /** The same, as it happens at {@code time}, later than was planned. */
        Plan at(Instant time) {
            Revision<ContainerSpec> last = revisions.getFirst();
            Change change = new Change(time, last.change().by(), last.change().command());
            List<Revision<ContainerSpec>> later = new ArrayList<>(revisions);
            later.set(0, new Revision<>(last.number(), change, last.value()));
            return new Plan(pool, from, to, List.copyOf(later), dataset);
        }
    }

    /** Where the specification is and under which id. */
    record Spot(Shelf shelf, String id) {
        static Spot container(String id) {
            return new Spot(Shelf.CONTAINERS, id);
        }

        static Spot trash(String key) {
            return new Spot(Shelf.TRASH, key);
        }

        private boolean isContainer() {
            return shelf == Shelf.CONTAINERS;
        }
    }

    /** Where a specification can be. */
    enum Shelf {
        CONTAINERS,
        TRASH
    }

    private final String name;
    private final Pools pools;
    private final Containers containers;
    private final TrashShelf trash;
    private final Datasets datasets;

    /** @param name the name of the operation, for instance {@code ct trash} */
    MoveKind(String name, Pools pools, Containers containers, TrashShelf trash, Datasets datasets) {
        this.name = name;
        this.pools = pools;
        this.containers = containers;
        this.trash = trash;
        this.datasets = datasets;
    }

    /** The {@code history}, the newest first, of what is {@code spec} from now on, because of {@code change}, under its id. */
    static List<Revision<ContainerSpec>> revisions(
            ContainerSpec spec, List<Revision<ContainerSpec>> history, Change change) {
        List<Revision<ContainerSpec>> revisions = new ArrayList<>();
        int newest = history.stream().mapToInt(Revision::number).max().orElse(0);
        revisions.add(new Revision<>(newest + 1, change, spec));
        history.forEach(r ->
                revisions.add(new Revision<>(r.number(), r.change(), r.value().withId(spec.id()))));
        return List.copyOf(revisions);
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
        Spot spot = plan.from().isContainer() ? plan.from() : plan.to();
        return Containers.subject(plan.pool(), spot.id());
    }

    @Override
    public List<Step> steps(Plan plan, Progress progress) {
        String pool = plan.pool();
        Spot from = plan.from();
        Spot to = plan.to();
        List<Step> steps = new ArrayList<>();
        if (from.isContainer()) {
            ContainerId former = new ContainerId(pool, from.id());
            steps.add(Step.of(
                    "release interfaces", () -> containers.disconnect(former), () -> containers.connect(former)));
        }
        steps.add(Step.of(
                "record layers", () -> datasets.save(pool, plan.dataset()), () -> datasets.forget(pool, to.id())));
        steps.add(Step.commit("write configuration", () -> write(plan), () -> remove(pool, to)));
        steps.add(Step.then("remove former configuration", () -> remove(pool, from)));
        steps.add(Step.then("forget former layers", () -> datasets.forget(pool, from.id())));
        steps.add(Step.then("rename logs", () -> renameLogs(plan)));
        if (to.isContainer()) {
            steps.add(Step.then("take interfaces", () -> takeInterfaces(new ContainerId(pool, to.id()))));
        }
        return steps;
    }

    private void write(Plan plan) {
        if (plan.to().isContainer()) {
            containers.adopt(pools.usable(plan.pool()), plan.revisions());
        } else {
            trash.adopt(plan.pool(), plan.revisions());
        }
    }

    private void remove(String pool, Spot spot) {
        if (spot.isContainer()) {
            containers.remove(new ContainerId(pool, spot.id()));
        } else {
            trash.remove(pool, spot.id());
        }
    }

    /** After a crash both had been loaded, and the former one may have had the addresses first. */
    private void takeInterfaces(ContainerId id) {
        containers.disconnect(id);
        containers.connect(id);
    }

    private void renameLogs(Plan plan) throws IOException {
        Path logs = pools.usable(plan.pool()).logs();
        for (String ending : ContainerLog.ENDINGS) {
            Path former = logs.resolve(plan.from().id() + ending);
            if (Files.exists(former)) {
                Files.move(former, logs.resolve(plan.to().id() + ending), StandardCopyOption.ATOMIC_MOVE);
            }
        }
        DurableFile.syncDirectory(logs);
    }
}
