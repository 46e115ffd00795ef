package berth.linux.file;

import berth.linux.Errno;
import berth.linux.KernelException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * Goes through a tree: each directory before what is in it, the names of a directory by their bytes. No link is followed and no
 * mount is entered. Holds one descriptor and the sorted names of each directory on the way down.
 */
public final class TreeWalk implements AutoCloseable {
    /** As deep as a path of 4095 bytes can go. */
    private static final int DEPTH = 2048;

    private static final Comparator<DirectoryEntry> BY_BYTES =
            (a, b) -> Arrays.compareUnsigned(FileName.encode(a.name()), FileName.encode(b.name()));

    private final Deque<Level> levels = new ArrayDeque<>();
    private final List<String> mounts = new ArrayList<>();

    /**
     * A file met on the way.
     *
     * @param parent the directory that holds it, open until the walk leaves it; links are not followed in it
     * @param name its name there
     * @param path its path from the start
     * @param stat what it is
     */
    public record Entry(Directory parent, String name, String path, FileStat stat) {}

    private record Level(Directory directory, String prefix, Iterator<DirectoryEntry> names) {}

    /** A walk through all that is beneath {@code start}, which itself is not met. */
    public TreeWalk(Directory start) {
        enter(start.with(Resolution.NO_LINKS), "");
    }

    /** The next file; one that disappears meanwhile is left out. Empty at the end. */
    public Optional<Entry> next() {
        while (!levels.isEmpty()) {
            Level level = levels.element();
            if (!level.names().hasNext()) {
                levels.remove().directory().close();
                continue;
            }
            String name = level.names().next().name();
            Optional<FileStat> stat = level.directory().stat(name);
            if (stat.isPresent()) {
                String path = level.prefix() + name;
                if (stat.get().isDirectory()) {
                    enter(level.directory(), name, path);
                }
                return Optional.of(new Entry(level.directory(), name, path, stat.get()));
            }
        }
        return Optional.empty();
    }

    /** The paths met so far on which something is mounted; what that holds is not met. */
    public List<String> mounts() {
        return List.copyOf(mounts);
    }

    @Override
    public void close() {
        levels.forEach(level -> level.directory().close());
        levels.clear();
    }

    private void enter(Directory parent, String name, String path) {
        if (levels.size() > DEPTH) {
            throw new KernelException("openat2", FileName.printable(path), Errno.ENAMETOOLONG.number());
        }
        try {
            enter(parent.openDirectory(name), path + "/");
        } catch (KernelException e) {
            if (e.is(Errno.EXDEV)) {
                mounts.add(path);
            } else if (!e.is(Errno.ELOOP) && !e.is(Errno.ENOTDIR) && !e.is(Errno.ENOENT)) {
                // Those three: it was replaced by another kind of file just now.
                throw e;
            }
        }
    }

    private void enter(Directory directory, String prefix) {
        List<DirectoryEntry> names = directory.list();
        names.sort(BY_BYTES);
        levels.push(new Level(directory, prefix, names.iterator()));
    }
}
