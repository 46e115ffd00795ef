package berth.engine.backup;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.time.Instant;
import java.util.regex.Pattern;

/**
 * What a container was at one moment, kept in a directory; its {@code backup.yml}.
 *
 * @param format the version of this
 * @param container whose it is
 * @param name what it is called among those of its container: the time, in UTC
 * @param at when it was made
 * @param files how many regular files it has
 * @param bytes how many bytes they have
 * @param stored how many bytes were written for it that the directory did not have
 */
public record Backup(int format, String container, String name, Instant at, long files, long bytes, long stored) {
    static final int FORMAT = 1;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:+-]{0,99}");

    public Backup {
        if (format != FORMAT) {
            throw new BerthException(
                    ErrorCode.UNSUPPORTED,
                    "it is of format %d, and this version knows %d only".formatted(format, FORMAT),
                    "use a newer osctld");
        }
        requireName(container);
        requireName(name);
    }

    /** Refuses what cannot be a directory of its own. @throws BerthException INVALID */
    static void requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new BerthException(ErrorCode.INVALID, "'%s' names no backup".formatted(name));
        }
    }
}
