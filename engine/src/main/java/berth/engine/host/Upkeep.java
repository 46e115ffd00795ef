package berth.engine.host;

import berth.engine.container.Container;
import berth.engine.container.ContainerServices;
import berth.engine.operation.Actor;
import berth.engine.operation.Caller;
import berth.engine.operation.Progress;
import berth.engine.operation.Wait;
import berth.engine.storage.Pools;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the daemon does by itself for containers' root file systems: snapshots by schedule, and merging layers. One whose move waits
 * for a pool is left alone: what it is made of tells whether somebody used it since.
 */
public final class Upkeep {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
    private static final Duration BETWEEN_SNAPSHOTS = Duration.ofSeconds(20);
    private static final Duration BETWEEN_MERGES = Duration.ofSeconds(5);
    /** A container that another command holds is left for the next round. */
    private static final Wait PATIENCE = Wait.atMost(Duration.ofSeconds(1));

    private final Pools pools;
    private final ContainerServices services;

    public Upkeep(Pools pools, ContainerServices services) {
        this.pools = pools;
        this.services = services;
    }

    /** Works from now on, on threads of its own, until the daemon ends. */
    public void start() {
        Caller keeper = new Caller(Actor.daemon("snapshot schedule"), PATIENCE, Progress.none());
        new PoolRounds(
                        "snapshots",
                        pools,
                        pool -> each(pool, c -> services.schedules().look(c, keeper)))
                .start(() -> services.schedules().awaitChange(BETWEEN_SNAPSHOTS));
        Caller merger = new Caller(Actor.daemon("merging layers"), PATIENCE, Progress.none());
        new PoolRounds(
                        "merging",
                        pools,
                        pool -> each(pool, c -> services.merging().look(c, merger)))
                .start(() -> Thread.sleep(BETWEEN_MERGES));
    }

    private void each(String pool, Consumer<Container> look) {
        for (Container container : services.containers().of(pool)) {
            if (services.containers().isMoving(container)) {
                continue;
            }
            try {
                look.accept(container);
            } catch (RuntimeException e) {
                LOG.warn("{}: {}", container, e.getMessage());
            }
        }
    }
}
