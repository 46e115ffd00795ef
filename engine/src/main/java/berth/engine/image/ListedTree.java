package berth.engine.image;

import berth.engine.image.ArchiveEntry.Extent;
import berth.engine.image.ArchiveEntry.Kind;
import berth.engine.operation.Progress;
import berth.linux.file.FileStat;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * File systems of a container in a tar archive as {@link PackedTree} packs them without their past, but for the content of their
 * files, which a {@link ContentStore} keeps: in the archive each is its {@link ContentList}. What they were before follows in
 * {@value #PAST}, as {@link PackedTree} packs it with its past, with the oldest state of the root in the place of its image.
 */
public final class ListedTree {
    /** What the past is in. */
    static final String PAST = "past";

    private static final int ENTRIES_PER_STEP = 1000;

    private ListedTree() {}

    /**
     * What was listed.
     *
     * @param files how many regular files there are at present
     * @param bytes how many bytes they have
     * @param notes what was left out, one line each
     */
    public record Summary(long files, long bytes, List<String> notes) {}

    /**
     * Lists what {@code present} are last and keeps what is in their files.
     *
     * @param present the root's first
     * @param past all that they and others were, and are; the root's first, which has a state at least; none if empty
     * @param out stays open
     * @throws berth.engine.BerthException CANCELLED if the thread is interrupted
     */
    public static Summary write(
            List<TreeHistory> present,
            List<TreeHistory> past,
            String description,
            ContentStore store,
            OutputStream out,
            Progress progress)
            throws IOException {
        Listing listing = new Listing(new CheckedWriter(new TarWriter(out), description), store, progress);
        for (TreeHistory tree : present) {
            try (TreeView last = tree.states().getLast().get()) {
                listing.add(last, PackedTree.place(tree.name()));
            }
        }
        Summary summary = listing.summary();
        for (TreeHistory history : past) {
            progress.step("reading what %s was".formatted(history.name()));
            listing.addPast(history);
        }
        return listing.finish(summary);
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

        void addPast(TreeHistory history) throws IOException {
            Optional<Supplier<TreeView>> former = Optional.empty();
            int number = 0;
            for (Supplier<TreeView> state : history.states()) {
                if (history.isRoot() && former.isEmpty()) {
                    try (TreeView oldest = state.get()) {
                        add(oldest, PAST + "/" + PackedTree.TREE);
                    }
                } else {
                    addChanges(former, state, PAST + "/" + PackedTree.state(history.name(), number));
                }
                former = Optional.of(state);
                number++;
            }
        }

        private void addChanges(Optional<Supplier<TreeView>> former, Supplier<TreeView> state, String top)
                throws IOException {
            Optional<TreeView> was = former.map(Supplier::get);
            try (TreeView present = state.get();
                    ArchiveReader changes = present.changesSince(was, notes)) {
                for (var next = changes.next(); next.isPresent(); next = changes.next()) {
                    FileSink.checkInterrupt();
                    ArchiveEntry entry = PackedTree.moved(next.get(), top);
                    add(entry, changes, () -> new ContentList(0, Instant.EPOCH, pieces(entry, changes, store)));
                }
            } finally {
                was.ifPresent(TreeView::close);
            }
        }

        private void add(ArchiveEntry entry, DirectoryReader reader) throws IOException {
            add(entry, reader, () -> list(entry, reader, store));
        }

        private void add(ArchiveEntry entry, ArchiveReader reader, Content content) throws IOException {
            if (entry.kind() == Kind.FILE && entry.size() > 0) {
                byte[] text = content.list().text();
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

        Summary summary() {
            return new Summary(files, bytes, List.of());
        }

        Summary finish(Summary counted) throws IOException {
            writer.finish();
            return new Summary(counted.files(), counted.bytes(), notes.lines());
        }
    }

    /** Finds out where the content of a file is. */
    @FunctionalInterface
    private interface Content {
        ContentList list() throws IOException;
    }

    private static ContentList list(ArchiveEntry entry, DirectoryReader reader, ContentStore store) throws IOException {
        FileStat stat = reader.stat();
        Optional<ContentList> known = store.known(entry.name(), entry.size(), stat.inode(), stat.ctime());
        if (known.isPresent()) {
            return known.get();
        }
        return new ContentList(stat.inode(), stat.ctime(), pieces(entry, reader, store));
    }

    private static List<ContentList.Piece> pieces(ArchiveEntry entry, ArchiveReader reader, ContentStore store)
            throws IOException {
        List<ContentList.Piece> pieces = new ArrayList<>();
        InputStream data = new Data(reader);
        long position = 0;
        for (Extent extent : entry.data()) {
            addHole(pieces, extent.offset() - position);
            pieces.addAll(store.keep(data, extent.length()));
            position = extent.offset() + extent.length();
        }
        addHole(pieces, entry.size() - position);
        return pieces;
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
