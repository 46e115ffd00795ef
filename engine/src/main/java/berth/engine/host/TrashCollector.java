package berth.engine.host;

import berth.engine.BerthException;
import berth.engine.container.Discarded;
import berth.engine.container.TrashBin;
import berth.engine.operation.Caller;
import berth.engine.storage.Pools;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes what has been in the trash for as long as its pool keeps it: in each pool one after the other, with a rest after each, so
 * that nobody notices. What cannot be deleted is tried again at every look.
 */
public final class TrashCollector {
    private static final Logger LOG = LoggerFactory.getLogger(TrashCollector.class);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(10);
    private static final Duration REST = Duration.ofSeconds(1);

    private final Pools pools;
    private final TrashBin trash;

    public TrashCollector(Pools pools, TrashBin trash) {
        this.pools = pools;
        this.trash = trash;
    }

    /** Works from now on, on threads of its own, until the daemon ends. */
    public void start() {
        new PoolRounds("trash", pools, this::look).start(() -> Thread.sleep(BETWEEN_LOOKS));
    }

    private void look(String pool) {
        for (Discarded next : due(pool)) {
            delete(next);
            try {
                Thread.sleep(REST);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private List<Discarded> due(String pool) {
        try {
            return trash.due(pool);
        } catch (BerthException e) {
            LOG.warn("What is to leave the trash of pool {} is not known: {}", pool, e.getMessage());
            return List.of();
        }
    }

    private void delete(Discarded trashed) {
        try {
            trash.delete(trashed, Caller.daemon("trash prune"));
            LOG.info("{} has left the trash of pool {}", trashed.key(), trashed.pool());
        } catch (RuntimeException e) {
            LOG.warn("{} stays in the trash of pool {}: {}", trashed.key(), trashed.pool(), e.getMessage());
        }
    }
}
