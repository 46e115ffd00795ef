package berth.engine.image;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/** An archive that {@link PackedTree} wrote, or somebody who can do as much. Nothing of it is trusted. */
public final class PackedArchive implements AutoCloseable {
    private final Staging scratch;
    private final CheckedArchive archive;
    private final long maxSize;

    PackedArchive(Staging scratch, CheckedArchive archive, long maxSize) {
        this.scratch = scratch;
        this.archive = archive;
        this.maxSize = maxSize;
    }

    /** What it says of itself. */
    public String description() {
        return archive.description();
    }

    /**
     * The file systems of it, of which each came without its past.
     *
     * @param names what they are called, the root's first
     */
    public TreeStates present(String source, List<String> names) {
        return present(archive, source, maxSize, names);
    }

    static TreeStates present(ArchiveReader archive, String source, long maxSize, List<String> names) {
        return new PackedStates(
                archive,
                source,
                maxSize,
                PackedTree.TREE,
                names.stream().map(PackedTree::place).toList());
    }

    /**
     * The file systems of it, of which each came with its past.
     *
     * @param states how many there are of each, the root's first
     */
    public TreeStates states(String source, SequencedMap<String, Integer> states) {
        return states(archive, source, maxSize, PackedTree.IMAGE, states);
    }

    /** @param image the directory that holds the image of the root */
    static TreeStates states(
            ArchiveReader archive, String source, long maxSize, String image, SequencedMap<String, Integer> states) {
        List<String> all = new ArrayList<>();
        states.forEach((name, count) -> {
            for (int i = 0; i < count; i++) {
                all.add(PackedTree.state(name, i));
            }
        });
        return new PackedStates(archive, source, maxSize, image, all);
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
