package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.image.ArchiveEntry.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads what a {@link CheckedWriter} wrote, and refuses an archive whose checksum is missing or wrong. */
final class CheckedArchive implements ArchiveReader {
    private static final int MAX_DESCRIPTION = 1 << 20;
    private static final int MAX_CHECKSUM = 200;

    private final ArchiveReader archive;
    private final TreeDigest digest = new TreeDigest();
    private final String description;
    private ArchiveReader current;
    private boolean over;

    /** @throws BerthException UNTRUSTED if {@code archive}, which is closed with this, is not of this kind */
    CheckedArchive(ArchiveReader archive) throws IOException {
        this.archive = archive;
        Optional<ArchiveEntry> first = archive.next();
        if (first.filter(e -> is(e, CheckedWriter.DESCRIPTION)).isEmpty()) {
            throw new BerthException(
                    ErrorCode.UNTRUSTED,
                    "it is no exported container",
                    "'osctl image import' takes root file systems that others have packed");
        }
        current = digest.through(first.get(), archive);
        description = text(first.get(), MAX_DESCRIPTION);
    }

    /** What it says of itself. */
    String description() {
        return description;
    }

    /** The next file after the description; empty before the checksum, which was right then. */
    @Override
    public Optional<ArchiveEntry> next() throws IOException {
        if (over) {
            return Optional.empty();
        }
        skipRest();
        Optional<ArchiveEntry> next = archive.next();
        if (next.isEmpty()) {
            throw new CorruptArchiveException("its checksum is missing");
        }
        ArchiveEntry entry = next.get();
        if (is(entry, CheckedWriter.CHECKSUM)) {
            current = archive;
            verify(entry);
            return Optional.empty();
        }
        current = digest.through(entry, archive);
        return next;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        return current.read(buffer, offset, length);
    }

    @Override
    public void close() throws IOException {
        archive.close();
    }

    private void verify(ArchiveEntry entry) throws IOException {
        String wanted = text(entry, MAX_CHECKSUM).strip();
        if (!wanted.equals(digest.hex())) {
            throw new CorruptArchiveException("its checksum is wrong: it was damaged or changed");
        }
        over = true;
        if (archive.next().isPresent()) {
            throw new CorruptArchiveException("files come after its checksum");
        }
    }

    /** What nobody wanted to read counts too. */
    private void skipRest() throws IOException {
        byte[] buffer = new byte[1 << 16];
        int count = 0;
        while (count >= 0) {
            count = current.read(buffer, 0, buffer.length);
        }
    }

    private String text(ArchiveEntry entry, int limit) throws IOException {
        if (entry.kind() != Kind.FILE || entry.size() > limit) {
            throw new CorruptArchiveException("'%s' is no text of Berth's".formatted(entry.shown()));
        }
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        byte[] buffer = new byte[1 << 12];
        for (int count = current.read(buffer, 0, buffer.length);
                count >= 0;
                count = current.read(buffer, 0, buffer.length)) {
            text.write(buffer, 0, count);
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    private static boolean is(ArchiveEntry entry, String name) {
        return EntryPath.of(entry).text().equals(name);
    }
}
