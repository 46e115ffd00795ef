package berth.engine.share;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.regex.Pattern;

/**
 * What names a dataset of a pool on its host, as people write it {@code bulk:media}. A container's own datasets have no colon in
 * their names.
 *
 * @param pool the pool that it belongs to
 * @param name what it is called there
 */
public record DatasetName(String pool, String name) {
    private static final char SEPARATOR = ':';
    private static final int LONGEST = 60;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]*");
    private static final Pattern POOL = Pattern.compile("[a-z][a-z0-9-]{0,30}");

    public DatasetName {
        requireName(name);
        if (!POOL.matcher(pool).matches()) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "'%s' is not the name of a pool".formatted(pool),
                    "write a dataset of a pool like bulk:media");
        }
    }

    /** Whether {@code text} can only mean a dataset of a pool. */
    public static boolean isMeantBy(String text) {
        return text.indexOf(SEPARATOR) >= 0;
    }

    /** Reads {@code bulk:media}. @throws BerthException INVALID */
    public static DatasetName parse(String text) {
        int separator = text.indexOf(SEPARATOR);
        if (separator < 0) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "'%s' does not say of which pool it is a dataset".formatted(text),
                    "write it like bulk:media");
        }
        return new DatasetName(text.substring(0, separator), text.substring(separator + 1));
    }

    /** Refuses what no dataset of a pool can be called. @throws BerthException INVALID */
    static void requireName(String name) {
        if (name.length() > LONGEST || !NAME.matcher(name).matches()) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "'%s' is not a name for a dataset of a pool".formatted(name),
                    "use up to %d letters, digits and _ . -, a letter or digit first".formatted(LONGEST));
        }
    }

    @Override
    public String toString() {
        return pool + SEPARATOR + name;
    }
}
