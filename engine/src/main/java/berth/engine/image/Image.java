package berth.engine.image;

import java.time.Instant;
import java.util.List;

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
        InitKind init) {

    private static final int SHORT_ID = 12;

    public Image {
        if (!id.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("not the id of an image: '%s'".formatted(id));
        }
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

    Image withNames(List<String> others) {
        return new Image(id, others, created, source, size, entries, distribution, version, architecture, init);
    }
}
