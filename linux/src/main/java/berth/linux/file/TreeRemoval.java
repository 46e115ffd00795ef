package berth.linux.file;

import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.Libc;
import org.jspecify.annotations.Nullable;

/**
 * Removes a tree, however large or deep. A directory below {@link #DEPTH} levels is first moved up to the top, so that a guest
 * who nests a million directories costs neither stack nor descriptors.
 */
final class TreeRemoval {
    private static final int DEPTH = 100;

    private final Fd top;
    private int moved;

    private TreeRemoval(Fd top) {
        this.top = top;
    }

    static void remove(Place place) {
        long result = FileCalls.tryUnlinkat(place.directory(), place.name(), 0);
        if (result == 0 || result == -Errno.ENOENT.number()) {
            return;
        }
        if (result != -Errno.EISDIR.number()) {
            Libc.check(result, "unlinkat", FileName.printable(place.name()));
        }
        removeDirectory(place.directory(), place.name(), null, 0);
    }

    private static void removeDirectory(int parent, String name, @Nullable TreeRemoval above, int depth) {
        long flags = FileCalls.O_PATH | FileCalls.O_DIRECTORY;
        try (Fd directory = FileCalls.openat2(parent, name, flags, 0, Resolution.NO_LINKS.flags())) {
            TreeRemoval removal = above == null ? new TreeRemoval(directory) : above;
            boolean progress;
            long result;
            do {
                progress = removal.empty(directory, depth);
                result = FileCalls.tryUnlinkat(parent, name, FileCalls.AT_REMOVEDIR);
            } while (result == -Errno.ENOTEMPTY.number() && progress);
            if (result != -Errno.ENOENT.number()) {
                Libc.check(result, "unlinkat", FileName.printable(name));
            }
        }
    }

    /** Whether anything was removed or moved away. */
    private boolean empty(Fd directory, int depth) {
        boolean progress = false;
        try (Listing listing = new Listing(directory)) {
            int number = listing.fd().number();
            for (var entry = listing.next(); entry != null; entry = listing.next()) {
                long result = entry.type() == FileType.DIRECTORY
                        ? -Errno.EISDIR.number()
                        : FileCalls.tryUnlinkat(number, entry.name(), 0);
                if (result == -Errno.EISDIR.number() && depth < DEPTH) {
                    removeDirectory(number, entry.name(), this, depth + 1);
                } else if (result == -Errno.EISDIR.number()) {
                    moveToTop(number, entry.name());
                } else if (result != -Errno.ENOENT.number()) {
                    Libc.check(result, "unlinkat", FileName.printable(entry.name()));
                }
                progress = true;
            }
        }
        return progress;
    }

    private void moveToTop(int parent, String name) {
        while (true) {
            try {
                String free = ".berth-deep-" + moved++;
                FileCalls.renameat2(parent, name, top.number(), free, FileCalls.RENAME_NOREPLACE);
                return;
            } catch (KernelException e) {
                if (!e.is(Errno.EEXIST)) {
                    throw e;
                }
            }
        }
    }
}
