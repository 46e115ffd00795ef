package berth.engine.storage;

import berth.engine.store.SpaceReserve;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A directory tree that holds everything of its containers: their configuration, root file systems, images and logs.
 *
 * <p>Immutable; {@link Pools} replaces it when its state changes.
 *
 * @param name unique on the host
 * @param path its directory
 * @param driver how it keeps root file systems
 * @param installed when it was installed on this host
 * @param problem why nothing in it can be used, null for a pool in use
 */
public record Pool(
        String name,
        Path path,
        StorageDriver driver,
        Instant installed,
        @Nullable String problem) {
    /** Why nothing in it can be used; empty for a pool in use. */
    public Optional<String> whyUnusable() {
        return Optional.ofNullable(problem);
    }

    /** The word for its state. */
    public String state() {
        return problem == null ? "active" : "unusable";
    }

    /** Where the objects of {@code kind} are configured, for instance {@code user}. */
    public Path configuration(String kind) {
        return path.resolve("conf").resolve(kind);
    }

    /** Where the driver keeps the root file systems, one directory each. */
    public Path containers() {
        return path.resolve("ct");
    }

    /** Where images are kept. */
    public Path images() {
        return path.resolve("image");
    }

    /** An empty tree, on which the further file systems of containers stand as their roots do on images. */
    public Path emptyTree() {
        return path.resolve("empty").resolve("tree");
    }

    /** Where the logs of containers are. */
    public Path logs() {
        return path.resolve("log").resolve("ct");
    }

    /** What was deleted and waits to be removed. */
    public Path trash() {
        return path.resolve("trash");
    }

    /** The journals of operations that change what is in the pool. */
    public Path journal() {
        return path.resolve("conf").resolve("journal");
    }

    /** The little space that is taken until deletions in a full pool need it. */
    public SpaceReserve reserve() {
        return new SpaceReserve(path.resolve("conf").resolve("reserve"));
    }
}
