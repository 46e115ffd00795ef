package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.guest.GuestNetwork;
import berth.engine.guest.GuestTree;
import berth.engine.network.GuestInterface;
import berth.engine.network.Interfaces;
import berth.engine.network.Netif;
import berth.engine.network.managed.Networks;
import berth.engine.operation.Progress;
import berth.engine.storage.RootFilesystem;
import berth.linux.KernelException;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Tells the network managers in containers which interfaces there are, so that they leave them as they are. */
final class GuestInterfaces {
    private final Interfaces interfaces;
    private final Networks networks;
    private final RunPlans plans;
    private final ContainerLog log;

    GuestInterfaces(Interfaces interfaces, Networks networks, RunPlans plans, ContainerLog log) {
        this.interfaces = interfaces;
        this.networks = networks;
        this.plans = plans;
        this.log = log;
    }

    /** Before init runs. @throws BerthException NOT_FOUND if an interface needs a link that the host has not */
    void write(Container container, GuestTree tree) {
        new GuestFiles(tree).resolvers(resolvers(container));
        if (!GuestNetwork.write(tree, of(container))
                && !container.spec().netifs().isEmpty()) {
            log.add(container, "has no network manager that is known here: its interfaces are as they are made");
        }
    }

    /** After a change, if there is an init that may read it one day, and files can be written. What fails is told to {@code progress}. */
    void rewrite(Container container, Progress progress) {
        if (!container.state().isUp() || container.spec().ownIsolation().readOnlyRoot()) {
            return;
        }
        Consumer<String> notes = text -> {
            log.add(container, text);
            progress.note(text);
        };
        // The mount on the host, where the guest cannot have put anything over a directory of it.
        try (Directory rootfs = Directory.open(plans.of(container).paths().rootfs(), Resolution.IN_ROOT)) {
            RootFilesystem root = plans.root(container);
            GuestTree tree = new GuestTree(rootfs, root.rootUid(), root.rootGid(), notes);
            new GuestFiles(tree).resolvers(resolvers(container));
            GuestNetwork.write(tree, of(container));
        } catch (BerthException | KernelException e) {
            String text = "its network manager is not told of the change: " + e.getMessage();
            log.add(container, text);
            progress.warn(text);
        }
    }

    /** The DNS servers chosen for it, or else those of the managed networks it is on. */
    private List<String> resolvers(Container container) {
        List<String> chosen = container.spec().dnsResolvers();
        if (!chosen.isEmpty() || networks.hasNoNames()) {
            return chosen;
        }
        return container.spec().netifs().stream()
                .filter(networks::isManaged)
                .flatMap(n -> networks.find(n.requireLink()).stream())
                .flatMap(n -> Stream.of(true, false).flatMap(ipv4 -> n.gateway(ipv4).stream()))
                .distinct()
                .toList();
    }

    private List<GuestInterface> of(Container container) {
        List<Netif> netifs = container.spec().netifs();
        return netifs.stream().map(n -> interfaces.inside(n, netifs.indexOf(n))).toList();
    }
}
