package berth.engine.image;

import berth.engine.image.ArchiveEntry.Kind;
import berth.engine.operation.Progress;
import java.io.IOException;
import java.util.Optional;

/** States that come in an archive. Used by one thread. */
final class PackedStates implements TreeStates {
    private static final int MAX_ENTRIES = 1_000_000;

    private final PackedArchive.Section section;
    private final String source;
    private final Notes notes = new Notes();
    private long left;
    private int number;
    private boolean finished;

    PackedStates(ArchiveReader archive, String source, long maxSize) {
        this.section = new PackedArchive.Section(archive);
        this.source = source;
        this.left = maxSize;
    }

    @Override
    public Imported bringImage(Images images, Progress progress) {
        section.enter(PackedTree.IMAGE);
        ImportRequest request = ImportRequest.of(source).upTo(left);
        Imported image = images.importEntries(new PackedTreeReader(section, PackedTree.IMAGE), request, progress);
        left = Math.max(0, left - image.image().size());
        return image;
    }

    @Override
    public void next(Target target, Progress progress) {
        String top = PackedTree.state(number++);
        section.enter(top);
        try {
            ArchiveReader changes = new Whiteouts(new PackedTreeReader(section, top));
            left -= target.write(changes, new Limits(left, MAX_ENTRIES), notes, progress);
        } catch (IOException e) {
            throw Unpacker.broken(e);
        }
    }

    /** What was written is what came, since the checksum of it is right. */
    @Override
    public void compare(int state, TreeView copy, Progress progress) {
        if (!finished) {
            finished = true;
            try {
                section.finish();
            } catch (IOException e) {
                throw Unpacker.broken(e);
            }
        }
    }

    /** Takes devices, which no state holds, for what they stand for. */
    record Whiteouts(ArchiveReader changes) implements ArchiveReader {
        @Override
        public Optional<ArchiveEntry> next() throws IOException {
            return changes.next()
                    .map(e -> e.kind() == Kind.DEVICE ? ArchiveEntry.made(e.name(), Kind.WHITEOUT, 0, "") : e);
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            return changes.read(buffer, offset, length);
        }
    }
}
