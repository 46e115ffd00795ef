package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.image.ArchiveEntry.Kind;
import berth.engine.operation.Progress;
import berth.linux.file.Directory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.LongUnaryOperator;

/**
 * A root file system in a tar archive, with a description of whose it is: first {@value #DESCRIPTION}, then the tree in
 * {@value #TREE}, last {@value #CHECKSUM}, the SHA-256 of what comes before as {@link TreeDigest} sees it. Any tar program reads it,
 * and it imports as an image like any archive.
 */
public final class PackedTree {
    static final String DESCRIPTION = "container.yml";
    static final String TREE = "rootfs";
    static final String CHECKSUM = "checksum.sha256";

    private static final int MAX_ID = 65_535;
    private static final int ENTRIES_PER_STEP = 5000;
    private static final int MODE = 0600;

    private PackedTree() {}

    /** Which ids the files of a tree have where it is to go. */
    public record Owners(LongUnaryOperator uid, LongUnaryOperator gid) {
        /** Those that they have already. */
        public static final Owners SAME = new Owners(LongUnaryOperator.identity(), LongUnaryOperator.identity());
    }

    /**
     * Packs {@code tree}. Device nodes and sockets are left out.
     *
     * @param description what {@link Images#importPacked} tells of it
     * @param out stays open
     * @return what was left out, one line each
     * @throws BerthException UNSUPPORTED if a file belongs to an id beyond 65535; CANCELLED if the thread is interrupted
     * @throws IOException if {@code out} cannot be written
     */
    public static List<String> write(
            Directory tree, Owners owners, String description, OutputStream out, Progress progress) throws IOException {
        Notes notes = new Notes();
        TreeDigest digest = new TreeDigest();
        TarWriter writer = new TarWriter(out);
        byte[] text = description.getBytes(StandardCharsets.UTF_8);
        add(writer, digest, ArchiveEntry.madeFile(DESCRIPTION, MODE, text.length), new Bytes(text));
        long entries = 0;
        try (DirectoryReader reader = new DirectoryReader(tree, notes)) {
            for (var next = reader.next(); next.isPresent(); next = reader.next()) {
                ArchiveEntry entry = next.get();
                if (notes.leavesOut(entry)) {
                    continue;
                }
                add(writer, digest, moved(entry, owners), reader);
                if (++entries % ENTRIES_PER_STEP == 0) {
                    progress.step("packing: %d files".formatted(entries));
                }
            }
        }
        byte[] sum = (digest.hex() + "\n").getBytes(StandardCharsets.US_ASCII);
        writer.add(ArchiveEntry.madeFile(CHECKSUM, MODE, sum.length), new Bytes(sum));
        writer.finish();
        return notes.lines();
    }

    private static void add(TarWriter writer, TreeDigest digest, ArchiveEntry entry, ArchiveReader source)
            throws IOException {
        writer.add(entry, digest.through(entry, source));
    }

    private static ArchiveEntry moved(ArchiveEntry entry, Owners owners) {
        ArchiveEntry owned = owned(entry, owners);
        return new ArchiveEntry(
                TREE + "/" + owned.name(),
                owned.kind(),
                owned.mode(),
                owned.uid(),
                owned.gid(),
                owned.size(),
                owned.kind() == Kind.HARD_LINK ? TREE + "/" + owned.target() : owned.target(),
                owned.mtime(),
                owned.xattrs(),
                owned.data());
    }

    /** {@code entry} as it belongs where it is to go. @throws BerthException UNSUPPORTED if its owner could not be imported */
    static ArchiveEntry owned(ArchiveEntry entry, Owners owners) {
        if (entry.kind() == Kind.HARD_LINK) {
            return entry;
        }
        return new ArchiveEntry(
                entry.name(),
                entry.kind(),
                entry.mode(),
                id(owners.uid().applyAsLong(entry.uid()), entry),
                id(owners.gid().applyAsLong(entry.gid()), entry),
                entry.size(),
                entry.target(),
                entry.mtime(),
                entry.xattrs(),
                entry.data());
    }

    private static long id(long id, ArchiveEntry entry) {
        if (id > MAX_ID) {
            throw new BerthException(
                    ErrorCode.UNSUPPORTED,
                    "'%s' belongs to id %d, which could not be imported".formatted(entry.shown(), id),
                    "give it to an id up to %d".formatted(MAX_ID));
        }
        return id;
    }

    /** A file whose content is at hand. */
    private record Bytes(InputStream content) implements ArchiveReader {
        Bytes(byte[] content) {
            this(new ByteArrayInputStream(content));
        }

        @Override
        public Optional<ArchiveEntry> next() {
            return Optional.empty();
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            return content.read(buffer, offset, length);
        }
    }
}
