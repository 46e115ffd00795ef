package berth.engine.container;

import berth.engine.idmap.Users;
import berth.engine.operation.OperationKind;
import berth.engine.operation.Progress;
import berth.engine.operation.Step;
import berth.engine.storage.Pool;
import berth.engine.storage.Pools;
import java.util.ArrayList;
import java.util.List;

/** The making of a container: its user, its root file system, its configuration. */
final class CreateKind implements OperationKind<CreateKind.Plan> {
    /**
     * @param ownUser whether the container's user is made for it alone
     * @param by the user who asked for it
     * @param command the command line that asked for it
     */
    record Plan(String pool, ContainerSpec spec, boolean ownUser, String by, String command) {}

    private final Pools pools;
    private final Users users;
    private final Containers containers;
    private final RunPlans plans;

    CreateKind(Pools pools, Users users, Containers containers, RunPlans plans) {
        this.pools = pools;
        this.users = users;
        this.containers = containers;
        this.plans = plans;
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
        return Containers.exclusive(new ContainerId(plan.pool(), plan.spec().id()))
                .key()
                .toString();
    }

    @Override
    public List<Step> steps(Plan plan, Progress progress) {
        List<Step> steps = new ArrayList<>();
        if (plan.ownUser()) {
            steps.add(Step.of(
                    "create user",
                    () -> users.createOwned(plan.pool(), plan.spec().user()),
                    () -> users.removeOwned(plan.pool(), plan.spec().user())));
        }
        steps.add(Step.of("create root file system", () -> create(plan), () -> destroy(plan)));
        steps.add(Step.commit(
                "write configuration", () -> containers.add(pool(plan), plan.spec(), plan.by(), plan.command())));
        return steps;
    }

    private void create(Plan plan) {
        pool(plan).driver().create(plans.root(pool(plan), plan.spec()));
    }

    private void destroy(Plan plan) {
        pool(plan).driver().destroy(pool(plan).containers().resolve(plan.spec().id()));
    }

    private Pool pool(Plan plan) {
        return pools.usable(plan.pool());
    }
}
