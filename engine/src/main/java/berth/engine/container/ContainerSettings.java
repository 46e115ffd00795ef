package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.confinement.Confinement;
import berth.engine.device.Device;
import berth.engine.guest.GuestTree;
import berth.engine.limit.Limits;
import berth.engine.mount.Mount;
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
    private final ContainerNetwork network;
    private final ContainerLimits limits;
    private final ContainerDevices devices;
    private final ContainerMounts mounts;
    private final ContainerConfinement confinement;
    private final RunPlans plans;
    private final ContainerLog log;

    ContainerSettings(
            Containers containers,
            ContainerNetwork network,
            ContainerLimits limits,
            ContainerDevices devices,
            ContainerMounts mounts,
            ContainerConfinement confinement,
            RunPlans plans,
            ContainerLog log) {
        this.containers = containers;
        this.network = network;
        this.limits = limits;
        this.devices = devices;
        this.mounts = mounts;
        this.confinement = confinement;
        this.plans = plans;
        this.log = log;
    }

    /**
     * Makes {@code container} what it was in revision {@code number}, as a new revision. Its user and image stay.
     *
     * @throws BerthException NOT_FOUND; WRONG_STATE if that revision has another user or image
     */
    public void rollBack(Container container, int number, Caller caller) {
        ContainerSpec former = containers.revision(container, number).value();
        List<String> resolvers = container.spec().dnsResolvers();
        String hostname = container.hostname();
        Limits before = container.spec().ownLimits();
        Confinement confined = container.spec().ownConfinement();
        List<Device> usable = devices.of(container).allowed();
        List<Mount> mounted = container.spec().mounts();
        network.become(container, caller, now -> {
            if (!former.user().equals(now.user()) || !former.image().equals(now.image())) {
                throw new BerthException(
                        ErrorCode.WRONG_STATE,
                        "revision %d of '%s' has another user or image".formatted(number, container.name()),
                        "its files belong to the present ones; change single settings with 'osctl ct set'");
            }
            return former;
        });
        limits.follow(container, before, caller);
        devices.follow(container, usable);
        mounts.follow(container, mounted, caller);
        confinement.follow(container, confined, caller);
        if (!hostname.equals(container.hostname())) {
            inside(container, caller, files -> files.hostname(container.hostname()));
            rename(container, caller);
        }
        if (!resolvers.equals(former.dnsResolvers())) {
            inside(container, caller, files -> files.resolvers(former.dnsResolvers()));
        }
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
        if (container.state().isUp() && container.spec().ownIsolation().readOnlyRoot()) {
            caller.progress().note("its files tell of it from the next start: its root file system is read-only");
        } else if (container.state().isUp()) {
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
