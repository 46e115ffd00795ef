package berth.engine.container;

import berth.engine.storage.Pool;
import berth.engine.store.PerPool;
import berth.engine.store.Revision;
import berth.engine.store.VersionedStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** The specifications of containers in the trash of every open pool, in {@code conf/trash}. Safe for use by several threads. */
final class TrashShelf {
    private record Open(Pool pool, VersionedStore<ContainerSpec> store, Map<String, Trashed> byKey) {}

    private final PerPool<Open> pools = new PerPool<>();

    /** Reads those of {@code pool}; a broken file is set aside and costs what it describes only. */
    void open(Pool pool) {
        VersionedStore<ContainerSpec> store =
                new VersionedStore<>(pool.configuration("trash"), ContainerSpec.class, ContainerSpec::id);
        Map<String, Trashed> byKey = new ConcurrentSkipListMap<>();
        store.load().objects().forEach(r -> byKey.put(r.value().id(), new Trashed(pool, r)));
        pools.open(pool.name(), new Open(pool, store, byKey));
    }

    /** Forgets those of {@code pool}. */
    void close(String pool) {
        pools.close(pool);
    }

    /** Those of {@code pool}, by key. */
    List<Trashed> of(String pool) {
        return pools.find(pool).map(o -> List.copyOf(o.byKey().values())).orElseGet(List::of);
    }

    /** The one of that key. */
    Optional<Trashed> find(String pool, String key) {
        return Optional.ofNullable(pools.of(pool).byKey().get(key));
    }

    /** The revisions of the one of that key, the newest first. */
    List<Revision<ContainerSpec>> history(String pool, String key) {
        return pools.of(pool).store().history(key);
    }

    /** Makes what {@code revisions}, the newest first, describe exist on disk and in memory. May be repeated. */
    void adopt(String pool, List<Revision<ContainerSpec>> revisions) {
        Open open = pools.of(pool);
        open.store().adopt(revisions);
        Trashed trashed = new Trashed(open.pool(), revisions.getFirst());
        open.byKey().put(trashed.key(), trashed);
    }

    /** Forgets the one of that key on disk and in memory. May be repeated. */
    void remove(String pool, String key) {
        pools.of(pool).store().remove(key);
        pools.of(pool).byKey().remove(key);
    }
}
