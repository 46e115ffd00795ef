package berth.engine.image;

import berth.engine.operation.Progress;
import java.io.IOException;
import java.util.Optional;

/** An archive that {@link PackedTree} wrote, or somebody who can do as much. Nothing of it is trusted. */
public final class PackedArchive implements AutoCloseable {
    private final Images images;
    private final Staging scratch;
    private final CheckedArchive archive;
    private final long maxSize;

    PackedArchive(Images images, Staging scratch, CheckedArchive archive, long maxSize) {
        this.images = images;
        this.scratch = scratch;
        this.archive = archive;
        this.maxSize = maxSize;
    }

    /** What it says of itself. */
    public String description() {
        return archive.description();
    }

    /**
     * Imports the only tree of it.
     *
     * @throws berth.engine.BerthException as {@link Images#importArchive}; UNTRUSTED too if the checksum is wrong
     */
    public Imported importTree(String source, Progress progress) {
        ArchiveReader tree = new PackedTreeReader(archive, PackedTree.TREE);
        return images.importEntries(tree, ImportRequest.of(source).upTo(maxSize), progress);
    }

    /** The states of it. */
    public TreeStates states(String source) {
        return new PackedStates(archive, source, maxSize);
    }

    @Override
    public void close() {
        try (scratch) {
            archive.close();
        } catch (IOException e) {
            throw Unpacker.broken(e);
        }
    }

    /** Entries of one directory of {@code archive}, from the one that was met last. */
    static final class Section implements ArchiveReader {
        private final ArchiveReader archive;
        private Optional<ArchiveEntry> ahead = Optional.empty();
        private String top = "";

        Section(ArchiveReader archive) {
            this.archive = archive;
        }

        /** Goes on with what is in {@code directory}. */
        void enter(String directory) {
            top = directory;
        }

        /** The next entry in the directory; empty if another's comes, or nothing. */
        @Override
        public Optional<ArchiveEntry> next() throws IOException {
            if (ahead.isEmpty()) {
                ahead = archive.next();
            }
            Optional<ArchiveEntry> next = ahead.filter(this::isInside);
            if (next.isPresent()) {
                ahead = Optional.empty();
            }
            return next;
        }

        /** @throws CorruptArchiveException unless the archive is at its end */
        void finish() throws IOException {
            if (ahead.isPresent() || archive.next().isPresent()) {
                throw new CorruptArchiveException("it holds more than it says");
            }
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            return archive.read(buffer, offset, length);
        }

        private boolean isInside(ArchiveEntry entry) {
            String path = EntryPath.of(entry).text();
            return path.equals(top) || path.startsWith(top + "/");
        }
    }
}
