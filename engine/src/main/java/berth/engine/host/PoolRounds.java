package berth.engine.host;

import berth.engine.storage.Pool;
import berth.engine.storage.Pools;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Something that the daemon looks after in every pool, again and again: in each on a thread of the pool's own, so that a pool that
 * hangs keeps no other waiting.
 */
final class PoolRounds {
    private static final Logger LOG = LoggerFactory.getLogger(PoolRounds.class);

    /** What is awaited between two rounds. */
    @FunctionalInterface
    interface Pause {
        void await() throws InterruptedException;
    }

    private final String name;
    private final Pools pools;
    private final Consumer<String> look;
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();

    /**
     * @param name that of its threads
     * @param look what is done in the pool of that name
     */
    PoolRounds(String name, Pools pools, Consumer<String> look) {
        this.name = name;
        this.pools = pools;
        this.look = look;
    }

    /** Goes round from now on, until the daemon ends. */
    void start(Pause pause) {
        Thread.ofPlatform().daemon().name(name).start(() -> run(pause));
    }

    private void run(Pause pause) {
        try {
            while (true) {
                pools.all().stream()
                        .filter(p -> p.whyUnusable().isEmpty())
                        .map(Pool::name)
                        .filter(underWay::add)
                        .forEach(pool -> Thread.ofPlatform()
                                .daemon()
                                .name(name + "-" + pool)
                                .start(() -> look(pool)));
                pause.await();
            }
        } catch (InterruptedException e) {
            LOG.debug("no more {}", name);
        }
    }

    private void look(String pool) {
        try {
            look.accept(pool);
        } catch (RuntimeException e) {
            LOG.warn("{} of pool {}: {}", name, pool, e.getMessage());
        } finally {
            underWay.remove(pool);
        }
    }
}
