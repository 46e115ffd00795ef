package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an import is told.
 *
 * @param source what to say where the image came from, for instance the name of the archive
 * @param name the tag it gets, which moves from another image if that has it; none if null
 * @param maxSize the most bytes of content that it may unpack to
 * @param baseId the id of the image that it stands on: what is imported is then a layer, the difference to that; null if it is whole
 */
public record ImportRequest(
        String source,
        @Nullable String name,
        long maxSize,
        @Nullable String baseId) {
    /** What an image may unpack to unless more is allowed: 64 GiB. */
    public static final long DEFAULT_MAX_SIZE = 64L << 30;

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");

    public ImportRequest {
        if (name != null) {
            checkName(name);
        }
        if (maxSize <= 0) {
            throw new BerthException(ErrorCode.INVALID, "an image's greatest size must be positive, not " + maxSize);
        }
    }

    /** An import of what {@code source} tells, without a name, of at most {@link #DEFAULT_MAX_SIZE}. */
    public static ImportRequest of(String source) {
        return new ImportRequest(source, null, DEFAULT_MAX_SIZE, null);
    }

    /** The same with a name. @throws BerthException INVALID if it is not one */
    public ImportRequest named(String tag) {
        return new ImportRequest(source, tag, maxSize, baseId);
    }

    /** The same without a name. */
    ImportRequest unnamed() {
        return new ImportRequest(source, null, maxSize, baseId);
    }

    /** The same with another greatest size, in bytes of content. */
    public ImportRequest upTo(long bytes) {
        return new ImportRequest(source, name, bytes, baseId);
    }

    /** The same of a layer that stands on {@code base}. */
    public ImportRequest on(Image base) {
        return new ImportRequest(source, name, maxSize, base.id());
    }

    /** The id of the image that it stands on, if it is a layer. */
    public Optional<String> base() {
        return Optional.ofNullable(baseId);
    }

    /** Whether {@code text} can be an image's name: small letters, digits, {@code . _ -}, at most 63. */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    private static void checkName(String name) {
        if (!isName(name)) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "'%s' cannot name an image".formatted(name),
                    "use at most 63 small letters, digits, '.', '_' and '-', beginning with a letter or digit");
        }
    }
}
