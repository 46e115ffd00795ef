package berth.engine.storage.zfs;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.store.FileFailure;
import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.mount.MountPoint;
import berth.linux.mount.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * Datasets are mounted in the pool only for the moment in which a detached copy of the mount is made, which keeps them in use;
 * so a pool of a thousand stopped containers has no thousand mounts, and ZFS finds nothing to unmount where it would. Safe for
 * use by several threads.
 */
final class BriefMounts {
    private static final int LOCKS = 64;

    private final Zfs zfs;
    /** Two mounts of one dataset would meet at its mount point. */
    private final List<ReentrantLock> locks =
            Stream.generate(ReentrantLock::new).limit(LOCKS).toList();

    BriefMounts(Zfs zfs) {
        this.zfs = zfs;
    }

    /**
     * The tree that guests see of {@code dataset}, detached. zfs-fuse can mount each dataset once only, until the last copy of
     * the mount is gone.
     */
    Fd tree(ZfsPool pool, String dataset) {
        return at(pool, dataset, place -> Mounts.openTree(place.resolve(ZfsPool.TREE)));
    }

    /** The root of {@code dataset}, in which that tree is, detached. */
    Fd root(ZfsPool pool, String dataset) {
        return at(pool, dataset, Mounts::openTree);
    }

    /** Something that is made of what is mounted at a place. */
    private interface Opening {
        Fd of(Path place);
    }

    private Fd at(ZfsPool pool, String dataset, Opening opening) {
        ReentrantLock lock = locks.get(Math.floorMod(dataset.hashCode(), LOCKS));
        lock.lock();
        try {
            Path place = pool.mountPoint(dataset);
            boolean made = makeDirectory(place);
            try {
                if (mounted(place).isEmpty()) {
                    mount(dataset, place);
                }
                return opening.of(place);
            } finally {
                unmount(place);
                if (made) {
                    removeDirectory(place);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** zfs(8) mounts nothing a second time, as it may be for somebody else; the kernel does. zfs-fuse is not in the kernel. */
    private void mount(String dataset, Path place) {
        try (Fd mount = Mounts.fileSystem("zfs", dataset)) {
            Mounts.attach(mount, place);
        } catch (KernelException e) {
            if (!e.is(Errno.ENODEV)) {
                throw new BerthException(
                        ErrorCode.FAILED, "%s cannot be mounted: %s".formatted(dataset, e.getMessage()), null, e);
            }
            zfs.run("%s cannot be mounted".formatted(dataset), List.of("mount", dataset));
        }
    }

    /** Takes away what is mounted at {@code place}, if anything is. */
    static void unmount(Path place) {
        if (mounted(place).isPresent()) {
            Mounts.unmount(place);
        }
    }

    private static Optional<MountPoint> mounted(Path place) {
        return Mounts.table().stream().filter(m -> m.target().equals(place)).findFirst();
    }

    private static boolean makeDirectory(Path place) {
        try {
            if (Files.isDirectory(place)) {
                return false;
            }
            // Bases have other people's setuid programs.
            Files.createDirectories(
                    place, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            return true;
        } catch (IOException e) {
            throw FileFailure.of("make", place, e);
        }
    }

    private static void removeDirectory(Path place) {
        try {
            Files.deleteIfExists(place);
        } catch (IOException e) {
            throw FileFailure.of("remove", place, e);
        }
    }
}
