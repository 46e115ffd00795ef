package berth.engine.image;

import berth.engine.operation.Progress;
import berth.linux.file.Directory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the file systems of a container were at several moments: that of its root first, which stands on an image, then the others,
 * which begin empty, by their names. Of each all states come, the oldest first, as what changed since the one before. Read once, from
 * front to end.
 */
public interface TreeStates {
    /**
     * Brings the image, unless {@code images} have it.
     *
     * @throws berth.engine.BerthException as {@link Images#importArchive}
     */
    Imported bringImage(Images images, Progress progress);

    /**
     * Makes the next state of {@code target}.
     *
     * @throws berth.engine.BerthException UNTRUSTED if what comes is broken or refused; EXHAUSTED if the disk is full; CANCELLED if the
     *     thread is interrupted
     */
    void next(Target target, Progress progress);

    /**
     * Compares state {@code number}, from 0 on among all, with {@code copy}, after all were made. They are compared in their order.
     *
     * @param former the copy of the state before of the same file system, which was found to be the same; empty if there is none
     * @throws berth.engine.BerthException FAILED if they differ
     */
    void compare(int number, Optional<Supplier<TreeView>> former, Supplier<TreeView> copy, Progress progress);

    /**
     * Where a state is made.
     *
     * @param tree shows the state before, writable, opened with {@link berth.linux.file.Resolution#IN_ROOT}
     * @param owners which ids its files get there
     * @param disk a directory on its file system
     */
    record Target(Directory tree, Owners owners, Path disk) {
        private static final int ENTRIES_PER_STEP = 2000;

        /** Writes what {@code changes} holds, to its end: how many bytes of content. */
        long write(ArchiveReader changes, Limits limits, Notes notes, Progress progress) throws IOException {
            try (TreeWriter writer =
                    new TreeWriter(tree, owners, limits, new FreeSpace(disk), notes, new FileHashes())) {
                long step = 0;
                for (var entry = changes.next(); entry.isPresent(); entry = changes.next()) {
                    writer.add(entry.get(), changes);
                    if (++step % ENTRIES_PER_STEP == 0) {
                        progress.step("writing: %d files, %d MiB".formatted(step, writer.bytes() >> 20));
                    }
                }
                writer.finish();
                tree.syncFileSystem();
                return writer.bytes();
            }
        }
    }
}
