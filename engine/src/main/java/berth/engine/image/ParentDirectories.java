package berth.engine.image;

import berth.linux.Errno;
import berth.linux.KernelException;
import berth.linux.file.Directory;

/**
 * Opens the directory an entry goes into, as the guest would see it: links on the way are followed inside the tree and nowhere
 * else, missing directories are made. Keeps the last one open, since entries of one directory come together.
 */
final class ParentDirectories implements AutoCloseable {
    private static final int MODE = 0755;

    private final Directory root;
    private EntryPath path = new EntryPath("");
    private Directory directory;

    /** @param root opened with {@link berth.linux.file.Resolution#IN_ROOT}; stays open */
    ParentDirectories(Directory root) {
        this.root = root;
        this.directory = root;
    }

    /** The directory that {@code entry} goes into, open until the next call. */
    Directory of(EntryPath entry) {
        EntryPath parent = entry.parent();
        if (!parent.equals(path)) {
            forget();
            directory = parent.isRoot() ? root : open(parent);
            path = parent;
        }
        return directory;
    }

    /** Must be called when anything in the tree was removed: the directory kept may be gone or reached by another way now. */
    void forget() {
        if (directory != root) {
            directory.close();
        }
        directory = root;
        path = new EntryPath("");
    }

    @Override
    public void close() {
        forget();
    }

    private Directory open(EntryPath wanted) {
        try {
            return root.openDirectory(wanted.text());
        } catch (KernelException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
        }
        make(wanted);
        return root.openDirectory(wanted.text());
    }

    /** @throws KernelException EEXIST if a link that leads nowhere stands in the way */
    private void make(EntryPath wanted) {
        if (!wanted.parent().isRoot() && root.statTarget(wanted.parent().text()).isEmpty()) {
            make(wanted.parent());
        }
        root.createDirectory(wanted.text(), MODE);
        root.chmod(wanted.text(), MODE);
    }
}
