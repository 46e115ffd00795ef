package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.storage.Pool;
import berth.engine.store.ObjectStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** The datasets in the trash of every open pool, in {@code conf/trash-dataset}. Safe for use by several threads. */
final class DatasetShelf {
    private record Open(ObjectStore<TrashedDataset> store, Map<String, TrashedDataset> byKey) {}

    private final Map<String, Open> pools = new ConcurrentHashMap<>();

    /** Reads those of {@code pool}; a broken file is set aside and costs what it describes only. */
    void open(Pool pool) {
        ObjectStore<TrashedDataset> store =
                new ObjectStore<>(pool.configuration("trash-dataset"), TrashedDataset.class, TrashedDataset::id);
        Map<String, TrashedDataset> byKey = new ConcurrentSkipListMap<>();
        store.load().objects().forEach(d -> byKey.put(d.id(), d));
        pools.put(pool.name(), new Open(store, byKey));
    }

    /** Forgets those of {@code pool}. */
    void close(String pool) {
        pools.remove(pool);
    }

    /** Those of {@code pool}, by key. */
    List<TrashedDataset> of(String pool) {
        Open open = pools.get(pool);
        return open == null ? List.of() : List.copyOf(open.byKey().values());
    }

    /** The one of that key. */
    Optional<TrashedDataset> find(String pool, String key) {
        return Optional.ofNullable(opened(pool).byKey().get(key));
    }

    /** Makes it exist on disk and in memory. May be repeated. */
    void put(String pool, TrashedDataset trashed) {
        opened(pool).store().save(trashed);
        opened(pool).byKey().put(trashed.id(), trashed);
    }

    /** Forgets the one of that key on disk and in memory. May be repeated. */
    void remove(String pool, String key) {
        opened(pool).store().remove(key);
        opened(pool).byKey().remove(key);
    }

    private Open opened(String pool) {
        Open open = pools.get(pool);
        if (open == null) {
            throw new BerthException(ErrorCode.NOT_FOUND, "there is no pool '%s'".formatted(pool));
        }
        return open;
    }
}
