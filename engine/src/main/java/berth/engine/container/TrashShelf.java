package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.storage.Pool;
import berth.engine.store.Revision;
import berth.engine.store.VersionedStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** The specifications of containers in the trash of every open pool, in {@code conf/trash}. Safe for use by several threads. */
final class TrashShelf {
    private record Open(Pool pool, VersionedStore<ContainerSpec> store, Map<String, Trashed> byKey) {}

    private final Map<String, Open> pools = new ConcurrentHashMap<>();

    /** Reads those of {@code pool}; a broken file is set aside and costs what it describes only. */
    void open(Pool pool) {
        VersionedStore<ContainerSpec> store =
                new VersionedStore<>(pool.configuration("trash"), ContainerSpec.class, ContainerSpec::id);
        Map<String, Trashed> byKey = new ConcurrentSkipListMap<>();
        store.load().objects().forEach(r -> byKey.put(r.value().id(), new Trashed(pool, r)));
        pools.put(pool.name(), new Open(pool, store, byKey));
    }

    /** Forgets those of {@code pool}. */
    void close(String pool) {
        pools.remove(pool);
    }

    /** Those of {@code pool}, by key. */
    List<Trashed> of(String pool) {
        Open open = pools.get(pool);
        return open == null ? List.of() : List.copyOf(open.byKey().values());
    }

    /** The one of that key. */
    Optional<Trashed> find(String pool, String key) {
        return Optional.ofNullable(opened(pool).byKey().get(key));
    }

    /** The revisions of the one of that key, the newest first. */
    List<Revision<ContainerSpec>> history(String pool, String key) {
        return opened(pool).store().history(key);
    }

    /** Makes what {@code revisions}, the newest first, describe exist on disk and in memory. May be repeated. */
    void adopt(String pool, List<Revision<ContainerSpec>> revisions) {
        Open open = opened(pool);
        open.store().adopt(revisions);
        Trashed trashed = new Trashed(open.pool(), revisions.getFirst());
        open.byKey().put(trashed.key(), trashed);
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
