package berth.engine.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Writes an archive that says of itself what it holds, in {@value #DESCRIPTION}, its first file, and whether it is whole, in
 * {@value #CHECKSUM}, its last: the SHA-256 of what comes before as {@link TreeDigest} sees it.
 */
final class CheckedWriter {
    static final String DESCRIPTION = "container.yml";
    static final String CHECKSUM = "checksum.sha256";

    private static final int MODE = 0600;

    private final ArchiveWriter archive;
    private final TreeDigest digest = new TreeDigest();

    /** @param description what {@link CheckedArchive} tells of it */
    CheckedWriter(ArchiveWriter archive, String description) throws IOException {
        this.archive = archive;
        byte[] text = description.getBytes(StandardCharsets.UTF_8);
        add(ArchiveEntry.madeFile(DESCRIPTION, MODE, text.length), new MemoryFile(text));
    }

    void add(ArchiveEntry entry, ArchiveReader source) throws IOException {
        ArchiveEntry carried = archive.carried(entry);
        archive.add(carried, digest.through(carried, source));
    }

    /** Writes the checksum and the end mark. */
    void finish() throws IOException {
        byte[] sum = (digest.hex() + "\n").getBytes(StandardCharsets.US_ASCII);
        archive.add(archive.carried(ArchiveEntry.madeFile(CHECKSUM, MODE, sum.length)), new MemoryFile(sum));
        archive.finish();
    }
}
