package berth.engine.image;

import berth.engine.image.ArchiveEntry.Extent;
import berth.engine.image.ArchiveEntry.Kind;
import berth.engine.operation.Progress;
import berth.linux.file.FileStat;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A root file system in a tar archive as {@link PackedTree} packs one alone, but for the content of its files, which a
 * {@link ContentStore} keeps: in the archive each is its {@link ContentList}.
 */
public final class ListedTree {
    private static final int ENTRIES_PER_STEP = 1000;

    private ListedTree() {}

    /**
     * What was listed.
     *
     * @param files how many regular files
     * @param bytes how many bytes they have
     * @param notes what was left out, one line each
     */
    public record Summary(long files, long bytes, List<String> notes) {}

    /**
     * Lists {@code tree} and keeps what is in its files.
     *
     * @param out stays open
     * @throws berth.engine.BerthException CANCELLED if the thread is interrupted
     */
    public static Summary write(
            TreeView tree, String description, ContentStore store, OutputStream out, Progress progress)
            throws IOException {
        Notes notes = new Notes();
        CheckedWriter writer = new CheckedWriter(new TarWriter(out), description);
        long entries = 0;
        long files = 0;
        long bytes = 0;
        try (DirectoryReader reader = new DirectoryReader(tree.tree(), notes)) {
            for (var next = reader.next(); next.isPresent(); next = reader.next()) {
                if (notes.leavesOut(next.get())) {
                    continue;
                }
                FileSink.checkInterrupt();
                ArchiveEntry entry = PackedTree.moved(tree.inside(next.get()), PackedTree.TREE);
                if (entry.kind() == Kind.FILE && entry.size() > 0) {
                    byte[] text = list(next.get(), reader, store).text();
                    writer.add(withContent(entry, text.length), new MemoryFile(text));
                } else {
                    writer.add(entry, reader);
                }
                files += entry.kind() == Kind.FILE ? 1 : 0;
                bytes += entry.size();
                if (++entries % ENTRIES_PER_STEP == 0) {
                    progress.step("reading: %d files, %d MiB".formatted(entries, bytes >> 20));
                }
            }
        }
        writer.finish();
        return new Summary(files, bytes, notes.lines());
    }

    private static ContentList list(ArchiveEntry entry, DirectoryReader reader, ContentStore store) throws IOException {
        FileStat stat = reader.stat();
        Optional<ContentList> known = store.known(entry.name(), entry.size(), stat.inode(), stat.ctime());
        if (known.isPresent()) {
            return known.get();
        }
        List<ContentList.Piece> pieces = new ArrayList<>();
        InputStream data = new Data(reader);
        long position = 0;
        for (Extent extent : entry.data()) {
            addHole(pieces, extent.offset() - position);
            pieces.addAll(store.keep(data, extent.length()));
            position = extent.offset() + extent.length();
        }
        addHole(pieces, entry.size() - position);
        return new ContentList(stat.inode(), stat.ctime(), pieces);
    }

    private static void addHole(List<ContentList.Piece> pieces, long length) {
        if (length > 0) {
            pieces.add(new ContentList.Hole(length));
        }
    }

    static ArchiveEntry withContent(ArchiveEntry entry, long size) {
        return new ArchiveEntry(
                entry.name(),
                entry.kind(),
                entry.mode(),
                entry.uid(),
                entry.gid(),
                size,
                entry.target(),
                entry.mtime(),
                entry.xattrs(),
                List.of(new Extent(0, size)));
    }

    /** The data of the file that {@code reader} is at. */
    private static final class Data extends InputStream {
        private final ArchiveReader reader;

        Data(ArchiveReader reader) {
            this.reader = reader;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            return reader.read(buffer, offset, length);
        }
    }
}
