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
 * File systems of a container in a tar archive as {@link PackedTree} packs them without their past, but for the content of their
 * files, which a {@link ContentStore} keeps: in the archive each is its {@link ContentList}.
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
     * Lists what {@code files} are last and keeps what is in their files.
     *
     * @param files the root's first
     * @param out stays open
     * @throws berth.engine.BerthException CANCELLED if the thread is interrupted
     */
    public static Summary write(
            List<TreeHistory> files, String description, ContentStore store, OutputStream out, Progress progress)
            throws IOException {
        Listing listing = new Listing(new CheckedWriter(new TarWriter(out), description), store, progress);
        for (TreeHistory tree : files) {
            try (TreeView present = tree.states().getLast().get()) {
                listing.add(present, PackedTree.place(tree.name()));
            }
        }
        return listing.finish();
    }

    /** What is listed so far. */
    private static final class Listing {
        private final CheckedWriter writer;
        private final ContentStore store;
        private final Progress progress;
        private final Notes notes = new Notes();
        private long entries;
        private long files;
        private long bytes;

        Listing(CheckedWriter writer, ContentStore store, Progress progress) {
            this.writer = writer;
            this.store = store;
            this.progress = progress;
        }

        void add(TreeView tree, String top) throws IOException {
            try (DirectoryReader reader = new DirectoryReader(tree.tree(), notes)) {
                for (var next = reader.next(); next.isPresent(); next = reader.next()) {
                    if (!notes.leavesOut(next.get())) {
                        FileSink.checkInterrupt();
                        add(PackedTree.moved(tree.inside(next.get()), top), reader);
                    }
                }
            }
        }

        private void add(ArchiveEntry entry, DirectoryReader reader) throws IOException {
            if (entry.kind() == Kind.FILE && entry.size() > 0) {
                byte[] text = list(entry, reader, store).text();
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

        Summary finish() throws IOException {
            writer.finish();
            return new Summary(files, bytes, notes.lines());
        }
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
