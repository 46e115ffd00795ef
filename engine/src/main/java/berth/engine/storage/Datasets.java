package berth.engine.storage;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.store.ObjectStore;
import berth.engine.store.PerPool;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the files of the containers of every open pool are made of: one file each in the pool's {@code conf/dataset}, none for a
 * container that is as it was made. Safe for use by several threads; whoever changes one holds its container's lock.
 */
public final class Datasets {
    private record Open(Pool pool, ObjectStore<Dataset> store, Map<String, Dataset> byId, Set<String> broken) {}

    private static final Logger LOG = LoggerFactory.getLogger(Datasets.class);
    /** What the names of layers end with that are for a moment only. */
    private static final String PASSING = "@passing";

    private static final String MERGING = "@merging";

    private final PerPool<Open> pools = new PerPool<>();
    private final SecureRandom random = new SecureRandom();

    /** Reads those of {@code pool}. One whose file is broken cannot be used, and no layer of the pool is removed then. */
    public void open(Pool pool) {
        ObjectStore<Dataset> store = new ObjectStore<>(pool.configuration("dataset"), Dataset.class, Dataset::id);
        var contents = store.load();
        Map<String, Dataset> byId = new ConcurrentHashMap<>();
        contents.objects().forEach(d -> byId.put(d.id(), d));
        Set<String> broken = ConcurrentHashMap.newKeySet();
        broken.addAll(store.ids());
        broken.removeAll(byId.keySet());
        pools.open(pool.name(), new Open(pool, store, byId, broken));
        sweep(pool);
    }

    /** Forgets those of {@code pool}. */
    public void close(String pool) {
        pools.close(pool);
    }

    /** What container {@code id} of {@code pool} is made of. @throws BerthException WRONG_STATE if its file is broken */
    public Dataset of(String pool, String id) {
        return find(pool, id)
                .orElseThrow(() -> new BerthException(
                        ErrorCode.WRONG_STATE,
                        "what the root file system of container '%s' is made of cannot be read".formatted(id),
                        "mend its file in %s, give it the ending .yml again, and import the pool anew"
                                .formatted(pools.of(pool).store().directory())));
    }

    /** As {@link #of}; empty if its file is broken. */
    public Optional<Dataset> find(String pool, String id) {
        Open open = pools.of(pool);
        return open.broken().contains(id)
                ? Optional.empty()
                : Optional.of(open.byId().getOrDefault(id, Dataset.fresh(id)));
    }

    /** One for a new container {@code id}; a deleted one of that name may have left a layer that others stand on. */
    public Dataset planned(Pool pool, String id) {
        return Files.exists(pool.containers().resolve(id))
                ? Dataset.fresh(id).on(newLayer(id), List.of())
                : Dataset.fresh(id);
    }

    /** A name for a new layer of container {@code id}. */
    public String newLayer(String id) {
        return id + "@" + HexFormat.of().toHexDigits(random.nextInt());
    }

    /**
     * A name for a layer of container {@code id} that nothing stands on: what a crash leaves of it goes with the next {@link #open}.
     *
     * @param number tells it from others of the same container
     */
    public static String passingLayer(String id, int number) {
        return id + "@" + number + PASSING;
    }

    /** As {@link #passingLayer}, by a name that no other layer has. */
    public String newPassingLayer(String id) {
        return newLayer(id) + PASSING;
    }

    /** As {@link #passingLayer}, for a layer that is made of others of container {@code id} while it may be used. */
    public static String mergingLayer(String id) {
        return id + MERGING;
    }

    private static void sweep(Pool pool) {
        try (DirectoryStream<Path> layers =
                Files.newDirectoryStream(pool.containers(), "*{%s,%s}".formatted(PASSING, MERGING))) {
            layers.forEach(pool.driver()::destroy);
        } catch (IOException e) {
            LOG.warn("Layers that were for a moment stay in {}: {}", pool.containers(), e.getMessage());
        }
    }

    /** Makes {@code dataset} what its container is made of, durably. */
    public void save(String pool, Dataset dataset) {
        Open open = pools.of(pool);
        if (dataset.equals(Dataset.fresh(dataset.id()))) {
            open.store().remove(dataset.id());
            open.byId().remove(dataset.id());
            return;
        }
        open.store().save(dataset);
        open.byId().put(dataset.id(), dataset);
    }

    /** Forgets what container {@code id} was made of; its layers stay. */
    public void forget(String pool, String id) {
        Open open = pools.of(pool);
        open.store().remove(id);
        open.byId().remove(id);
    }

    /**
     * Removes those of {@code layers} that no dataset needs any more.
     *
     * @param containers the ids of all containers of the pool, whose datasets need no file
     */
    public void discard(String pool, Collection<String> layers, Supplier<Collection<String>> containers) {
        Open open = pools.of(pool);
        if (!open.broken().isEmpty()) {
            return;
        }
        Set<String> needed = ConcurrentHashMap.newKeySet();
        containers.get().forEach(id -> needed.addAll(of(pool, id).layers()));
        open.byId().values().forEach(d -> needed.addAll(d.layers()));
        open.pool()
                .driver()
                .destroy(layers.stream()
                        .filter(l -> !needed.contains(l))
                        .map(open.pool().containers()::resolve)
                        .toList());
    }
}
