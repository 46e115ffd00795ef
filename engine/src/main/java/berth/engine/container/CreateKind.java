package berth.engine.container;

import berth.engine.idmap.User;
import berth.engine.idmap.UserStores;
import berth.engine.operation.OperationKind;
import berth.engine.operation.Progress;
import berth.engine.operation.Step;
import berth.engine.storage.Pool;
import berth.engine.storage.Pools;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The making of a container: its user, its root file system, its configuration. */
final class CreateKind implements OperationKind<CreateKind.Plan> {
    /**
     * @param ownUser the user that is made for it alone, if one is
     * @param by the user who asked for it
     * @param command the command line that asked for it
     */
    record Plan(String pool, ContainerSpec spec, Optional<User> ownUser, String by, String command) {}

    private final Pools pools;
    private final UserStores users;
    private final Containers containers;
    private final RunPlans plans;

    CreateKind(Pools pools, UserStores users, Containers containers, RunPlans plans) {
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
        plan.ownUser().ifPresent(u -> steps.addAll(users.of(plan.pool()).createSteps(u)));
        steps.add(Step.of("create root file system", () -> create(plan), () -> destroy(plan)));
        steps.add(Step.commit(
                "write configuration", () -> containers.add(pool(plan), plan.spec(), plan.by(), plan.command())));
        return steps;
    }

    private void create(Plan plan) {
        User user = users.of(plan.pool()).get(plan.spec().user());
        pool(plan).driver().create(plans.root(pool(plan), plan.spec(), user));
    }

    private void destroy(Plan plan) {
        pool(plan).driver().destroy(pool(plan).containers().resolve(plan.spec().id()));
    }

    private Pool pool(Plan plan) {
        return pools.usable(plan.pool());
    }
}
