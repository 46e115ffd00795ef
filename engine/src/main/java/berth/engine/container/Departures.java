package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.storage.Datasets;
import berth.engine.storage.Pool;
import berth.engine.store.ObjectStore;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The containers of every open pool that leave for another, in {@code conf/departure} of the pool that they leave. The journal of
 * the move is in the other pool, which may be away when osctld starts again: a container that is used until that comes back has what
 * the moved one has not, and stays. Safe for use by several threads; whoever changes one holds its container's lock.
 */
final class Departures {
    private record Open(ObjectStore<Departure> store, Map<String, Departure> byId) {}

    private final Datasets datasets;
    private final Map<String, Open> pools = new ConcurrentHashMap<>();

    Departures(Datasets datasets) {
        this.datasets = datasets;
    }

    /** Reads those of {@code pool}. One whose file is broken stays. */
    void open(Pool pool) {
        ObjectStore<Departure> store =
                new ObjectStore<>(pool.configuration("departure"), Departure.class, Departure::id);
        Map<String, Departure> byId = new ConcurrentHashMap<>();
        store.load().objects().forEach(d -> byId.put(d.id(), d));
        pools.put(pool.name(), new Open(store, byId));
    }

    /** Forgets those of {@code pool}. */
    void close(String pool) {
        pools.remove(pool);
    }

    /** {@code container}, as it is now, leaves for {@code to}; durable on return. */
    void leave(Container container, ContainerId to) {
        Departure departure = departure(container, to);
        Open open = opened(container.id());
        open.store().save(departure);
        open.byId().put(departure.id(), departure);
    }

    /**
     * Container {@code id} leaves for nowhere: it is used, or gone. Durable on return; nothing happens if it does not leave. What a pool
     * that is closed keeps of it is of no use to anybody but the same move, which is over.
     */
    void end(ContainerId id) {
        Open open = pools.get(id.pool());
        if (open != null && open.byId().containsKey(id.name())) {
            open.store().remove(id.name());
            open.byId().remove(id.name());
        }
    }

    /** Whether {@code container} is still what it was when it left for {@code to}. */
    boolean stands(Container container, ContainerId to) {
        return container.state() == ContainerState.STOPPED
                && Optional.ofNullable(opened(container.id()).byId().get(container.name()))
                        .filter(d -> d.equals(departure(container, to)))
                        .isPresent();
    }

    private Departure departure(Container container, ContainerId to) {
        return new Departure(
                container.name(),
                to.toString(),
                container.revision().number(),
                datasets.of(container.id().pool(), container.name()));
    }

    private Open opened(ContainerId id) {
        Open open = pools.get(id.pool());
        if (open == null) {
            throw new BerthException(ErrorCode.NOT_FOUND, "there is no pool '%s'".formatted(id.pool()));
        }
        return open;
    }
}
