package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.image.Image;
import berth.engine.image.ImageStores;
import berth.engine.operation.Caller;
import berth.engine.share.DatasetName;
import berth.engine.share.SharedDatasets;
import berth.engine.storage.Dataset;
import berth.engine.storage.Datasets;
import berth.engine.storage.Pool;
import berth.engine.storage.Pools;
import berth.engine.store.Change;
import berth.linux.Errno;
import berth.linux.KernelException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All that was deleted and can be brought back, whatever it was. Safe for use by several threads. */
public final class TrashBin {
    private final Pools pools;
    private final Datasets datasets;
    private final ContainerTrash containers;
    private final DatasetTrash ofContainers;
    private final SharedDatasets shares;
    private final ImageStores images;
    private final InstantSource clock;

    TrashBin(
            Pools pools,
            Datasets datasets,
            ContainerTrash containers,
            DatasetTrash ofContainers,
            SharedDatasets shares,
            ImageStores images,
            InstantSource clock) {
        this.pools = pools;
        this.datasets = datasets;
        this.containers = containers;
        this.ofContainers = ofContainers;
        this.shares = shares;
        this.images = images;
        this.clock = clock;
    }

    /** What is in the trash of {@code pool}, by name. */
    public List<Discarded> of(String pool) {
        Stream<Discarded> ofImages = images.trashed(pool).stream()
                .map(i ->
                        discarded(Discarded.Kind.IMAGE, pool, i.key(), i.image().label(), i.change()));
        return Stream.of(
                        containers.of(pool).stream()
                                .map(t -> discarded(
                                        Discarded.Kind.CONTAINER,
                                        pool,
                                        t.key(),
                                        t.container(),
                                        t.revision().change())),
                        ofContainers.of(pool).stream()
                                .map(d -> discarded(Discarded.Kind.DATASET, pool, d.id(), d.path(), d.change())),
                        shares.trashed(pool).stream()
                                .map(d -> discarded(
                                        Discarded.Kind.POOL_DATASET,
                                        pool,
                                        d.id(),
                                        d.name(),
                                        d.deletion().orElseThrow())),
                        ofImages)
                .flatMap(s -> s)
                .sorted(Comparator.comparing(Discarded::name).thenComparing(Discarded::at))
                .toList();
    }

    private static Discarded discarded(Discarded.Kind kind, String pool, String key, String name, Change change) {
        return new Discarded(kind, pool, key, name, change.at(), change.by(), change.command());
    }

    /**
     * Deletes an image, as {@link ImageStores#delete}: puts it into the trash, or, if that is wanted or its pool keeps nothing, for
     * good.
     *
     * @return what became of it; for good, too, if only one of its names was taken away
     */
    public Deletion.Fate deleteImage(String pool, String reference, Deletion.Fate fate, Caller caller) {
        pools.usable(pool).reserve().lend();
        if (fate == Deletion.Fate.GONE || pools.settings(pool).trashAge().isZero()) {
            images.delete(pool, reference, caller);
            return Deletion.Fate.GONE;
        }
        return images.discard(pool, reference, caller).isPresent() ? Deletion.Fate.TRASH : Deletion.Fate.GONE;
    }

    /**
     * Deletes a dataset of a pool: puts it into the trash, or, if that is wanted or its pool keeps nothing, for good.
     *
     * @return what became of it
     * @throws BerthException NOT_FOUND; IN_USE, naming them, if containers mount it
     */
    public Deletion.Fate deleteShared(DatasetName name, Deletion.Fate fate, Caller caller) {
        pools.usable(name.pool()).reserve().lend();
        if (fate == Deletion.Fate.GONE || pools.settings(name.pool()).trashAge().isZero()) {
            shares.delete(name, caller);
            return Deletion.Fate.GONE;
        }
        shares.discard(name, caller);
        return Deletion.Fate.TRASH;
    }

    /**
     * What a user means by {@code text} in the trash of {@code pool}: a key, or a name if only one thing had it.
     *
     * @throws BerthException INVALID if several had it
     */
    public Optional<Discarded> find(String pool, String text) {
        List<Discarded> found = of(pool).stream().filter(d -> d.isMeantBy(text)).toList();
        if (found.size() > 1) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "several things called '%s' are in the trash".formatted(text),
                    "name one of them: "
                            + String.join(
                                    ", ", found.stream().map(Discarded::key).toList()));
        }
        return found.stream().findFirst();
    }

    /** Until when it can be brought back for certain. */
    public Instant until(Discarded discarded) {
        return discarded.at().plus(pools.settings(discarded.pool()).trashAge());
    }

    /** What has been in the trash of {@code pool} for as long as that keeps it. */
    public List<Discarded> due(String pool) {
        Instant now = clock.instant();
        return of(pool).stream().filter(d -> !until(d).isAfter(now)).toList();
    }

    /**
     * How much its files take that are its own or shared with copies only, in bytes; empty if it is deleted meanwhile. Takes as long
     * as listing them.
     */
    public Optional<Long> usage(Discarded discarded) {
        if (discarded.kind() == Discarded.Kind.IMAGE) {
            return images.trashed(discarded.pool()).stream()
                    .filter(i -> i.key().equals(discarded.key()))
                    .map(i -> i.image().size())
                    .findFirst();
        }
        try {
            if (discarded.kind() == Discarded.Kind.POOL_DATASET) {
                OptionalLong used = shares.usage(discarded.pool(), shares.trashed(discarded.pool(), discarded.key()));
                return used.isPresent() ? Optional.of(used.getAsLong()) : Optional.empty();
            }
            Pool pool = pools.usable(discarded.pool());
            return datasets.find(discarded.pool(), discarded.key())
                    .map(Dataset::layers)
                    .map(layers -> layers.stream()
                            .mapToLong(layer ->
                                    pool.driver().usage(pool.containers().resolve(layer)))
                            .sum());
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Brings it back.
     *
     * @param name what it is called from now on; as before if null
     * @return what it is called
     * @throws BerthException as {@link ContainerTrash#restore} and {@link DatasetTrash#restore}; it stays in the trash then
     */
    public String restore(Discarded discarded, @Nullable String name, Caller caller) {
        String chosen = name == null ? discarded.name() : name;
        switch (discarded.kind()) {
            case CONTAINER -> containers.restore(trashed(discarded), chosen, caller);
            case DATASET -> ofContainers.restore(discarded.pool(), discarded.key(), chosen, caller);
            case POOL_DATASET -> shares.restore(discarded.key(), new DatasetName(discarded.pool(), chosen), caller);
            case IMAGE -> {
                Image image = image(discarded);
                images.restore(discarded.pool(), image.id(), name == null ? image.names() : List.of(name), caller);
            }
        }
        return chosen;
    }

    /** Deletes it for good. */
    public void delete(Discarded discarded, Caller caller) {
        switch (discarded.kind()) {
            case CONTAINER -> containers.delete(trashed(discarded), caller);
            case DATASET -> ofContainers.delete(discarded.pool(), discarded.key(), caller);
            case POOL_DATASET -> shares.purge(discarded.pool(), discarded.key(), caller);
            case IMAGE -> images.purge(discarded.pool(), image(discarded).id(), caller);
        }
    }

    private Trashed trashed(Discarded discarded) {
        return containers.of(discarded.pool()).stream()
                .filter(t -> t.key().equals(discarded.key()))
                .findFirst()
                .orElseThrow(() -> gone(discarded));
    }

    private Image image(Discarded discarded) {
        return images.trashed(discarded.pool()).stream()
                .filter(i -> i.key().equals(discarded.key()))
                .findFirst()
                .orElseThrow(() -> gone(discarded))
                .image();
    }

    private static BerthException gone(Discarded discarded) {
        return new BerthException(ErrorCode.NOT_FOUND, "'%s' is not in the trash any more".formatted(discarded.key()));
    }
}
