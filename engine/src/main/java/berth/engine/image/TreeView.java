package berth.engine.image;

import berth.engine.operation.Progress;
import berth.linux.file.Directory;
import berth.linux.file.FileStat;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;

/**
 * A tree of files, with the ids that its container sees. Whoever made it closes it; nobody writes to the tree meanwhile.
 *
 * @param tree its root
 * @param owners which ids inside its files have
 */
public record TreeView(Directory tree, Owners owners) implements AutoCloseable {
    /** The entry that {@code found}, as it is on the disk, is inside. Who has no id there is nobody. */
    ArchiveEntry inside(ArchiveEntry found) {
        return owners.inside(found);
    }

    /**
     * The SHA-256 of all that it holds: two trees that a container cannot tell apart have the same. Takes as long as reading it.
     * Devices and sockets do not count.
     */
    public String digest(Progress progress) throws IOException {
        Notes notes = new Notes();
        try (DirectoryReader reader = new DirectoryReader(tree, notes)) {
            return digest(reader, entry -> notes.leavesOut(entry) ? Optional.empty() : Optional.of(inside(entry)));
        }
    }

    /** As {@link #digest}, of what makes it of {@code former}, which it may share files with: those are not read. */
    String digestSince(TreeView former) throws IOException {
        try (ArchiveReader changes = changesSince(Optional.of(former), new Notes())) {
            return digest(changes, Optional::of);
        }
    }

    /** Whether nothing at all tells it from {@code other}. Takes as long as reading both. */
    boolean isExactly(TreeView other) throws IOException {
        FileStat here = tree.stat();
        FileStat there = other.tree.stat();
        if (here.mode() != there.mode() || !here.mtime().equals(there.mtime())) {
            return false;
        }
        try (ArchiveReader changes = changesSince(Optional.of(other), new Notes())) {
            // The root is told in any case.
            return changes.next().isPresent() && changes.next().isEmpty();
        }
    }

    private static String digest(ArchiveReader reader, Function<ArchiveEntry, Optional<ArchiveEntry>> counts)
            throws IOException {
        TreeDigest digest = new TreeDigest();
        byte[] buffer = new byte[1 << 16];
        for (var next = reader.next(); next.isPresent(); next = reader.next()) {
            FileSink.checkInterrupt();
            Optional<ArchiveEntry> entry = counts.apply(next.get());
            if (entry.isPresent()) {
                ArchiveReader counted = digest.through(entry.get(), reader);
                int count = 0;
                while (count >= 0) {
                    count = counted.read(buffer, 0, buffer.length);
                }
            }
        }
        return digest.hex();
    }

    /**
     * What makes it of {@code former}, or of nothing. Reading it throws UNSUPPORTED of a file of an id beyond 65535.
     *
     * @param notes gets what was left out
     */
    ArchiveReader changesSince(Optional<TreeView> former, Notes notes) {
        return new TreeChanges(former, this, Differences.Times.EXACT, notes);
    }

    /**
     * As {@link #changesSince}, of an image: what differs by fractions of a second only is the same, since what was made of an image may
     * have gone through archives, which have none.
     */
    ArchiveReader layerOn(TreeView base, Notes notes) {
        return new TreeChanges(Optional.of(base), this, Differences.Times.TO_THE_SECOND, notes);
    }

    @Override
    public void close() {
        tree.close();
    }
}
