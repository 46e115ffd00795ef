package berth.engine.image;

import berth.engine.image.ArchiveEntry.Kind;
import berth.linux.Errno;
import berth.linux.KernelException;
import berth.linux.file.Directory;
import berth.linux.file.DirectoryEntry;
import berth.linux.file.FileStat;
import berth.linux.file.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads of a tree what it has that another one has not, and what that one has more: a layer. Files that are the same file are not
 * read; others are the same if their attributes, times and content are. Links in the trees are not followed.
 */
final class TreeDifference implements ArchiveReader {
    private static final int CHUNK = 1 << 17;

    private final Directory base;
    private final Directory changed;
    private final Owners owners;
    private final Notes notes;
    private final DirectoryReader reader;
    /** What comes before the next file of the tree. */
    private final Deque<ArchiveEntry> pending = new ArrayDeque<>();
    /** Files that differ, to which further names may follow. */
    private final Set<String> emitted = new HashSet<>();

    private final ByteBuffer left = ByteBuffer.allocateDirect(CHUNK);
    private final ByteBuffer right = ByteBuffer.allocateDirect(CHUNK);

    /**
     * Both directories are opened with {@link berth.linux.file.Resolution#NO_LINKS}, and stay open and the caller's.
     *
     * @param owners which ids the files of {@code changed} have in {@code base}
     */
    TreeDifference(Directory base, Directory changed, Owners owners, Notes notes) {
        this.base = base;
        this.changed = changed;
        this.owners = owners;
        this.notes = notes;
        this.reader = new DirectoryReader(changed, notes);
    }

    @Override
    public Optional<ArchiveEntry> next() throws IOException {
        while (pending.isEmpty()) {
            Optional<ArchiveEntry> next = reader.next();
            if (next.isEmpty()) {
                return next;
            }
            ArchiveEntry entry = PackedTree.owned(next.get(), owners);
            if (notes.leavesOut(entry)) {
                if (inBase(entry.name()).isPresent()) {
                    pending.add(removal(entry.name()));
                }
            } else if (differs(entry)) {
                emitted.add(entry.name());
                pending.add(entry);
            }
            if (entry.kind() == Kind.DIRECTORY) {
                addRemovals(entry.name());
            }
        }
        return Optional.of(pending.remove());
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        return reader.read(buffer, offset, length);
    }

    @Override
    public void close() {
        reader.close();
    }

    private void addRemovals(String path) {
        if (inBase(path).filter(FileStat::isDirectory).isEmpty()) {
            return;
        }
        Set<String> gone = new TreeSet<>(names(base, path));
        gone.removeAll(names(changed, path));
        String prefix = path.isEmpty() ? "" : path + "/";
        gone.forEach(name -> pending.add(removal(prefix + name)));
    }

    private static Set<String> names(Directory tree, String path) {
        Set<String> names = new HashSet<>();
        try (Directory directory = tree.openDirectory(place(path))) {
            directory.list().stream().map(DirectoryEntry::name).forEach(names::add);
        }
        return names;
    }

    private static ArchiveEntry removal(String path) {
        return ArchiveEntry.made(path, Kind.WHITEOUT, 0, "");
    }

    private boolean differs(ArchiveEntry entry) throws IOException {
        Optional<FileStat> there = inBase(entry.name());
        if (there.isEmpty()) {
            return true;
        }
        FileStat stat = there.get();
        if (entry.kind() == Kind.HARD_LINK) {
            return emitted.contains(entry.target())
                    || inBase(entry.target()).filter(stat::isSameFile).isEmpty();
        }
        String path = place(entry.name());
        return FoundFile.kind(stat) != entry.kind()
                || (entry.kind() != Kind.SYMLINK && stat.mode() != entry.mode())
                || Integer.toUnsignedLong(stat.uid()) != entry.uid()
                || Integer.toUnsignedLong(stat.gid()) != entry.gid()
                || stat.mtime().getEpochSecond() != entry.mtime().getEpochSecond()
                || !sameAttributes(base.xattrs(path), entry.xattrs())
                || (entry.kind() == Kind.SYMLINK && !base.readLink(path).equals(entry.target()))
                || (entry.kind() == Kind.FILE && !sameContent(path, stat, entry.size()));
    }

    private static boolean sameAttributes(Map<String, byte[]> some, Map<String, byte[]> others) {
        Set<String> kept = new HashSet<>(some.keySet());
        kept.addAll(others.keySet());
        kept.removeIf(name -> !KeptAttributes.keeps(name));
        return kept.stream().allMatch(name -> Arrays.equals(some.get(name), others.get(name)));
    }

    private boolean sameContent(String path, FileStat stat, long size) throws IOException {
        if (stat.size() != size) {
            return false;
        }
        try (OpenFile mine = base.openRead(path);
                OpenFile other = changed.openRead(path)) {
            if (size == 0 || mine.stat().isSameFile(other.stat())) {
                return true;
            }
            boolean more = true;
            while (more) {
                FileSink.checkInterrupt();
                more = fill(mine, left);
                fill(other, right);
                if (!left.equals(right)) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Whether the file goes on after what is in {@code chunk} now. */
    private static boolean fill(OpenFile file, ByteBuffer chunk) {
        chunk.clear();
        int count = 1;
        while (count > 0 && chunk.hasRemaining()) {
            count = file.read(chunk);
        }
        chunk.flip();
        return count > 0;
    }

    private Optional<FileStat> inBase(String path) {
        try {
            return base.stat(place(path));
        } catch (KernelException e) {
            if (e.is(Errno.ELOOP)) {
                // What is a directory now was a link.
                return Optional.empty();
            }
            throw e;
        }
    }

    private static String place(String path) {
        return path.isEmpty() ? "." : path;
    }
}
