package berth.engine.container;

import berth.engine.storage.Pool;
import berth.engine.store.ObjectStore;
import berth.engine.store.PerPool;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** The datasets in the trash of every open pool, in {@code conf/trash-dataset}. Safe for use by several threads. */
final class DatasetShelf {
    private record Open(ObjectStore<TrashedDataset> store, Map<String, TrashedDataset> byKey) {}

    private final PerPool<Open> pools = new PerPool<>();

    /** Reads those of {@code pool}; a broken file is set aside and costs what it describes only. */
    void open(Pool pool) {
        ObjectStore<TrashedDataset> store =
                new ObjectStore<>(pool.configuration("trash-dataset"), TrashedDataset.class, TrashedDataset::id);
        Map<String, TrashedDataset> byKey = new ConcurrentSkipListMap<>();
        store.load().objects().forEach(d -> byKey.put(d.id(), d));
        pools.open(pool.name(), new Open(store, byKey));
    }

    /** Forgets those of {@code pool}. */
    void close(String pool) {
        pools.close(pool);
    }

    /** Those of {@code pool}, by key. */
    List<TrashedDataset> of(String pool) {
        return pools.find(pool).map(o -> List.copyOf(o.byKey().values())).orElseGet(List::of);
    }

    /** The one of that key. */
    Optional<TrashedDataset> find(String pool, String key) {
        return Optional.ofNullable(pools.of(pool).byKey().get(key));
    }

    /** Makes it exist on disk and in memory. May be repeated. */
    void put(String pool, TrashedDataset trashed) {
        pools.of(pool).store().save(trashed);
        pools.of(pool).byKey().put(trashed.id(), trashed);
    }

    /** Forgets the one of that key on disk and in memory. May be repeated. */
    void remove(String pool, String key) {
        pools.of(pool).store().remove(key);
        pools.of(pool).byKey().remove(key);
    }
}
