package berth.engine.image;

import berth.engine.image.ArchiveEntry.Kind;
import berth.linux.file.Directory;
import berth.linux.file.FileStat;
import berth.linux.file.TreeWalk;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads a directory as if it were an archive. Links in it are not followed, other file systems are not entered. */
final class DirectoryReader implements ArchiveReader {
    private final TreeWalk walk;
    private final Notes notes;
    private final Map<FoundFile.Inode, String> firstNames = new HashMap<>();
    private final FoundFile found = new FoundFile();
    private @Nullable ArchiveEntry start;
    private boolean otherNames;

    /** @param directory stays open and the caller's */
    DirectoryReader(Directory directory, Notes notes) {
        this.notes = notes;
        this.start = FoundFile.root(directory);
        this.walk = new TreeWalk(directory);
    }

    @Override
    public Optional<ArchiveEntry> next() throws IOException {
        found.close();
        if (start != null) {
            ArchiveEntry root = start;
            start = null;
            return Optional.of(root);
        }
        Optional<TreeWalk.Entry> met = walk.next();
        if (met.isEmpty()) {
            walk.mounts().forEach(path -> notes.omitted(Omission.MOUNT, path));
            return Optional.empty();
        }
        return Optional.of(entry(met.get()));
    }

    /** What the file that {@link #next} returned last is, opened. @throws IllegalStateException if it is none */
    FileStat stat() {
        return found.stat();
    }

    /** Whether what {@link #next} returned last has other names, none of which came before. */
    boolean hasOtherNames() {
        return otherNames;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        return found.read(buffer, offset, length);
    }

    @Override
    public void close() {
        found.close();
        walk.close();
    }

    private ArchiveEntry entry(TreeWalk.Entry met) throws IOException {
        FileStat stat = met.stat();
        otherNames = FoundFile.mayHaveOtherNames(stat);
        if (otherNames) {
            String first = firstNames.putIfAbsent(FoundFile.Inode.of(stat), met.path());
            if (first != null) {
                otherNames = false;
                return ArchiveEntry.made(met.path(), Kind.HARD_LINK, 0, first);
            }
        }
        return found.open(met.parent(), met.name(), met.path(), stat);
    }
}
