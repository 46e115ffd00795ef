package berth.engine.container;

import berth.engine.operation.Operations;
import berth.engine.operation.Recovered;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds again, after a start of the daemon, what its containers have been doing without it. Nothing that runs is touched.
 * Runs before any command does.
 */
public final class Adoption {
    private static final Logger LOG = LoggerFactory.getLogger(Adoption.class);

    private final Containers containers;
    private final ContainerRunner runner;
    private final ContainerNetwork network;
    private final ContainerLimits limits;
    private final ContainerDevices devices;
    private final ContainerMounts mounts;
    private final ContainerViews views;
    private final Leftovers leftovers;
    private final ContainerLog log;

    Adoption(
            Containers containers,
            ContainerRunner runner,
            ContainerNetwork network,
            ContainerLimits limits,
            ContainerDevices devices,
            ContainerMounts mounts,
            ContainerViews views,
            Leftovers leftovers,
            ContainerLog log) {
        this.containers = containers;
        this.runner = runner;
        this.network = network;
        this.limits = limits;
        this.devices = devices;
        this.mounts = mounts;
        this.views = views;
        this.leftovers = leftovers;
        this.log = log;
    }

    /** Completes or undoes the starts and stops that a former daemon left unfinished, as {@code operations} knows them. */
    public void recover(Operations operations) {
        tell(operations.recover());
    }

    /** Tells the containers' logs what became of unfinished operations. */
    public void tell(List<Recovered> recovered) {
        for (Recovered operation : recovered) {
            String text = "%s was cut off; it is now %s"
                    .formatted(
                            words(operation),
                            operation.outcome().name().toLowerCase(Locale.ROOT).replace('_', ' '));
            subject(operation).ifPresent(c -> log.add(c, text));
        }
    }

    /** Gives every container of {@code pool} the state that the kernel shows, and removes what belongs to none. */
    public void adopt(String pool) {
        List<Container> all = containers.of(pool);
        for (Container container : all) {
            try {
                runner.adopt(container);
                network.restore(container);
            } catch (RuntimeException e) {
                LOG.error("{} cannot be adopted", container, e);
                container.becomes(ContainerState.ERROR);
                log.add(container, "its state cannot be found out: " + e.getMessage());
            }
        }
        limits.restore(pool);
        devices.restore(pool);
        mounts.restore(pool);
        views.restore(pool);
        leftovers.remove(pool, all, containers.unreadable(pool));
        network.sweep();
    }

    /** A command may consist of several operations, of which the later ones were never begun. */
    private static String words(Recovered operation) {
        String kind = operation.kind();
        String command = operation.actor().map(a -> a.command()).orElse(kind);
        return command.startsWith(kind) ? "'" + command + "'" : "the '%s' of '%s'".formatted(kind, command);
    }

    private Optional<Container> subject(Recovered operation) {
        return containers.all().stream()
                .filter(c -> operation
                        .subject()
                        .filter(s -> s.equals(Containers.subject(c.id().pool(), c.name())))
                        .isPresent())
                .findFirst();
    }
}
