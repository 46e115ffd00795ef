package berth.engine.network.managed;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.Instance;
import berth.engine.network.Netif;
import berth.engine.operation.FailPoints;
import berth.engine.store.FileFailure;
import berth.linux.Errno;
import berth.linux.KernelException;
import berth.linux.process.PollLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the networks are on the host: bridges, rules, name services. For use by one thread at a time. */
final class Plumbing {
    private static final Logger LOG = LoggerFactory.getLogger(Plumbing.class);

    private final Instance instance;
    private final Bridges bridges;
    private final HostPrograms programs;
    private final PollLoop poll;
    private final FailPoints failPoints;
    private final Filter filter;
    private final Map<String, NameService> services = new HashMap<>();

    Plumbing(Instance instance, Bridges bridges, HostPrograms programs, PollLoop poll, FailPoints failPoints) {
        this.instance = instance;
        this.bridges = bridges;
        this.programs = programs;
        this.poll = poll;
        this.failPoints = failPoints;
        this.filter = new Filter(instance.name(), programs);
    }

    /** Makes the bridge and the name service of {@code network} what they should be. */
    void up(Network network, List<Port> ports) {
        programs.nft();
        NameService service = service(network);
        failPoints.before(Networks.WORK, "make bridge");
        if (bridges.up(network)) {
            service.halt();
        }
        ports.forEach(p -> bridges.isolate(p.link(), network.intraPolicy()));
        failPoints.before(Networks.WORK, "answer for containers");
        bridges.proxies().set(network, ports);
        failPoints.before(Networks.WORK, "start name service");
        service.start(network, ports);
    }

    /** Takes the bridge and the name service of {@code network} away. */
    void down(Network network) {
        failPoints.before(Networks.WORK, "stop name service");
        service(network).stop();
        services.remove(network.name());
        failPoints.before(Networks.WORK, "answer for containers no longer");
        bridges.proxies().set(network, List.of());
        failPoints.before(Networks.WORK, "remove bridge");
        bridges.down(network);
    }

    /** Makes the rules those of {@code networks} and of what is filtered elsewhere; without either there are none. */
    void load(Collection<Network> networks, Ports ports) {
        List<Port> elsewhere = ports.filtered(names(networks));
        if (networks.isEmpty() && elsewhere.isEmpty()) {
            // A host that never had a network may have no nftables.
            if (Files.exists(directory())) {
                failPoints.before(Networks.WORK, "remove rules");
                filter.remove();
            }
            return;
        }
        failPoints.before(Networks.WORK, "load rules");
        makeDirectory();
        SequencedSet<FilterElement> wanted = new LinkedHashSet<>();
        elsewhere.forEach(p -> wanted.addAll(FilterElement.of(p, Intra.ALLOW)));
        for (Network network : networks) {
            List<Port> own = ports.on(network.name());
            own.forEach(p -> wanted.addAll(FilterElement.of(p, network.intraPolicy())));
            wanted.addAll(FilterElement.of(network, own));
        }
        filter.load(networks, wanted);
    }

    /** A container has {@code come} on {@code network} and no longer {@code gone}. */
    void change(Collection<Network> networks, Network network, Ports ports, List<Port> gone, List<Port> come) {
        SequencedSet<FilterElement> before = new LinkedHashSet<>();
        SequencedSet<FilterElement> after = new LinkedHashSet<>();
        gone.forEach(p -> before.addAll(FilterElement.of(p, network.intraPolicy())));
        come.forEach(p -> after.addAll(FilterElement.of(p, network.intraPolicy())));
        before.addAll(FilterElement.of(network, gone));
        after.addAll(FilterElement.of(network, come));
        failPoints.before(Networks.WORK, "change rules");
        filter(networks, ports, before, after);
        failPoints.before(Networks.WORK, "tell name service");
        List<Port> lost = gone.stream().filter(p -> !come.contains(p)).toList();
        List<Port> added = come.stream().filter(p -> !gone.contains(p)).toList();
        bridges.proxies().change(network, lost, added);
        service(network).change(lost, added);
    }

    /** A container has {@code come}, which are filtered, on links that are not managed, and no longer {@code gone}. */
    void filter(Collection<Network> networks, Ports ports, List<Port> gone, List<Port> come) {
        boolean isFirst = networks.isEmpty() && ports.filtered(names(networks)).size() == come.size();
        boolean isLast = networks.isEmpty() && ports.filtered(names(networks)).isEmpty();
        if (isFirst || isLast) {
            load(networks, ports);
            return;
        }
        SequencedSet<FilterElement> before = new LinkedHashSet<>();
        SequencedSet<FilterElement> after = new LinkedHashSet<>();
        gone.forEach(p -> before.addAll(FilterElement.of(p, Intra.ALLOW)));
        come.forEach(p -> after.addAll(FilterElement.of(p, Intra.ALLOW)));
        filter(networks, ports, before, after);
    }

    /** Refuses a firewall, where no network is, that cannot be or lets nothing pass. @throws BerthException UNSUPPORTED; INVALID */
    void requireFilter(Netif netif) {
        programs.nft();
        if (netif.addresses().isEmpty()) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "interface '%s' has no address, so its firewall would let nothing pass".formatted(netif.name()),
                    "say with --address what it may speak as; what DHCP on '%s' would give is not known here"
                            .formatted(netif.requireLink()));
        }
    }

    /** What is wrong. */
    List<Finding> check(List<Network> networks) {
        return new NetworkCheck(instance, bridges, programs)
                .run(networks, n -> service(n).pid());
    }

    /** Whether dnsmasq is not installed. */
    boolean hasNoNames() {
        return programs.dnsmasq().isEmpty();
    }

    /** DHCP and names of {@code network}. */
    NameService service(Network network) {
        return services.computeIfAbsent(
                network.name(),
                n -> new NameService(
                        network,
                        new NameServiceFiles(
                                directory().resolve(n),
                                instance.stateDirectory().resolve("network").resolve(n)),
                        programs,
                        poll));
    }

    private void filter(
            Collection<Network> networks,
            Ports ports,
            SequencedSet<FilterElement> before,
            SequencedSet<FilterElement> after) {
        try {
            filter.change(FilterElement.missing(before, after), FilterElement.missing(after, before));
        } catch (KernelException e) {
            if (!e.is(Errno.ENOENT) && !e.is(Errno.EEXIST)) {
                throw e;
            }
            LOG.warn("Somebody has changed the rules of the networks; they are loaded again");
            load(networks, ports);
        }
    }

    private static Set<String> names(Collection<Network> networks) {
        return networks.stream().map(Network::name).collect(Collectors.toSet());
    }

    private void makeDirectory() {
        try {
            Files.createDirectories(directory());
        } catch (IOException e) {
            throw FileFailure.of("make", directory(), e);
        }
    }

    private Path directory() {
        return instance.runDirectory().resolve("network");
    }
}
