package berth.engine.share;

import berth.engine.storage.Ids;
import berth.engine.storage.Pool;
import berth.engine.storage.RootFilesystem;
import berth.engine.store.ObjectStore;
import berth.engine.store.PerPool;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;

/** The datasets of every open pool, in {@code conf/pool-dataset}. Safe for use by several threads. */
final class ShareShelf {
    private record Open(Pool pool, ObjectStore<SharedDataset> store, Map<String, SharedDataset> byId) {}

    private final PerPool<Open> pools = new PerPool<>();

    /** Reads those of {@code pool}; a broken file is set aside and costs what it describes only. */
    void open(Pool pool) {
        ObjectStore<SharedDataset> store =
                new ObjectStore<>(pool.configuration("pool-dataset"), SharedDataset.class, SharedDataset::id);
        Map<String, SharedDataset> byId = new ConcurrentSkipListMap<>();
        for (SharedDataset dataset : store.load().objects()) {
            if (!dataset.isInTrash() && there(byId, dataset.name()).isPresent()) {
                store.setAside(dataset.id(), "there is another dataset '%s'".formatted(dataset.name()));
            } else {
                byId.put(dataset.id(), dataset);
            }
        }
        pools.open(pool.name(), new Open(pool, store, byId));
    }

    /** Forgets those of {@code pool}. */
    void close(String pool) {
        pools.close(pool);
    }

    /** All of {@code pool}, also those in the trash; none if it is not open. */
    List<SharedDataset> of(String pool) {
        return pools.find(pool).map(o -> List.copyOf(o.byId().values())).orElseGet(List::of);
    }

    /** The ids of those of {@code pool} whose files could not be read. */
    Set<String> unreadable(String pool) {
        Set<String> ids = new TreeSet<>(pools.of(pool).store().ids());
        ids.removeAll(pools.of(pool).byId().keySet());
        return ids;
    }

    /** The one that is called so and is not in the trash. */
    Optional<SharedDataset> find(DatasetName name) {
        return there(pools.of(name.pool()).byId(), name.name());
    }

    private static Optional<SharedDataset> there(Map<String, SharedDataset> all, String name) {
        return all.values().stream()
                .filter(d -> !d.isInTrash() && d.name().equals(name))
                .findFirst();
    }

    /** The one in the trash that has this id. */
    Optional<SharedDataset> findTrashed(String pool, String id) {
        return Optional.ofNullable(pools.of(pool).byId().get(id)).filter(SharedDataset::isInTrash);
    }

    /** Makes it exist on disk and in memory. May be repeated. */
    void put(String pool, SharedDataset dataset) {
        pools.of(pool).store().save(dataset);
        pools.of(pool).byId().put(dataset.id(), dataset);
    }

    /** Forgets it on disk and in memory. May be repeated. */
    void remove(String pool, SharedDataset dataset) {
        pools.of(pool).store().remove(dataset.id());
        pools.of(pool).byId().remove(dataset.id());
    }

    Pool pool(String name) {
        return pools.of(name).pool();
    }

    /** What {@code dataset} of {@code pool} is for the pool's driver, as whoever has {@code ids} sees it. */
    RootFilesystem tree(String pool, SharedDataset dataset, Ids ids) {
        Pool in = pool(pool);
        return new RootFilesystem(in.containers(), dataset.layer(), List.of(), in.emptyTree(), ids);
    }
}
