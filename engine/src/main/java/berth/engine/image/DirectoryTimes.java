package berth.engine.image;

import berth.linux.KernelException;
import berth.linux.file.Directory;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Sets the times of directories after their files are written, which changes them. Archives list a directory before what is in
 * it, so only the directories on the way to the current entry have to be remembered.
 */
final class DirectoryTimes {
    private final Directory root;
    private final Deque<Pending> pending = new ArrayDeque<>();

    private record Pending(EntryPath path, Instant mtime) {}

    DirectoryTimes(Directory root) {
        this.root = root;
    }

    /** An entry {@code path} comes: directories that it is not in are done. */
    void entering(EntryPath path) {
        while (!pending.isEmpty() && !isWithin(path, pending.element().path)) {
            set(pending.pop());
        }
    }

    /** The directory {@code path} shall have {@code mtime} in the end. */
    void later(EntryPath path, Instant mtime) {
        pending.push(new Pending(path, mtime));
    }

    void finish() {
        while (!pending.isEmpty()) {
            set(pending.pop());
        }
    }

    private static boolean isWithin(EntryPath path, EntryPath directory) {
        return directory.isRoot() || path.text().startsWith(directory.text() + "/");
    }

    private void set(Pending directory) {
        try {
            root.setTime(directory.path.isRoot() ? "." : directory.path.text(), directory.mtime);
        } catch (KernelException e) {
            // Replaced by a later entry; its time is not worth the image.
        }
    }
}
