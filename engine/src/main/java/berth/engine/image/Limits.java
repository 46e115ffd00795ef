package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.ErrorCode;

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
                "it unpacks to more than %d MiB".formatted(bytes >> 20),
                "if that is right, allow more with --max-size");
    }

    /** An error that says that the limit of entries is exceeded. */
    BerthException tooMany() {
        return new BerthException(ErrorCode.UNTRUSTED, "it holds more than %d files".formatted(entries));
    }
}
