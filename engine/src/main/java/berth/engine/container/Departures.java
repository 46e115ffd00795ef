package berth.engine.container;

import berth.engine.storage.Dataset;
import berth.engine.storage.Datasets;
import berth.engine.storage.Pool;
import berth.engine.store.ObjectStore;
import berth.engine.store.PerPool;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The containers of every open pool that leave for another, in {@code conf/departure} of the pool that they leave. The journal of
 * the move is in the other pool, which may be away when osctld starts again: a container that is used until that comes back has what
 * the moved one has not, and stays. Those that have come are noted in their pool likewise, until their former selves are gone. Safe
 * for use by several threads; whoever changes one holds its container's lock.
 */
final class Departures {
    private record Open(ObjectStore<Departure> store, Map<String, Departure> byId) {}

    private final Datasets datasets;
    private final PerPool<Open> pools = new PerPool<>();

    Departures(Datasets datasets) {
        this.datasets = datasets;
    }

    /** Reads those of {@code pool}. One whose file is broken stays. */
    void open(Pool pool) {
        ObjectStore<Departure> store =
                new ObjectStore<>(pool.configuration("departure"), Departure.class, Departure::id);
        Map<String, Departure> byId = new ConcurrentHashMap<>();
        store.load().objects().forEach(d -> byId.put(d.id(), d));
        pools.open(pool.name(), new Open(store, byId));
    }

    /** Forgets those of {@code pool}. */
    void close(String pool) {
        pools.close(pool);
    }

    /** {@code container}, as it is now, leaves for {@code to}; durable on return. */
    void leave(Container container, ContainerId to) {
        save(container.id().pool(), departure(container, to));
    }

    /** Container {@code id} of specification {@code revision} comes, made of {@code dataset}; durable on return. */
    void arrive(ContainerId id, int revision, Dataset dataset) {
        save(id.pool(), new Departure(id.name(), id.toString(), revision, dataset, false));
    }

    /** Container {@code id}, of which something is noted, is about to be taken away; durable on return. */
    void retiring(ContainerId id) {
        Departure departure = pools.of(id.pool()).byId().get(id.name());
        if (departure != null && !departure.isRetiring()) {
            save(id.pool(), departure.retiring());
        }
    }

    /** Whether taking container {@code id} away has begun, and it was not used since. */
    boolean isRetiring(ContainerId id) {
        return Optional.ofNullable(pools.of(id.pool()).byId().get(id.name()))
                .filter(Departure::isRetiring)
                .isPresent();
    }

    /** Whether container {@code id} leaves, or came, and the move is not over. */
    boolean has(ContainerId id) {
        return pools.find(id.pool())
                .filter(o -> o.byId().containsKey(id.name()))
                .isPresent();
    }

    /** Container {@code id} is gone from its pool: what is noted of it is of use only to who takes it away. */
    void gone(ContainerId id) {
        if (pools.find(id.pool()).isPresent() && !isRetiring(id)) {
            end(id);
        }
    }

    /**
     * Container {@code id} leaves for nowhere, and did not just come: it is used. Durable on return; nothing happens if nothing is noted
     * of it. What a pool that is closed keeps of it is of no use to anybody but the same move, which is over.
     */
    void end(ContainerId id) {
        pools.find(id.pool()).filter(o -> o.byId().containsKey(id.name())).ifPresent(o -> {
            o.store().remove(id.name());
            o.byId().remove(id.name());
        });
    }

    /** Whether {@code container} is still what it was when it left for {@code to}, or came if that is itself. */
    boolean stands(Container container, ContainerId to) {
        return container.state() == ContainerState.STOPPED
                && Optional.ofNullable(pools.of(container.id().pool()).byId().get(container.name()))
                        .filter(d -> d.equals(departure(container, to)))
                        .isPresent();
    }

    private Departure departure(Container container, ContainerId to) {
        return new Departure(
                container.name(),
                to.toString(),
                container.revision().number(),
                datasets.of(container.id().pool(), container.name()),
                false);
    }

    private void save(String pool, Departure departure) {
        Open open = pools.of(pool);
        open.store().save(departure);
        open.byId().put(departure.id(), departure);
    }
}
