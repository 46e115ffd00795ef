package berth.linux.file;

import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import org.jspecify.annotations.Nullable;

/** Where a path leads: the directory that holds its last component, held open, and that component. */
final class Place implements AutoCloseable {
    private final Fd directory;
    private final String name;
    private final @Nullable Fd owned;

    private Place(Fd directory, String name, @Nullable Fd owned) {
        this.directory = directory;
        this.name = name;
        this.owned = owned;
    }

    /**
     * Resolves all but the last component of {@code path} from {@code root}.
     *
     * @throws KernelException EXDEV if {@code path} ends in {@code ..}; what openat2(2) says of its parent
     */
    static Place of(Fd root, String path, Resolution resolution) {
        int end = path.length();
        while (end > 1 && path.charAt(end - 1) == '/') {
            end--;
        }
        int slash = path.lastIndexOf('/', end - 1);
        String name = path.substring(slash + 1, end);
        if (name.equals("..")) {
            throw new KernelException("openat2", FileName.printable(path), Errno.EXDEV.number());
        }
        if (path.isEmpty()) {
            throw new KernelException("openat2", "", Errno.ENOENT.number());
        }
        if (slash < 0) {
            return new Place(root, name, null);
        }
        String parent = slash == 0 ? "/" : path.substring(0, slash);
        Fd directory = FileCalls.openat2(
                root.number(), parent, FileCalls.O_PATH | FileCalls.O_DIRECTORY, 0, resolution.flags());
        return new Place(directory, name.isEmpty() ? "." : name, directory);
    }

    int directory() {
        return directory.number();
    }

    String name() {
        return name;
    }

    /** A path by which calls that know no directory descriptors reach it, without following a link it may be. */
    String procPath() {
        return directory.procPath() + "/" + name;
    }

    @Override
    public void close() {
        if (owned != null) {
            owned.close();
        }
    }
}
