package berth.engine.network.managed;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.Instance;
import berth.engine.network.Netif;
import berth.engine.network.NetifType;
import berth.engine.operation.FailPoints;
import berth.engine.store.ObjectStore;
import berth.linux.netlink.IpPrefix;
import berth.linux.process.PollLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The managed networks of an instance, and which container has what in them. Safe for use by several threads.
 *
 * <p>A change is written first and then made: whenever the daemon dies, {@link #start} makes what the configuration says. Only
 * the bridge of a network goes before its configuration does.
 */
public final class Networks {
    /** The bridge that LXC's own tools and documents use; made when it is first wanted. */
    public static final String LXC_BRIDGE = "lxcbr0";

    /** Its name at fail points. */
    static final String WORK = "network";

    private static final Logger LOG = LoggerFactory.getLogger(Networks.class);

    private final ObjectStore<Network> store;
    private final Bridges bridges;
    private final Plumbing plumbing;
    private final FailPoints failPoints;
    private final Ports ports = new Ports();
    private final Map<String, Network> networks = new TreeMap<>();
    private final Map<String, Addressing> addressing = new HashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private boolean isStarted;

    public Networks(Instance instance, Bridges bridges, HostPrograms programs, PollLoop poll, FailPoints failPoints) {
        this.store = new ObjectStore<>(instance.stateDirectory().resolve("conf/network"), Network.class, Network::name);
        this.bridges = bridges;
        this.plumbing = new Plumbing(instance, bridges, programs, poll, failPoints);
        this.failPoints = failPoints;
    }

    /** Reads the networks; nothing is made of them before {@link #start}. */
    public void load() {
        locked(() -> store.load().objects().forEach(this::remember));
    }

    /** Makes whatever is missing on the host, when the containers of all pools are known. Failures are logged. */
    public void start() {
        locked(() -> {
            isStarted = true;
            for (Network network : networks.values()) {
                try {
                    plumbing.up(network, ports.on(network.name()));
                } catch (RuntimeException e) {
                    LOG.error("Network {} is not up: {}", network.name(), e.getMessage());
                }
            }
            try {
                plumbing.load(networks.values(), ports);
            } catch (RuntimeException e) {
                LOG.error("The networks have no rules: {}", e.getMessage());
            }
        });
    }

    /** When every container of every pool is known: what none of them needs of the host, now and from now on, is set back. */
    public void rest() {
        bridges.rest();
    }

    /** Every network, by name. */
    public List<Network> all() {
        return locked(() -> List.copyOf(networks.values()));
    }

    /** The network {@code name}, if there is such a one. */
    public Optional<Network> find(String name) {
        return locked(() -> Optional.ofNullable(networks.get(name)));
    }

    /** The network {@code name}. @throws BerthException NOT_FOUND */
    public Network get(String name) {
        return find(name)
                .orElseThrow(() -> new BerthException(
                        ErrorCode.NOT_FOUND,
                        "there is no network '%s'".formatted(name),
                        "'osctl network ls' lists the networks, 'osctl network new %s' makes one".formatted(name)));
    }

    /** Makes {@code network}. @throws BerthException EXISTS; IN_USE if its addresses are others' */
    public Network create(Network network) {
        return locked(() -> {
            if (networks.containsKey(network.name())) {
                throw new BerthException(
                        ErrorCode.EXISTS,
                        "network '%s' exists already".formatted(network.name()),
                        "choose another name, or change it with 'osctl network set'");
            }
            new Surroundings(bridges, networks.values()).refuseTaken(network);
            save(network);
            try {
                remember(network);
                plumbing.up(network, ports.on(network.name()));
                plumbing.load(networks.values(), ports);
            } catch (RuntimeException e) {
                undo(network, e);
                throw e;
            }
            return network;
        });
    }

    /** An IPv4 network that nobody uses. */
    public String freeSubnet() {
        return locked(() -> new Surroundings(bridges, networks.values()).freeSubnet());
    }

    /** Removes a network and all that was made for it. @throws BerthException IN_USE, naming the containers that are on it */
    public void delete(String name) {
        locked(() -> {
            Network network = get(name);
            List<String> containers =
                    ports.on(name).stream().map(Port::container).distinct().toList();
            if (!containers.isEmpty()) {
                throw new BerthException(
                        ErrorCode.IN_USE,
                        "network '%s' still has containers: %s".formatted(name, String.join(", ", containers)),
                        "take their interfaces away first: 'osctl ct netif ls --link %s' lists them".formatted(name));
            }
            takeAway(network);
        });
    }

    /** Changes a network, at once for the containers on it. Its name, kind and subnets stay. */
    public Network change(String name, UnaryOperator<Network> change) {
        return locked(() -> {
            Network before = get(name);
            Network after = change.apply(before);
            if (after.equals(before)) {
                return before;
            }
            save(after);
            remember(after);
            failPoints.before(WORK, "change network");
            plumbing.up(after, ports.on(name));
            plumbing.load(networks.values(), ports);
            return after;
        });
    }

    /** The interfaces of containers on a network. */
    public List<Port> ports(String network) {
        return locked(() -> ports.on(network));
    }

    /** The addresses that guests of a network have asked for. */
    public List<Lease> leases(String network) {
        return plumbing.service(get(network)).leases();
    }

    /** Whether there are no DHCP and no names, for want of dnsmasq. */
    public boolean hasNoNames() {
        return plumbing.hasNoNames();
    }

    /** What is wrong with the networks, or with the host for them. */
    public List<Finding> check() {
        return locked(() -> {
            List<Finding> findings = new ArrayList<>(plumbing.check(List.copyOf(networks.values())));
            for (Network network : networks.values()) {
                network.forwards().stream()
                        .filter(f -> ports.of(f.container(), network.name()).isEmpty())
                        .forEach(f -> findings.add(Finding.ofLostForward(network, f)));
            }
            return findings;
        });
    }

    /**
     * Gives interfaces on managed networks the addresses that they lack, which are {@code container}'s from now on: until {@link
     * #settle} says what it has.
     *
     * @param before its interfaces as they are
     * @param after its interfaces as they are wanted
     * @throws BerthException INVALID for an address of another network; IN_USE for one of another container, which is named
     */
    public List<Netif> assign(String container, List<Netif> before, List<Netif> after) {
        return locked(() -> {
            List<Netif> complete = new ArrayList<>();
            try {
                for (Netif netif : after) {
                    Netif moved = withoutFormer(netif, before);
                    makeIfWanted(moved);
                    if (moved.firewall() && of(moved).isEmpty()) {
                        plumbing.requireFilter(moved);
                    }
                    complete.add(
                            of(moved).map(a -> a.complete(moved, container)).orElse(moved));
                }
            } catch (RuntimeException e) {
                dismiss(container);
                throw e;
            }
            return complete;
        });
    }

    /** Whether {@code netif} is on a managed network, whose addresses are all accounted for here. */
    public boolean isManaged(Netif netif) {
        return locked(() -> of(netif).isPresent());
    }

    /** {@code container} has these interfaces on bridges, and no others. */
    public void settle(String container, List<Port> now) {
        locked(() -> {
            List<Port> before = ports.of(container);
            ports.set(container, now);
            for (Network network : networks.values()) {
                List<Port> gone = on(network, before);
                List<Port> come = on(network, now);
                if (gone.isEmpty() && come.isEmpty()) {
                    continue;
                }
                Addressing table = Objects.requireNonNull(addressing.get(network.name()));
                gone.forEach(p -> table.release(p.prefixes(), container));
                come.forEach(table::take);
                if (isStarted && !gone.equals(come)) {
                    make(come, () -> plumbing.change(networks.values(), network, ports, gone, come));
                }
            }
            List<Port> gone = Ports.filtered(before, networks.keySet());
            List<Port> come = Ports.filtered(now, networks.keySet());
            if (isStarted && !gone.equals(come)) {
                make(come, () -> plumbing.filter(networks.values(), ports, gone, come));
            }
        });
    }

    /** Gives back what {@link #assign} gave for interfaces that were not to be. */
    public void dismiss(String container) {
        locked(() -> networks.values()
                .forEach(n -> Objects.requireNonNull(addressing.get(n.name()))
                        .keepOnly(container, on(n, ports.of(container)))));
    }

    /** The host's end {@code link} of an interface on {@code network} is there: what the network says holds for it. */
    public void connected(String network, String link) {
        find(network).ifPresent(n -> bridges.isolate(link, n.intraPolicy()));
    }

    /** What nobody has any more does no harm: its end is not held up by it. */
    private static void make(List<Port> come, Runnable change) {
        try {
            change.run();
        } catch (RuntimeException e) {
            if (!come.isEmpty()) {
                throw e;
            }
            LOG.error("A network still knows an interface that is gone: {}", e.getMessage());
        }
    }

    private Netif withoutFormer(Netif netif, List<Netif> before) {
        return before.stream()
                .filter(b -> b.name().equals(netif.name()) && !Objects.equals(b.link(), netif.link()))
                .findFirst()
                .flatMap(this::of)
                .map(former -> former.without(netif))
                .orElse(netif);
    }

    private Optional<Addressing> of(Netif netif) {
        if (netif.type() != NetifType.BRIDGE) {
            return Optional.empty();
        }
        return Optional.ofNullable(addressing.get(netif.requireLink()));
    }

    private void makeIfWanted(Netif netif) {
        if (netif.type() == NetifType.BRIDGE
                && netif.requireLink().equals(LXC_BRIDGE)
                && !networks.containsKey(LXC_BRIDGE)
                && !bridges.exists(LXC_BRIDGE)) {
            create(Network.of(LXC_BRIDGE, NetworkKind.NAT, freeSubnet(), null));
        }
    }

    private static List<Port> on(Network network, List<Port> ports) {
        return ports.stream().filter(p -> p.network().equals(network.name())).toList();
    }

    private void remember(Network network) {
        networks.put(network.name(), network);
        bridges.need(network);
        Addressing table = new Addressing(network);
        ports.on(network.name()).forEach(table::take);
        addressing.put(network.name(), table);
    }

    private void save(Network network) {
        failPoints.before(WORK, "write configuration");
        store.save(network);
    }

    private void undo(Network network, RuntimeException cause) {
        try {
            takeAway(network);
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    private void takeAway(Network network) {
        networks.remove(network.name());
        addressing.remove(network.name());
        plumbing.down(network);
        failPoints.before(WORK, "remove configuration");
        store.remove(network.name());
        plumbing.load(networks.values(), ports);
        bridges.needNoLonger(network);
    }

    private void locked(Runnable work) {
        locked(() -> {
            work.run();
            return work;
        });
    }

    private <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    /** The prefixes of {@code network}, for who must not overlap them. */
    static List<IpPrefix> prefixes(Network network) {
        return network.hosts().stream().map(IpPrefix::network).toList();
    }
}
