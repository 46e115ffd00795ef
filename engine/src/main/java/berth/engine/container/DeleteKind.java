package berth.engine.container;

import berth.engine.idmap.User;
import berth.engine.idmap.UserStores;
import berth.engine.operation.OperationKind;
import berth.engine.operation.Progress;
import berth.engine.operation.Step;
import berth.engine.storage.Datasets;
import berth.engine.storage.Pool;
import berth.engine.storage.Pools;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The end of a stopped container, or of one in the trash: from the moment its configuration is gone nothing brings it back, and
 * all of it goes.
 */
final class DeleteKind implements OperationKind<DeleteKind.Plan> {
    /**
     * @param spot what it is called, and whether in the trash
     * @param layers what its root file system and its snapshots were made of
     * @param ownUser its user if that goes with it
     */
    record Plan(String pool, MoveKind.Spot spot, Set<String> layers, Optional<User> ownUser) {}

    private final Pools pools;
    private final UserStores users;
    private final Containers containers;
    private final TrashShelf trash;
    private final Datasets datasets;

    DeleteKind(Pools pools, UserStores users, Containers containers, TrashShelf trash, Datasets datasets) {
        this.pools = pools;
        this.users = users;
        this.containers = containers;
        this.trash = trash;
        this.datasets = datasets;
    }

    @Override
    public String name() {
        return "ct del";
    }

    @Override
    public Class<Plan> planType() {
        return Plan.class;
    }

    @Override
    public String subject(Plan plan) {
        return Containers.subject(plan.pool(), id(plan));
    }

    @Override
    public List<Step> steps(Plan plan, Progress progress) {
        List<Step> steps = new ArrayList<>();
        steps.add(Step.commit("remove configuration", () -> forget(plan)));
        steps.add(Step.then("remove root file system", () -> removeLayers(plan)));
        steps.add(Step.then("remove logs", () -> removeLogs(plan)));
        plan.ownUser().ifPresent(u -> steps.addAll(users.of(plan.pool()).deleteSteps(u)));
        return steps;
    }

    private void forget(Plan plan) {
        switch (plan.spot().shelf()) {
            case CONTAINERS -> containers.remove(new ContainerId(plan.pool(), id(plan)));
            case TRASH -> trash.remove(plan.pool(), id(plan));
        }
    }

    private void removeLayers(Plan plan) {
        datasets.forget(plan.pool(), id(plan));
        datasets.discard(plan.pool(), plan.layers(), () -> containers.names(plan.pool()));
    }

    private void removeLogs(Plan plan) throws IOException {
        for (String ending : ContainerLog.ENDINGS) {
            Files.deleteIfExists(pool(plan).logs().resolve(id(plan) + ending));
        }
    }

    private Pool pool(Plan plan) {
        return pools.usable(plan.pool());
    }

    private static String id(Plan plan) {
        return plan.spot().id();
    }
}
