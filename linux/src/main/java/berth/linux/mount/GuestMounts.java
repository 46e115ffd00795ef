package berth.linux.mount;

import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.file.Directory;
import berth.linux.file.FileStat;
import berth.linux.file.FileType;
import berth.linux.file.Resolution;
import berth.linux.process.FileIds;
import berth.linux.process.NamespaceKind;
import berth.linux.process.NamespaceThread;
import java.nio.file.Path;
import java.util.Map;

/**
 * Mounts in the mount namespaces of guests, which own theirs and may do anything in them. Every path is resolved by the kernel
 * beneath the guest's root, whatever links the guest puts there meanwhile.
 *
 * <p>What is attached directly in a namespace that a user namespace owns could be remounted by its root: a read-only mount made
 * writable. The kernel locks the attributes only of mounts that come in from outside, by propagation. So a mount arrives
 * in a directory of the host that is shared with the guest, the <em>door</em>, and a copy of it, locked likewise, is attached
 * where it belongs. Source: mount_namespaces(7), "Restrictions on mount namespaces".
 */
public final class GuestMounts {
    private static final int DIRECTORY_MODE = 0755;
    private static final int FILE_MODE = 0644;

    private GuestMounts() {}

    /**
     * A guest.
     *
     * @param pid a process in its mount namespace
     * @param uid its root, as the host numbers it
     * @param gid its root's group, likewise
     */
    public record Guest(int pid, int uid, int gid) {}

    /**
     * Attaches in {@code guest} what has arrived as {@code name} in its directory {@code door}. A mount point that does not
     * exist is made, with the directories above it, as the guest's root would make it.
     *
     * @param arriving what must have arrived there, a detached or attached mount
     * @param target where it goes, an absolute path inside; its last component may not be a link
     * @throws KernelException ENXIO if something else or nothing has arrived; ELOOP, ENOTDIR, EISDIR, EACCES and so on if
     *     the mount point cannot be used
     */
    public static void place(Guest guest, String door, String name, Fd arriving, String target) {
        FileStat expected = stat(arriving);
        inside(guest.pid(), root -> {
            try (Fd arrived = arrived(root, door + "/" + name, expected);
                    Fd copy = Mounts.openTree(arrived)) {
                FileIds.become(guest.uid(), guest.gid());
                try (Fd place = mountPoint(root, relative(target), expected.isDirectory())) {
                    Mounts.attach(copy, place);
                }
            }
        });
    }

    /**
     * Attaches detached mounts on files and directories that exist in the mount namespace of process {@code pid}; those that do not
     * are left out. Their attributes are the guest's to change.
     *
     * @param trees by their paths beneath the guest's root, relative ones
     */
    public static void attachAll(int pid, Map<String, Fd> trees) {
        if (trees.isEmpty()) {
            return;
        }
        inside(
                pid,
                root -> trees.forEach((path, tree) -> {
                    try (Fd place = root.openPlace(path)) {
                        Mounts.attach(tree, place);
                    } catch (KernelException e) {
                        if (!e.is(Errno.ENOENT)) {
                            throw e;
                        }
                    }
                }));
    }

    /**
     * Takes away the topmost mount at {@code target} inside, as {@link Mounts#unmount}.
     *
     * @throws KernelException EINVAL if nothing is mounted there or the kernel has locked it there, ENOENT if it does not exist
     */
    public static void remove(int pid, String target) {
        inside(pid, root -> {
            String path = relative(target);
            int slash = path.lastIndexOf('/');
            try (Directory parent =
                    slash < 0 ? root.openDirectory(".") : root.openDirectory(path.substring(0, slash))) {
                Mounts.unmount(parent.fd(), path.substring(slash + 1));
            }
        });
    }

    /** Whether something is mounted at {@code target}, as process {@code pid} sees it. */
    public static boolean isMounted(int pid, String target) {
        try (Directory root = Directory.open(Path.of("/proc", Integer.toString(pid), "root"), Resolution.IN_ROOT);
                Fd place = root.openPlace(relative(target))) {
            return Mounts.isRoot(place);
        } catch (KernelException e) {
            return false;
        }
    }

    private static FileStat stat(Fd place) {
        try (Directory door = Directory.of(place.dup(), Resolution.BENEATH)) {
            return door.stat();
        }
    }

    private static Fd arrived(Directory root, String path, FileStat expected) {
        Fd arrived = null;
        try {
            arrived = root.openPlace(path);
            FileStat stat = stat(arrived);
            if (stat.isSameFile(expected)) {
                return arrived;
            }
            arrived.close();
        } catch (KernelException e) {
            if (!e.is(Errno.ENOENT) && !e.is(Errno.ENOTDIR)) {
                throw e;
            }
        }
        throw new KernelException("openat2", path, Errno.ENXIO.number());
    }

    private static Fd mountPoint(Directory root, String path, boolean isDirectory) {
        for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
            makeDirectory(root, path.substring(0, slash));
        }
        if (isDirectory) {
            makeDirectory(root, path);
        } else if (root.stat(path).isEmpty()) {
            root.create(path, FILE_MODE).close();
        }
        Fd place = root.openPlace(path);
        FileStat found = stat(place);
        if (found.type() == FileType.SYMLINK || found.isDirectory() != isDirectory) {
            place.close();
            Errno why = found.type() == FileType.SYMLINK ? Errno.ELOOP : isDirectory ? Errno.ENOTDIR : Errno.EISDIR;
            throw new KernelException("mount", path, why.number());
        }
        return place;
    }

    private static void makeDirectory(Directory root, String path) {
        if (root.stat(path).isEmpty()) {
            root.createDirectory(path, DIRECTORY_MODE);
        }
    }

    private static String relative(String target) {
        return target.substring(1);
    }

    private interface Work {
        void on(Directory root);
    }

    private static void inside(int pid, Work work) {
        try (Fd namespace = NamespaceKind.MOUNT.of(pid)) {
            NamespaceThread.call(Map.of(NamespaceKind.MOUNT, namespace), () -> {
                try (Directory root = Directory.open(Path.of("/"), Resolution.IN_ROOT)) {
                    work.on(root);
                }
                return Boolean.TRUE;
            });
        }
    }
}
