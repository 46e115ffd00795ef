package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.operation.Caller;
import berth.engine.operation.LockKey;
import berth.engine.operation.LockRequest;
import berth.engine.operation.Locks;
import berth.engine.store.Change;
import berth.engine.store.PerPool;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The images of every open pool. Safe for use by several threads. */
public final class ImageStores {
    private final Clock clock;
    private final Locks locks;
    private final PerPool<Images> pools = new PerPool<>();

    public ImageStores(Clock clock, Locks locks) {
        this.clock = clock;
        this.locks = locks;
    }

    /**
     * Reads the images of {@code pool}, kept in {@code path}.
     *
     * @param users knows what stands on them
     */
    public void open(String pool, Path path, ImageUsers users) {
        pools.open(pool, Images.open(path, users, clock));
    }

    /** Forgets the images of {@code pool}. */
    public void close(String pool) {
        pools.close(pool).ifPresent(Images::close);
    }

    /** The images of {@code pool}. @throws BerthException NOT_FOUND if it is not open */
    public Images of(String pool) {
        return pools.of(pool);
    }

    /** The tree of image {@code id} of {@code pool}. @throws BerthException NOT_FOUND if the image is missing */
    public Path tree(String pool, String id) {
        Images images = of(pool);
        return images.tree(images.get(id));
    }

    /** Removes what imports that were cut off left in {@code pool}, whose containers are known. */
    public void removeForsaken(String pool) {
        Images images = of(pool);
        // What stands on others goes before them.
        images.list().stream()
                .sorted(Comparator.comparingInt(
                                (Image image) -> images.stack(image).size())
                        .reversed())
                .forEach(images.removal()::settle);
    }

    /**
     * Deletes the images of {@code pool} that have no name and that nothing stands on, also those that this makes such.
     *
     * @return what was deleted
     */
    public List<Image> prune(String pool, Caller caller) {
        List<Image> pruned = new ArrayList<>();
        Optional<Image> next = unneeded(pool);
        while (next.isPresent()) {
            delete(pool, next.get().id(), caller);
            pruned.add(next.get());
            next = unneeded(pool);
        }
        return pruned;
    }

    private Optional<Image> unneeded(String pool) {
        Images images = of(pool);
        return images.list().stream().filter(images::isUnneeded).findFirst();
    }

    /** Deletes what {@code reference} names, as {@link Images#delete}, while no container is being made of it. */
    public void delete(String pool, String reference, Caller caller) {
        String id = of(pool).get(reference).id();
        try (Locks.Held _ = exclusive(pool, id, caller)) {
            of(pool).delete(reference);
        }
    }

    /**
     * As {@link #delete}, but the image goes into the trash.
     *
     * @return it; empty if only a name was taken away
     */
    public Optional<Image> discard(String pool, String reference, Caller caller) {
        String id = of(pool).get(reference).id();
        try (Locks.Held _ = exclusive(pool, id, caller)) {
            return of(pool).removal()
                    .discard(
                            reference,
                            new Change(
                                    clock.instant(),
                                    caller.actor().user(),
                                    caller.actor().command()));
        }
    }

    /** Those in the trash of {@code pool}; none if it is not open. */
    public List<TrashedImage> trashed(String pool) {
        return pools.find(pool).map(i -> i.removal().trashed()).orElseGet(List::of);
    }

    /**
     * Takes the image {@code id} from the trash of {@code pool}. Of the names {@code wanted} it gets those that are free.
     *
     * @throws BerthException NOT_FOUND if it is not there
     */
    public void restore(String pool, String id, List<String> wanted, Caller caller) {
        try (Locks.Held _ = exclusive(pool, id, caller)) {
            of(pool).removal().restore(id, wanted);
        }
    }

    /** Deletes for good the image {@code id} in the trash of {@code pool}. @throws BerthException NOT_FOUND */
    public void purge(String pool, String id, Caller caller) {
        try (Locks.Held _ = exclusive(pool, id, caller)) {
            of(pool).removal().purge(id);
        }
    }

    private Locks.Held exclusive(String pool, String id, Caller caller) {
        return locks.acquire(
                List.of(LockRequest.exclusive(LockKey.Kind.IMAGE, pool + ":" + id)),
                caller.patience(),
                caller.actor().command(),
                caller.progress());
    }
}
