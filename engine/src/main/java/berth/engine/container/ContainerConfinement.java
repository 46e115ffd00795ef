package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.confinement.Amount;
import berth.engine.confinement.Confinement;
import berth.engine.confinement.Prlimit;
import berth.engine.operation.Caller;
import berth.engine.operation.Operations;
import berth.linux.process.Resource;
import berth.linux.process.ResourceLimit;
import berth.linux.process.ResourceLimits;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What containers are confined to beside their limits. Resource limits and settings of the kernel hold at once, capabilities and
 * lines for LXC from the next start. Safe for use by several threads.
 */
public final class ContainerConfinement {
    private final Containers containers;
    private final Operations operations;
    private final ConfineKind kind;
    private final GuestKernel kernel;

    ContainerConfinement(Containers containers, Operations operations, ConfineKind kind, GuestKernel kernel) {
        this.containers = containers;
        this.operations = operations;
        this.kind = kind;
        this.kernel = kernel;
    }

    /**
     * Changes what {@code container} is confined to.
     *
     * @throws BerthException INVALID or NOT_FOUND for a setting that the kernel refuses; then nothing has changed
     */
    public void change(Container container, UnaryOperator<Confinement> change, Caller caller) {
        containers.locked(container, caller, () -> {
            Confinement before = container.spec().ownConfinement();
            Confinement after = change.apply(before);
            Optional<Integer> init = container.initPid();
            Map<String, String> former = init.map(pid -> GuestKernel.values(
                            pid, GuestKernel.changed(before, after).keySet()))
                    .orElse(Map.of());
            operations.run(
                    kind,
                    new ConfineKind.Plan(
                            container.id().pool(),
                            container.name(),
                            before,
                            after,
                            former,
                            caller.actor().user(),
                            caller.actor().command()),
                    caller.actor(),
                    caller.progress());
            tell(init.isPresent(), before, after, caller);
        });
    }

    /** What each process of {@code container} starts with: what its init has while it runs, else what this host would let it have. */
    public ResourceLimit effective(Container container, Resource resource) {
        return container
                .initPid()
                .flatMap(init -> ResourceLimits.of(init, resource))
                .orElseGet(
                        () -> GuestKernel.effective(resource, container.spec().ownConfinement()));
    }

    /** Makes hold for {@code container}, which had {@code before}, what its specification says now. */
    void follow(Container container, Confinement before, Caller caller) {
        Confinement after = container.spec().ownConfinement();
        Optional<Integer> init = container.initPid();
        init.ifPresent(pid -> {
            try {
                kernel.set(container, pid, GuestKernel.changed(before, after));
            } catch (BerthException e) {
                caller.progress().warn(String.valueOf(e.getMessage()));
            }
            kernel.limit(container, before, after);
        });
        tell(init.isPresent(), before, after, caller);
    }

    private static void tell(boolean running, Confinement before, Confinement after, Caller caller) {
        for (Resource resource : Resource.values()) {
            Prlimit wanted = after.prlimits().get(resource.word());
            if (wanted != null && !wanted.equals(before.prlimits().get(resource.word()))) {
                ResourceLimit possible = ResourceLimits.attainable(resource, wanted.limit());
                if (!possible.equals(wanted.limit())) {
                    caller.progress()
                            .warn(
                                    "%s is %s:%s at most on this host, whose osctld may not raise it; %s is kept for another"
                                            .formatted(
                                                    resource.word(),
                                                    new Amount(possible.soft()),
                                                    new Amount(possible.hard()),
                                                    wanted));
                }
            }
        }
        if (!running) {
            return;
        }
        if (before.sysctls().keySet().stream().anyMatch(k -> !after.sysctls().containsKey(k))) {
            caller.progress().warn("settings that were unset keep their values until the next start");
        }
        if (!before.chosenCapabilities().equals(after.chosenCapabilities())
                || !before.rawLxc().equals(after.rawLxc())) {
            caller.progress().warn("this holds from the next start: 'osctl ct restart' makes it");
        }
    }
}
