package berth.engine.share;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.storage.Ids;
import berth.engine.storage.Pool;
import berth.engine.storage.RootFilesystem;
import berth.engine.store.ObjectStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** The datasets of every open pool, in {@code conf/pool-dataset}. Safe for use by several threads. */
final class ShareShelf {
    private record Open(Pool pool, ObjectStore<SharedDataset> store, Map<String, SharedDataset> byId) {}

    private final Map<String, Open> pools = new ConcurrentHashMap<>();

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
        pools.put(pool.name(), new Open(pool, store, byId));
    }

    /** Forgets those of {@code pool}. */
    void close(String pool) {
        pools.remove(pool);
    }

    /** All of {@code pool}, also those in the trash; none if it is not open. */
    List<SharedDataset> of(String pool) {
        Open open = pools.get(pool);
        return open == null ? List.of() : List.copyOf(open.byId().values());
    }

    /** The ids of those of {@code pool} whose files could not be read. */
    Set<String> unreadable(String pool) {
        Set<String> ids = new TreeSet<>(opened(pool).store().ids());
        ids.removeAll(opened(pool).byId().keySet());
        return ids;
    }

    /** The one that is called so and is not in the trash. */
    Optional<SharedDataset> find(DatasetName name) {
        return there(opened(name.pool()).byId(), name.name());
    }

    private static Optional<SharedDataset> there(Map<String, SharedDataset> all, String name) {
        return all.values().stream()
                .filter(d -> !d.isInTrash() && d.name().equals(name))
                .findFirst();
    }

    /** The one in the trash that has this id. */
    Optional<SharedDataset> findTrashed(String pool, String id) {
        return Optional.ofNullable(opened(pool).byId().get(id)).filter(SharedDataset::isInTrash);
    }

    /** Makes it exist on disk and in memory. May be repeated. */
    void put(String pool, SharedDataset dataset) {
        opened(pool).store().save(dataset);
        opened(pool).byId().put(dataset.id(), dataset);
    }

    /** Forgets it on disk and in memory. May be repeated. */
    void remove(String pool, SharedDataset dataset) {
        opened(pool).store().remove(dataset.id());
        opened(pool).byId().remove(dataset.id());
    }

    Pool pool(String name) {
        return opened(name).pool();
    }

    /** What {@code dataset} of {@code pool} is for the pool's driver, as whoever has {@code ids} sees it. */
    RootFilesystem tree(String pool, SharedDataset dataset, Ids ids) {
        Pool in = pool(pool);
        return new RootFilesystem(in.containers(), dataset.layer(), List.of(), in.emptyTree(), ids);
    }

    private Open opened(String pool) {
        Open open = pools.get(pool);
        if (open == null) {
            throw new BerthException(ErrorCode.NOT_FOUND, "there is no pool '%s'".formatted(pool));
        }
        return open;
    }
}
