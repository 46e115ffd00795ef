package berth.linux.file;

import berth.linux.Errno;
import berth.linux.KernelException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@link Directory#copyTo} and {@link Directory#linkTreeTo}. Walks in the file system's order, so that a directory of millions of names costs no memory. */
final class TreeCopy {
    private static final int NAMES_KEPT = 100;
    private static final int DEPTH = 2048;

    /** Where the first name of each file with several names was copied to. */
    private final Map<Inode, String> copied = new HashMap<>();

    private final List<String> leftOut = new ArrayList<>();
    private final Files files;

    /** What becomes of those that are no directories. */
    enum Files {
        COPIED,
        /** They get a second name. */
        LINKED
    }

    TreeCopy(Files files) {
        this.files = files;
    }

    private record Inode(long device, long number) {}

    List<String> copy(Directory from, Directory to) {
        try (Directory source = from.with(Resolution.NO_LINKS);
                Directory target = to.with(Resolution.NO_LINKS)) {
            copyContents(source, target, target, "", 0);
            setAttributes(source, ".", target, ".", source.stat());
        }
        return List.copyOf(leftOut);
    }

    private void copyContents(Directory source, Directory target, Directory root, String prefix, int depth) {
        if (depth > DEPTH) {
            throw new KernelException("mkdirat", FileName.printable(prefix), Errno.ENAMETOOLONG.number());
        }
        try (Listing listing = new Listing(source.fd())) {
            for (var entry = listing.next(); entry != null; entry = listing.next()) {
                String name = entry.name();
                var stat = source.stat(name);
                if (stat.isPresent()) {
                    copyEntry(source, target, root, name, prefix + name, stat.get(), depth);
                }
            }
        }
    }

    private void copyEntry(
            Directory source, Directory target, Directory root, String name, String path, FileStat stat, int depth) {
        if (files == Files.LINKED && isCopied(stat)) {
            source.linkTo(name, target, name);
            return;
        }
        Inode inode = new Inode(stat.device(), stat.inode());
        boolean shared = stat.links() > 1 && !stat.isDirectory();
        if (shared && copied.containsKey(inode)) {
            linkTo(root, copied.get(inode), target, name);
            return;
        }
        switch (stat.type()) {
            case REGULAR -> copyFile(source, target, name, stat);
            case DIRECTORY -> copyDirectory(source, target, root, name, path, depth);
            case SYMLINK -> target.symlink(source.readLink(name), name);
            case FIFO -> target.createFifo(name, 0600);
            case CHARACTER_DEVICE -> {
                if (stat.rdev() != 0) {
                    leaveOut(path);
                    return;
                }
                target.createWhiteout(name);
            }
            case SOCKET, BLOCK_DEVICE, UNKNOWN -> {
                leaveOut(path);
                return;
            }
        }
        setAttributes(source, name, target, name, stat);
        if (shared) {
            copied.put(inode, path);
        }
    }

    private static boolean isCopied(FileStat stat) {
        return switch (stat.type()) {
            case REGULAR, SYMLINK, FIFO -> true;
            case DIRECTORY, CHARACTER_DEVICE, SOCKET, BLOCK_DEVICE, UNKNOWN -> false;
        };
    }

    private void linkTo(Directory root, String first, Directory target, String name) {
        int slash = first.lastIndexOf('/');
        if (slash < 0) {
            FileCalls.linkat(root.fd().number(), first, target.fd().number(), name);
            return;
        }
        try (Directory parent = root.openDirectory(first.substring(0, slash))) {
            FileCalls.linkat(
                    parent.fd().number(),
                    first.substring(slash + 1),
                    target.fd().number(),
                    name);
        }
    }

    private void copyDirectory(
            Directory source, Directory target, Directory root, String name, String path, int depth) {
        target.createDirectory(name, 0700);
        Optional<Directory> entered = unlessMount(source, name);
        if (entered.isEmpty()) {
            leaveOut(path);
            return;
        }
        try (Directory from = entered.get();
                Directory to = target.openDirectory(name)) {
            copyContents(from, to, root, path + "/", depth + 1);
        }
    }

    private static Optional<Directory> unlessMount(Directory parent, String name) {
        try {
            return Optional.of(parent.openDirectory(name));
        } catch (KernelException e) {
            if (e.is(Errno.EXDEV)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static void copyFile(Directory source, Directory target, String name, FileStat stat) {
        try (OpenFile from = source.openRead(name);
                OpenFile to = target.create(name, 0600)) {
            if (stat.size() == 0 || from.cloneTo(to)) {
                return;
            }
            to.truncate(stat.size());
            long data = from.nextData(0);
            while (data < stat.size()) {
                long hole = from.nextHole(data);
                from.copyRange(to, data, hole - data);
                data = from.nextData(hole);
            }
        }
    }

    /** Owner first: a change of owner takes setuid bits and capabilities away. Times last. */
    private static void setAttributes(
            Directory source, String name, Directory target, String targetName, FileStat stat) {
        target.chown(targetName, stat.uid(), stat.gid());
        if (stat.type() != FileType.SYMLINK) {
            target.chmod(targetName, stat.mode());
        }
        source.xattrs(name).forEach((key, value) -> target.setXattr(targetName, key, value));
        target.setTime(targetName, stat.mtime());
    }

    private void leaveOut(String path) {
        if (leftOut.size() < NAMES_KEPT) {
            leftOut.add(path);
        }
    }
}
