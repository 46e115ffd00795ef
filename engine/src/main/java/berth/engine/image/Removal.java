package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.store.Change;
import berth.linux.KernelException;
import berth.linux.file.Directory;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/**
 * How images of a pool go, if nothing needs them: for good, or into the trash, from which they come back. Safe for use by several
 * threads.
 */
final class Removal {
    private final Path path;
    private final Directory directory;
    private final Catalogue catalogue;
    private final ImageShelf shelf;
    private final ImageUsers users;
    private final ReentrantLock changing;

    /** @param changing held while the catalogue and the directory change together */
    Removal(
            Path path,
            Directory directory,
            Catalogue catalogue,
            ImageShelf shelf,
            ImageUsers users,
            ReentrantLock changing) {
        this.path = path;
        this.directory = directory;
        this.catalogue = catalogue;
        this.shelf = shelf;
        this.users = users;
        this.changing = changing;
    }

    /** As {@link Images#delete}. */
    void delete(String reference) {
        changing.lock();
        try {
            deletable(reference).ifPresent(image -> {
                catalogue.remove(image.id());
                Staging.removeImage(directory, image.id());
                users.gone(Staging.tree(path, image.id()));
            });
        } finally {
            changing.unlock();
        }
    }

    /** As {@link Images#deletePassing}. */
    void deletePassing(String id) {
        changing.lock();
        try {
            if (catalogue.find(id).filter(this::isUnneeded).isPresent() && Staging.isPassing(directory, id)) {
                delete(id);
            }
        } finally {
            changing.unlock();
        }
    }

    /** As {@link Images#isUnneeded}. */
    boolean isUnneeded(Image image) {
        return image.names().isEmpty()
                && users.usersOf(image.id()).isEmpty()
                && catalogue.standingOn(image.id()).isEmpty();
    }

    /** Removes {@code image} if {@link Images#importEntries} made it and nobody kept or uses it; the containers that may are known. */
    void settle(Image image) {
        try {
            if (!Staging.isPassing(directory, image.id())) {
                return;
            }
            if (isUnneeded(image)) {
                delete(image.id());
            } else {
                Staging.keep(directory, image.id());
            }
        } catch (KernelException e) {
            catalogue.addProblem("image %s, which nothing needs, stays: %s".formatted(image.shortId(), e.getMessage()));
        }
    }

    /**
     * As {@link #delete}, but the image goes into the trash.
     *
     * @return it; empty if only a name was taken away
     */
    Optional<Image> discard(String reference, Change change) {
        changing.lock();
        try {
            Optional<Image> image = deletable(reference);
            image.ifPresent(i -> {
                shelf.put(i, change);
                catalogue.remove(i.id());
            });
            return image;
        } finally {
            changing.unlock();
        }
    }

    /** Those in the trash. */
    List<TrashedImage> trashed() {
        return shelf.all();
    }

    /**
     * Takes the image {@code id} from the trash, and what it stands on. Of the names {@code wanted} it gets those that no other image
     * has meanwhile.
     *
     * @throws BerthException NOT_FOUND if it is not there
     */
    void restore(String id, List<String> wanted) {
        changing.lock();
        try {
            shelf.restore(id, wanted, catalogue);
        } finally {
            changing.unlock();
        }
    }

    /** Deletes for good the image {@code id}, which is in the trash. @throws BerthException NOT_FOUND */
    void purge(String id) {
        changing.lock();
        try {
            shelf.get(id);
            Staging.removeImage(directory, id);
            shelf.forget(id);
            users.gone(Staging.tree(path, id));
        } finally {
            changing.unlock();
        }
    }

    private Optional<Image> deletable(String reference) {
        Image image = catalogue.get(reference);
        if (image.names().contains(reference) && image.names().size() > 1) {
            catalogue.untag(reference);
            return Optional.empty();
        }
        List<String> needing = users.usersOf(image.id());
        if (!needing.isEmpty()) {
            throw new BerthException(
                    ErrorCode.IN_USE,
                    "image '%s' is used by containers: %s".formatted(image.label(), String.join(", ", needing)),
                    "delete them first");
        }
        List<Image> above = catalogue.standingOn(image.id());
        if (!above.isEmpty()) {
            throw new BerthException(
                    ErrorCode.IN_USE,
                    "images stand on image '%s': %s"
                            .formatted(
                                    image.label(),
                                    above.stream().map(Image::label).collect(Collectors.joining(", "))),
                    "delete those first");
        }
        return Optional.of(image);
    }
}
