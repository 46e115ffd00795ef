package berth.engine.container;

import berth.engine.guest.GuestTree;
import berth.engine.operation.Caller;
import berth.linux.KernelException;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import berth.linux.process.Hostname;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Single settings of a container. What can change while it runs does so at once, the rest with its next start. */
public final class ContainerSettings {
    private final Containers containers;
    private final RunPlans plans;
    private final ContainerLog log;

    ContainerSettings(Containers containers, RunPlans plans, ContainerLog log) {
        this.containers = containers;
        this.plans = plans;
        this.log = log;
    }

    /** Sets its host name, inside too; null makes it its id again. */
    public void hostname(Container container, @Nullable String name, Caller caller) {
        containers.change(container, caller, spec -> spec.withHostname(name));
        inside(container, caller, files -> files.hostname(container.hostname()));
        rename(container, caller);
    }

    /** Sets its DNS servers, inside too; none leaves its own resolv.conf alone from now on. */
    public void dnsResolvers(Container container, List<String> addresses, Caller caller) {
        containers.change(container, caller, spec -> spec.withDnsResolvers(addresses));
        inside(container, caller, files -> files.resolvers(addresses));
    }

    /** Sets the program that becomes its process 1; none makes it {@code /sbin/init} again. */
    public void initCommand(Container container, List<String> words, Caller caller) {
        containers.change(container, caller, spec -> spec.withInitCmd(words));
    }

    /** Sets whether and when it starts with the host. */
    public void autostart(Container container, Optional<Autostart> autostart, Caller caller) {
        containers.change(container, caller, spec -> spec.withAutostart(autostart.orElse(null)));
    }

    /** Sets what its root file system is said to hold. */
    public void distribution(Container container, Distribution distribution, Caller caller) {
        containers.change(container, caller, spec -> spec.withDistribution(distribution));
    }

    private void inside(Container container, Caller caller, Consumer<GuestFiles> change) {
        if (container.state().isUp()) {
            var root = plans.root(container);
            try (Directory rootfs = Directory.open(plans.of(container).paths().rootfs(), Resolution.IN_ROOT)) {
                change.accept(
                        new GuestFiles(new GuestTree(rootfs, root.rootUid(), root.rootGid(), caller.progress()::note)));
            }
        }
    }

    /** The name that its kernel namespace has, whatever tools it has inside. */
    private void rename(Container container, Caller caller) {
        Optional<Integer> init = container.initPid();
        if (init.isEmpty()) {
            return;
        }
        try {
            Hostname.set(init.get(), container.hostname());
        } catch (KernelException e) {
            log.add(container, "its new host name holds from its next start: " + e.getMessage());
            caller.progress().warn("the new host name holds from the next start of '%s'".formatted(container.name()));
        }
    }
}
