package berth.engine.image;

import berth.engine.image.ArchiveEntry.Kind;
import berth.engine.operation.Progress;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** States that come in an archive, each in a directory of it. Used by one thread. */
final class PackedStates implements TreeStates {
    private static final int MAX_ENTRIES = 1_000_000;

    private final PackedArchive.Section section;
    private final String source;
    private final String image;
    private final Iterator<String> states;
    private final Notes notes = new Notes();
    private long left;
    private Optional<Imported> brought = Optional.empty();
    private boolean finished;

    /**
     * @param image the directory that holds the image; it is read only once, whoever asks for it
     * @param states the directories that hold the states, in the order in which they are wanted; one that is not there, or was read
     *     as the image, is no change
     */
    PackedStates(ArchiveReader archive, String source, long maxSize, String image, List<String> states) {
        this.section = new PackedArchive.Section(archive);
        this.source = source;
        this.image = image;
        this.states = states.iterator();
        this.left = maxSize;
    }

    @Override
    public Imported bringImage(Images images, Progress progress) {
        if (brought.isPresent()) {
            return new Imported(brought.get().image(), Imported.Outcome.KNOWN, List.of());
        }
        section.enter(image);
        ImportRequest request = ImportRequest.of(source).upTo(left);
        Imported imported = images.importEntries(new PackedTreeReader(section, image), request, progress);
        left = Math.max(0, left - imported.image().size());
        brought = Optional.of(imported);
        return imported;
    }

    @Override
    public void next(Target target, Progress progress) {
        String top = states.next();
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
    public void compare(int state, Optional<Supplier<TreeView>> former, Supplier<TreeView> copy, Progress progress) {
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
