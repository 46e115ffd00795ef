package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.limit.Size;

/**
 * How much an import may unpack.
 *
 * @param bytes of file content, holes included: they have to be hashed
 * @param entries files of any kind
 */
record Limits(long bytes, int entries) {
    /** An error that says that the limit of bytes is exceeded. */
    BerthException tooLarge() {
        return new BerthException(
                ErrorCode.UNTRUSTED,
                "the archive unpacks to more than %s".formatted(new Size(bytes)),
                "if it may, say how much with --max-size");
    }

    /** An error that says that the limit of entries is exceeded. */
    BerthException tooMany() {
        return new BerthException(ErrorCode.UNTRUSTED, "the archive holds more than %d files".formatted(entries));
    }
}
