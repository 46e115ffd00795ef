package berth.engine.storage;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A wish for a pool.
 *
 * @param name unique on the host
 * @param path its directory; one in the state directory if empty
 * @param driver the name of its storage driver; empty if it follows from the rest
 * @param dataset the dataset of ZFS whose directory it is; empty for that of its name, if it is on ZFS
 * @param size how many bytes the file system has that is made for it in a file; empty for a directory of one that is there
 */
public record NewPool(
        String name, Optional<Path> path, Optional<String> driver, Optional<String> dataset, OptionalLong size) {
    private static final long SMALLEST = 128L << 20;

    public NewPool {
        if (dataset.isPresent()
                && (path.isPresent() || driver.filter(d -> !d.equals("zfs")).isPresent())) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "a dataset has its own place, and needs the driver zfs",
                    "leave out --path and --driver; 'zfs set mountpoint=DIR %s' moves it".formatted(dataset.get()));
        }
        if (size.isPresent() && size.getAsLong() < SMALLEST) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "%d bytes are too few for a pool".formatted(size.getAsLong()),
                    "give at least 128M");
        }
    }

    /** A directory pool. */
    public static NewPool directory(String name, Optional<Path> path) {
        return new NewPool(name, path, Optional.of("dir"), Optional.empty(), OptionalLong.empty());
    }
}
