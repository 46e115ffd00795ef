package berth.engine.idmap;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.regex.Pattern;

/**
 * Host ids that users of a pool are given, in blocks of equal size.
 *
 * @param startId the first id of block 0
 * @param blockSize how many ids a block has
 * @param blockCount how many blocks there are
 */
public record IdRange(String name, long startId, long blockSize, long blockCount) {
    /** The name of the range that every pool has from its beginning. */
    public static final String DEFAULT = "default";

    /** How many ids a container of today needs: those of every distribution, and {@code nobody}. */
    public static final long USUAL_BLOCK = 65_536;

    private static final long USUAL_START = 1_000_000;
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._-]{0,99}");

    public IdRange {
        if (!NAME.matcher(name).matches()) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "'%s' is not a name for an id range".formatted(name),
                    "use letters, digits, '.', '_' and '-'");
        }
        if (startId < 1 || blockSize < 1 || blockCount < 1 || blockCount > (HostIds.LIMIT - startId) / blockSize) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "%d blocks of %d ids from %d on are out of range".formatted(blockCount, blockSize, startId),
                    "ids go from 1 up to 4294967294");
        }
    }

    /** As many blocks as there are from 1 000 000 on. */
    public static IdRange usual() {
        return new IdRange(DEFAULT, USUAL_START, USUAL_BLOCK, (HostIds.LIMIT - USUAL_START) / USUAL_BLOCK);
    }

    /** Its last id. */
    public long lastId() {
        return startId + blockSize * blockCount - 1;
    }

    /** The ids of {@code count} blocks from {@code index} on. @throws BerthException INVALID if it has not so many */
    public HostIds block(long index, long count) {
        if (index < 0 || count < 1 || index >= blockCount || count > blockCount - index) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "id range '%s' has no blocks %d to %d".formatted(name, index, index + count - 1),
                    "they go from 0 to " + (blockCount - 1));
        }
        return new HostIds(startId + index * blockSize, count * blockSize);
    }
}
