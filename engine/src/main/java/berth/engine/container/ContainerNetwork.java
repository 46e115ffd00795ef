package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.network.AnnouncedRoute;
import berth.engine.network.Interfaces;
import berth.engine.network.Netif;
import berth.engine.network.NetifType;
import berth.engine.network.managed.Networks;
import berth.engine.operation.Caller;
import berth.engine.operation.FailPoints;
import berth.engine.operation.Progress;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.netlink.MacAddress;
import berth.linux.process.NamespaceKind;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The network interfaces of containers: their configuration, and in running containers the interfaces themselves.
 *
 * <p>A change takes away first, then writes the configuration, then adds: whenever the daemon dies, what the configuration says
 * can be completed from it. Safe for use by several threads.
 */
public final class ContainerNetwork {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerNetwork.class);

    /** Its name at fail points. */
    private static final String WORK = "netif";

    private static final byte LOCALLY_ADMINISTERED = 2;

    private final Containers containers;
    private final Interfaces interfaces;
    private final GuestInterfaces guests;
    private final Networks networks;
    private final ManagedPorts ports;
    private final FailPoints failPoints;
    private final RandomGenerator random = new SecureRandom();
    /** Network namespaces that hold links of the host: kept until those are back. */
    private final Map<ContainerId, Fd> borrowing = new ConcurrentHashMap<>();

    ContainerNetwork(
            Containers containers,
            Interfaces interfaces,
            Networks networks,
            ManagedPorts ports,
            GuestInterfaces guests,
            FailPoints failPoints) {
        this.containers = containers;
        this.interfaces = interfaces;
        this.networks = networks;
        this.ports = ports;
        this.guests = guests;
        this.failPoints = failPoints;
    }

    /** The interface {@code name} of {@code container}. @throws BerthException NOT_FOUND */
    public Netif get(Container container, String name) {
        return find(container, name)
                .orElseThrow(() -> new BerthException(
                        ErrorCode.NOT_FOUND,
                        "container '%s' has no interface '%s'".formatted(container.name(), name),
                        "'osctl ct netif ls %s' lists those it has".formatted(container.name())));
    }

    /** A MAC address for a new interface: any of those that no manufacturer gives. Source: IEEE 802, locally administered. */
    public MacAddress freshHwaddr() {
        byte[] bytes = new byte[MacAddress.SIZE];
        random.nextBytes(bytes);
        bytes[0] = LOCALLY_ADMINISTERED;
        return MacAddress.of(bytes);
    }

    /** The name of the host's end of an interface, empty if there is none now. */
    public Optional<String> outside(Container container, Netif netif) {
        return interfaces.outside(full(container, netif), netif).map(berth.linux.netlink.Link::name);
    }

    /** The routes to containers that other routers may be told of. */
    public List<AnnouncedRoute> announced() {
        return interfaces.announced();
    }

    /** Gives {@code container} another interface, at once if it runs. @throws BerthException EXISTS, IN_USE */
    public void add(Container container, Netif netif, Caller caller) {
        change(container, caller, before -> {
            if (before.stream().anyMatch(n -> n.name().equals(netif.name()))) {
                throw new BerthException(
                        ErrorCode.EXISTS,
                        "container '%s' has an interface '%s' already".formatted(container.name(), netif.name()),
                        "choose another name, or change it with 'osctl ct netif set'");
            }
            List<Netif> after = new ArrayList<>(before);
            after.add(netif);
            return after;
        });
    }

    /** Takes interface {@code name} from {@code container}, at once if it runs. */
    public void remove(Container container, String name, Caller caller) {
        change(container, caller, before -> {
            get(container, name);
            return before.stream().filter(n -> !n.name().equals(name)).toList();
        });
    }

    /** Changes interface {@code name} of {@code container}, at once if it runs. */
    public void change(Container container, String name, Caller caller, UnaryOperator<Netif> change) {
        change(container, caller, before -> {
            Netif changed = change.apply(get(container, name));
            if (!changed.name().equals(name) && find(container, changed.name()).isPresent()) {
                throw new BerthException(
                        ErrorCode.EXISTS,
                        "container '%s' has an interface '%s' already".formatted(container.name(), changed.name()));
            }
            return before.stream().map(n -> n.name().equals(name) ? changed : n).toList();
        });
    }

    /**
     * Those of {@code netifs} that container {@code id}, which does not exist yet, can have; the others are left out with a warning.
     * They are held for it until it exists or {@link #dismiss} is called.
     */
    List<Netif> claim(ContainerId id, List<Netif> netifs, Progress progress) {
        List<Netif> kept = List.of();
        for (Netif netif : netifs) {
            List<Netif> wished = new ArrayList<>(kept);
            wished.add(netif);
            try {
                List<Netif> assigned = networks.assign(id.toString(), List.of(), wished);
                AddressBook.refuseTaken(containers.all(), id, assigned, networks::isManaged);
                kept = assigned;
            } catch (BerthException e) {
                progress.warn("interface %s is left out: %s".formatted(netif.name(), e.getMessage()));
            }
        }
        return networks.assign(id.toString(), List.of(), kept);
    }

    /** Lets go of what {@link #claim} held. */
    void dismiss(ContainerId id) {
        networks.dismiss(id.toString());
    }

    /** Makes every interface of a container whose init waits to be run in {@code netns}; see {@link BeforeInit}. */
    void prepare(Container container, Fd netns) {
        List<Netif> netifs = container.spec().netifs();
        for (Netif netif : netifs) {
            interfaces.create(full(container, netif), netif, netifs.indexOf(netif), netns);
            ports.connected(container.id(), netif);
        }
        borrow(container, netns);
    }

    /** After the daemon was away: gives a running container what its configuration says. Failures are logged. */
    void restore(Container container) {
        inside(container, netns -> {
            List<Netif> netifs = container.spec().netifs();
            for (Netif netif : netifs) {
                try {
                    interfaces.restore(full(container, netif), netif, netifs.indexOf(netif), netns);
                    ports.connected(container.id(), netif);
                } catch (BerthException | KernelException e) {
                    LOG.warn("Interface {} of {} is not as it should be: {}", netif.name(), container, e.getMessage());
                }
            }
            borrow(container, netns);
        });
        guests.rewrite(container, Progress.none());
    }

    /** After the daemon was away: takes away what interfaces of containers that ended meanwhile have left on the host. */
    void sweep() {
        interfaces.sweep(ports.prefix());
    }

    /** When nothing of {@code container} runs any more: no routes lead to it, what the host lent comes back, nothing is left. */
    void stopped(Container container) {
        exclusively(container, () -> {
            try (Fd netns = borrowing.remove(container.id())) {
                container.spec().netifs().forEach(n -> interfaces.ended(full(container, n), n));
                if (netns != null) {
                    lent(container).forEach(n -> interfaces.remove(full(container, n), n, netns));
                }
            } catch (KernelException e) {
                LOG.warn("What {} had of the host's network is not back: {}", container, e.getMessage());
            }
        });
    }

    private void change(Container container, Caller caller, UnaryOperator<List<Netif>> change) {
        become(container, caller, spec -> spec.withNetifs(change.apply(spec.netifs())));
    }

    /** Changes what {@code container} is, its interfaces among it, and at once if it runs. */
    void become(Container container, Caller caller, UnaryOperator<ContainerSpec> change) {
        containers.locked(
                container,
                caller,
                () -> exclusively(container, () -> {
                    ContainerSpec before = container.spec();
                    ContainerSpec wished = change.apply(before);
                    ContainerSpec after = wished.withNetifs(
                            networks.assign(container.id().toString(), before.netifs(), wished.netifs()));
                    configure(container, before, after, caller);
                    try {
                        failPoints.before(WORK, "add");
                        inside(container, netns -> complete(container, before.netifs(), after.netifs(), netns));
                    } catch (BerthException | KernelException e) {
                        undo(container, before, after, caller, e);
                        throw e;
                    }
                    failPoints.before(WORK, "tell guest");
                    guests.rewrite(container, caller.progress());
                }));
    }

    private void configure(Container container, ContainerSpec before, ContainerSpec after, Caller caller) {
        try {
            AddressBook.refuseTaken(containers.all(), container.id(), after.netifs(), networks::isManaged);
            failPoints.before(WORK, "take away");
            inside(container, netns -> reduce(container, before.netifs(), after.netifs(), netns));
            failPoints.before(WORK, "write configuration");
            containers.save(container, after, caller);
        } catch (RuntimeException e) {
            networks.dismiss(container.id().toString());
            throw e;
        }
    }

    /** What cannot be had shall not be configured either. */
    private void undo(
            Container container, ContainerSpec before, ContainerSpec after, Caller caller, RuntimeException cause) {
        try {
            failPoints.before(WORK, "undo");
            inside(container, netns -> reduce(container, after.netifs(), before.netifs(), netns));
            containers.save(container, before, caller);
            inside(container, netns -> complete(container, after.netifs(), before.netifs(), netns));
        } catch (BerthException | KernelException e) {
            cause.addSuppressed(e);
            LOG.warn("Interfaces of {} are not as they were: {}", container, e.getMessage());
        }
    }

    private void complete(Container container, List<Netif> before, List<Netif> after, Fd netns) {
        after.stream().filter(n -> !before.contains(n)).forEach(n -> {
            interfaces.complete(full(container, n), n, after.indexOf(n), netns);
            failPoints.before(WORK, "connect");
            ports.connected(container.id(), n);
        });
        borrow(container, netns);
    }

    private void reduce(Container container, List<Netif> before, List<Netif> after, Fd netns) {
        before.forEach(former -> reduce(container, former, after, netns));
    }

    private void reduce(Container container, Netif former, List<Netif> after, Fd netns) {
        Optional<Netif> later =
                after.stream().filter(n -> n.name().equals(former.name())).findFirst();
        if (later.isEmpty()) {
            interfaces.remove(full(container, former), former, netns);
        } else if (!later.get().equals(former)) {
            interfaces.reduce(full(container, former), former, later.get(), netns);
        }
    }

    /** Runs {@code work} on the network namespace of {@code container} if it runs; while it reboots its start will do the rest. */
    private void inside(Container container, Consumer<Fd> work) {
        Optional<Integer> init = container.initPid();
        if (init.isEmpty()) {
            return;
        }
        try (Fd netns = NamespaceKind.NETWORK.of(init.get())) {
            // Still the init whose namespace was opened, and no later process of that number.
            if (container.initPid().equals(init)) {
                work.accept(netns);
            }
        } catch (KernelException e) {
            if (container.initPid().equals(init)) {
                throw e;
            }
        }
    }

    private void borrow(Container container, Fd netns) {
        Fd former = lent(container).isEmpty()
                ? borrowing.remove(container.id())
                : borrowing.put(container.id(), netns.dup());
        if (former != null) {
            former.close();
        }
    }

    private static List<Netif> lent(Container container) {
        return container.spec().netifs().stream()
                .filter(n -> n.type() == NetifType.PHYSICAL)
                .toList();
    }

    private static Optional<Netif> find(Container container, String name) {
        return container.spec().netifs().stream()
                .filter(n -> n.name().equals(name))
                .findFirst();
    }

    private String full(Container container, Netif netif) {
        return ports.full(container.id(), netif);
    }

    /** Its own lock is not enough: a reboot inside takes none. */
    private static void exclusively(Container container, Runnable work) {
        container.preparing().lock();
        try {
            work.run();
        } finally {
            container.preparing().unlock();
        }
    }
}
