package berth.engine.runtime;

import berth.engine.store.FileFailure;
import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.file.Directory;
import berth.linux.file.DirectoryEntry;
import berth.linux.file.FileStat;
import berth.linux.file.Resolution;
import berth.linux.mount.GuestMounts;
import berth.linux.mount.GuestMounts.Guest;
import berth.linux.mount.Mounts;
import berth.linux.mount.Propagation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

/**
 * By which way mounts come into containers: a file system of the instance with a directory for each running container, which
 * that container has as {@code /dev/.berth}. What is mounted there for a moment appears inside, with attributes that nobody
 * inside can change ({@link GuestMounts}). It exists as long as a container does. Safe for use by several threads.
 */
public final class MountStage {
    /** Where a container has it, beneath its root. It can be seen, but not entered, by all in it. */
    static final String DOOR = "dev/.berth";

    private static final String ARRIVAL = "arrival";

    private final Path root;
    private final ReentrantLock lock = new ReentrantLock();

    /** @param root where the file system is mounted */
    public MountStage(Path root) {
        this.root = root;
    }

    /** The directory of container {@code name} of {@code pool}. */
    public Path of(String pool, String name) {
        return root.resolve(pool).resolve(name);
    }

    /** Makes {@code stage} ready for a start. */
    void make(Path stage) throws IOException {
        lock.lock();
        try {
            if (!isMounted()) {
                Files.createDirectories(root);
                try (Fd made = Mounts.tmpfs(Map.of("mode", "0711", "size", "16m"))) {
                    Mounts.attach(made, root);
                }
            }
            Mounts.setPropagation(root, Propagation.SHARED);
            Files.createDirectories(stage);
            Files.setPosixFilePermissions(
                    Objects.requireNonNull(stage.getParent()), PosixFilePermissions.fromString("rwx--x--x"));
            Files.setPosixFilePermissions(stage, PosixFilePermissions.fromString("rwx------"));
        } finally {
            lock.unlock();
        }
    }

    /** Takes {@code stage} away, after the end of its container; the last one takes the file system along. */
    void remove(Path stage) {
        lock.lock();
        try {
            if (!isMounted()) {
                return;
            }
            clear(stage);
            Path pool = Objects.requireNonNull(stage.getParent());
            try (Directory all = Directory.open(root, Resolution.NO_LINKS)) {
                String name = String.valueOf(pool.getFileName());
                all.removeTree(name + "/" + stage.getFileName());
                if (isEmpty(all, name)) {
                    all.removeTree(name);
                }
                if (!all.list().isEmpty()) {
                    return;
                }
            }
            Mounts.unmount(root);
            Files.delete(root);
        } catch (IOException e) {
            throw FileFailure.of("remove", root, e);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Attaches {@code tree} in {@code guest}, whose stage is {@code stage}. Nobody else does so for that guest meanwhile.
     *
     * @param target where it goes, an absolute path inside
     * @throws KernelException as {@link GuestMounts#place}: ENXIO if the container has no stage, or has unmounted it
     */
    public void deliver(Path stage, Guest guest, Fd tree, String target) {
        clear(stage);
        try (Directory directory = Directory.open(stage, Resolution.BENEATH)) {
            FileStat what = stat(tree);
            if (what.isDirectory()) {
                directory.createDirectory(ARRIVAL, 0700);
            } else {
                directory.create(ARRIVAL, 0600).close();
            }
            Mounts.attach(tree, stage.resolve(ARRIVAL));
            GuestMounts.place(guest, DOOR, ARRIVAL, tree, target);
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT) && !Files.exists(stage)) {
                throw new KernelException("mount", target, Errno.ENXIO.number());
            }
            throw e;
        } finally {
            clear(stage);
        }
    }

    /** Takes away what a daemon that died has left in {@code stage}. */
    public void clear(Path stage) {
        Path arrival = stage.resolve(ARRIVAL);
        while (Files.exists(arrival, LinkOption.NOFOLLOW_LINKS) && unmount(arrival)) {}
        if (Files.exists(arrival, LinkOption.NOFOLLOW_LINKS)) {
            try (Directory directory = Directory.open(stage, Resolution.NO_LINKS)) {
                directory.removeTree(ARRIVAL);
            }
        }
    }

    private static boolean unmount(Path arrival) {
        try {
            Mounts.unmount(arrival);
            return true;
        } catch (KernelException e) {
            if (e.is(Errno.EINVAL) || e.is(Errno.ENOENT)) {
                return false;
            }
            throw e;
        }
    }

    private static FileStat stat(Fd tree) {
        try (Directory place = Directory.of(tree.dup(), Resolution.BENEATH)) {
            return place.stat();
        }
    }

    private static boolean isEmpty(Directory all, String name) {
        try (Directory pool = all.openDirectory(name)) {
            return pool.list().stream().map(DirectoryEntry::name).findAny().isEmpty();
        } catch (KernelException e) {
            return e.is(Errno.ENOENT);
        }
    }

    private boolean isMounted() {
        try (Fd place = Fd.openPlace(root)) {
            return Mounts.isRoot(place);
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT)) {
                return false;
            }
            throw e;
        }
    }
}
