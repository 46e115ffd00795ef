package berth.engine.container;

import berth.engine.isolation.AppArmor;
import berth.engine.isolation.Isolation;
import berth.engine.isolation.SeccompProfile;
import berth.engine.isolation.StandardSeccomp;
import berth.engine.operation.Caller;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What is chosen of containers' isolation. All of it holds from the next start: a running init cannot be confined otherwise. */
public final class ContainerIsolation {
    private final Containers containers;
    private final AppArmor appArmor;

    ContainerIsolation(Containers containers, AppArmor appArmor) {
        this.containers = containers;
        this.appArmor = appArmor;
    }

    /** Lets containers run in {@code container}. */
    public void allowNesting(Container container, Caller caller) {
        change(container, isolation -> isolation.withNesting(true), caller);
    }

    /** Lets no containers run in {@code container}. */
    public void forbidNesting(Container container, Caller caller) {
        change(container, isolation -> isolation.withNesting(false), caller);
    }

    /** Mounts the root file system of {@code container} for reading only, with places in memory at {@code /run} and {@code /tmp}. */
    public void protectRoot(Container container, Caller caller) {
        change(container, isolation -> isolation.withReadOnlyRoot(true), caller);
    }

    /** Lets {@code container} write to its root file system. */
    public void openRoot(Container container, Caller caller) {
        change(container, isolation -> isolation.withReadOnlyRoot(false), caller);
    }

    /** Sets its system call filter; empty makes it the usual one again. */
    public void seccomp(Container container, Optional<SeccompProfile> profile, Caller caller) {
        change(container, isolation -> isolation.withSeccomp(profile.orElse(null)), caller);
    }

    /** The name of its system call filter. */
    public String seccompName(Container container) {
        return container
                .spec()
                .ownIsolation()
                .ownSeccomp()
                .map(SeccompProfile::name)
                .orElse(StandardSeccomp.NAME);
    }

    /** The AppArmor profile that it starts with, or why it has none. */
    public String appArmor(Container container) {
        return appArmor.describe(container.spec().ownIsolation());
    }

    private void change(Container container, UnaryOperator<Isolation> change, Caller caller) {
        containers.change(container, caller, spec -> spec.withIsolation(change.apply(spec.ownIsolation())));
        if (container.state().isUp()) {
            caller.progress().note("this holds from the next start of '%s'".formatted(container.name()));
        }
    }
}
