package berth.engine.image;

import berth.engine.image.ArchiveEntry.Kind;
import berth.linux.Errno;
import berth.linux.KernelException;
import berth.linux.file.Directory;
import berth.linux.file.DirectoryEntry;
import berth.linux.file.FileName;
import berth.linux.file.FileStat;
import berth.linux.file.Resolution;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads how a tree differs from what it was: what is new or in any way other, with the ids of the inside, and as whiteouts what is
 * gone. Written to the former tree by {@link TreeWriter} these entries make the present one of it. A directory comes before
 * anything that changes in it, since that changes its time.
 *
 * <p>A file with the same number that nothing has changed since is not read. Others are compared byte by byte, so that a copy of a
 * tree differs in nothing from it. How many names a file has does not count, since some may be in other trees: only which names of
 * these trees are one file.
 */
final class TreeChanges implements ArchiveReader {
    /** As deep as a path of 4095 bytes can go. */
    private static final int DEPTH = 2048;

    private final TreeView now;
    private final Notes notes;
    private final Differences differences;
    private final FoundFile found = new FoundFile();
    private final Deque<Level> levels = new ArrayDeque<>();
    private final Deque<ArchiveEntry> ready = new ArrayDeque<>();
    /** Files with several names: the first name, and what it was. */
    private final Map<FoundFile.Inode, Named> named = new HashMap<>();
    /** Former files that one of the present goes on with; another that is like it must not. */
    private final Set<FoundFile.Inode> inherited = new HashSet<>();

    private boolean isDataReady;

    /** @param former where the first name's file was before, if it is the same still; null if it is told anew */
    private record Named(String path, FoundFile.@Nullable Inode former) {}

    /** A directory on the way down. */
    private static final class Level {
        private final Directory now;
        private final @Nullable Directory was;
        private final String name;
        private final String path;
        private final Iterator<String> names;
        private boolean told;

        Level(Directory now, @Nullable Directory was, String name, String path, boolean told) {
            this.now = now;
            this.was = was;
            this.name = name;
            this.path = path;
            this.told = told;
            TreeSet<String> all =
                    new TreeSet<>((a, b) -> Arrays.compareUnsigned(FileName.encode(a), FileName.encode(b)));
            now.list().stream().map(DirectoryEntry::name).forEach(all::add);
            if (was != null) {
                was.list().stream().map(DirectoryEntry::name).forEach(all::add);
            }
            this.names = all.iterator();
        }

        String path(String child) {
            return path.isEmpty() ? child : path + "/" + child;
        }

        void close() {
            now.close();
            if (was != null) {
                was.close();
            }
        }
    }

    /** @param former empty if all is new */
    TreeChanges(Optional<TreeView> former, TreeView now, Differences.Times times, Notes notes) {
        this.now = now;
        this.notes = notes;
        this.differences = new Differences(former.orElse(now), now, times);
        ready.add(owned(FoundFile.root(now.tree())));
        Directory was = former.map(f -> f.tree().with(Resolution.NO_LINKS)).orElse(null);
        levels.push(new Level(now.tree().with(Resolution.NO_LINKS), was, ".", "", true));
    }

    @Override
    public Optional<ArchiveEntry> next() throws IOException {
        isDataReady = false;
        while (ready.isEmpty() && !levels.isEmpty()) {
            Level level = levels.element();
            if (level.names.hasNext()) {
                compare(level, level.names.next());
            } else {
                levels.remove().close();
            }
        }
        isDataReady = ready.size() == 1;
        return Optional.ofNullable(ready.poll());
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        return isDataReady ? found.read(buffer, offset, length) : -1;
    }

    @Override
    public void close() {
        found.close();
        levels.forEach(Level::close);
        levels.clear();
    }

    private void compare(Level level, String name) throws IOException {
        FileSink.checkInterrupt();
        Optional<FileStat> here = level.now.stat(name);
        Optional<FileStat> former = level.was == null ? Optional.empty() : level.was.stat(name);
        Optional<FileStat> kept = here.filter(s -> FoundFile.isEverKept(FoundFile.kind(s)));
        if (here.isPresent() && kept.isEmpty()) {
            notes.leavesOut(ArchiveEntry.made(level.path(name), FoundFile.kind(here.get()), 0, ""));
        }
        if (kept.isEmpty()) {
            if (former.isPresent() && FoundFile.isEverKept(FoundFile.kind(former.get()))) {
                tell(level, ArchiveEntry.made(level.path(name), Kind.WHITEOUT, 0, ""));
            }
            return;
        }
        FileStat stat = kept.get();
        if (stat.isDirectory()) {
            enter(level, name, stat, former.filter(FileStat::isDirectory));
        } else if (FoundFile.mayHaveOtherNames(stat)
                || former.filter(FoundFile::mayHaveOtherNames).isPresent()) {
            compareNamed(level, name, stat, former);
        } else if (former.isEmpty() || !differences.same(level.was, former.get(), level.now, stat, name)) {
            tellFile(level, name, stat);
        }
    }

    private void enter(Level level, String name, FileStat stat, Optional<FileStat> former) throws IOException {
        if (levels.size() > DEPTH) {
            throw new KernelException("openat2", FileName.printable(level.path(name)), Errno.ENAMETOOLONG.number());
        }
        Directory was = level.was != null && former.isPresent() ? level.was.openDirectory(name) : null;
        boolean same =
                was != null && former.isPresent() && differences.same(level.was, former.get(), level.now, stat, name);
        if (!same) {
            tellFile(level, name, stat);
        }
        levels.push(new Level(level.now.openDirectory(name), was, name, level.path(name), !same));
    }

    /** A file that has or had other names: those of now must be the same file afterwards, and no others. */
    private void compareNamed(Level level, String name, FileStat stat, Optional<FileStat> former) throws IOException {
        FoundFile.Inode inode = FoundFile.Inode.of(stat);
        Named first = named.get(inode);
        if (first != null) {
            boolean linkedBefore =
                    first.former != null && former.isPresent() && first.former.equals(FoundFile.Inode.of(former.get()));
            if (!linkedBefore) {
                tell(level, ArchiveEntry.made(level.path(name), Kind.HARD_LINK, 0, first.path));
            }
            return;
        }
        boolean same = former.isPresent() && differences.same(level.was, former.get(), level.now, stat, name);
        Optional<FoundFile.Inode> heritage =
                former.filter(_ -> same).map(FoundFile.Inode::of).filter(inherited::add);
        if (heritage.isEmpty()) {
            tellFile(level, name, stat);
        }
        if (FoundFile.mayHaveOtherNames(stat)) {
            named.put(inode, new Named(level.path(name), heritage.orElse(null)));
        }
    }

    private void tellFile(Level level, String name, FileStat stat) throws IOException {
        tell(level, owned(found.open(level.now, name, level.path(name), stat)));
    }

    private ArchiveEntry owned(ArchiveEntry entry) {
        return PackedTree.owned(entry, now.owners());
    }

    private void tell(Level level, ArchiveEntry entry) throws IOException {
        if (!level.told) {
            level.told = true;
            Level above = levels.stream().skip(1).findFirst().orElseThrow();
            // Read with another than the file's, whose data are wanted next.
            try (FoundFile directory = new FoundFile()) {
                ready.add(owned(directory.open(above.now, level.name, level.path, level.now.stat())));
            }
        }
        ready.add(entry);
    }
}
