package berth.engine.image;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An image, as its pool describes it.
 *
 * @param id the hash of its content, 64 hexadecimal digits
 * @param names its tags, sorted
 * @param created when it was imported
 * @param source where it came from, in the words of whoever imported it
 * @param size bytes of content
 * @param entries files of any kind
 * @param distribution what os-release calls it, or {@code unknown}
 * @param version what os-release says, or empty
 * @param architecture of its programs, in Debian's words, or {@code unknown}
 * @param init what its first process is
 * @param difference what it stands on; null of an image that stands on none
 */
public record Image(
        String id,
        List<String> names,
        Instant created,
        String source,
        long size,
        long entries,
        String distribution,
        String version,
        String architecture,
        InitKind init,
        @Nullable Difference difference) {

    private static final int SHORT_ID = 12;

    /**
     * What a layer is to what is below it.
     *
     * @param base the id of the image that it stands on
     * @param size bytes of content that it brings
     */
    public record Difference(String base, long size) {
        public Difference {
            requireId(base);
        }
    }

    public Image {
        requireId(id);
        names = names.stream().sorted().toList();
    }

    /** The start of its id, enough for people. */
    public String shortId() {
        return id.substring(0, SHORT_ID);
    }

    /** Its first name, or its short id if it has none. */
    public String label() {
        return names.isEmpty() ? shortId() : names.getFirst();
    }

    /** The id of the image that it stands on, if it stands on one. */
    public Optional<String> base() {
        return Optional.ofNullable(difference).map(Difference::base);
    }

    /** Bytes of content that no image below it has. */
    public long ownSize() {
        return difference == null ? size : difference.size();
    }

    /** The same if it stands on nothing, since that is gone; its own tree is whole. */
    Image alone() {
        return new Image(id, names, created, source, size, entries, distribution, version, architecture, init, null);
    }

    private static void requireId(String id) {
        if (!id.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("not the id of an image: '%s'".formatted(id));
        }
    }

    Image withNames(List<String> others) {
        return new Image(
                id, others, created, source, size, entries, distribution, version, architecture, init, difference);
    }
}
