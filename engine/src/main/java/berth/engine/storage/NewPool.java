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
 * @param driver the name of its storage driver
 * @param size how many bytes the file system has that is made for it in a file; empty for a directory of one that is there
 */
public record NewPool(String name, Optional<Path> path, String driver, OptionalLong size) {
    private static final long SMALLEST = 128L << 20;

    public NewPool {
        if (size.isPresent() && size.getAsLong() < SMALLEST) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "%d bytes are too few for a pool".formatted(size.getAsLong()),
                    "give at least 128M");
        }
    }

    /** A directory pool. */
    public static NewPool directory(String name, Optional<Path> path) {
        return new NewPool(name, path, "dir", OptionalLong.empty());
    }
}
