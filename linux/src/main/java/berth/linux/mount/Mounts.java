package berth.linux.mount;

import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.Libc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The kernel's mount API. A mount is made detached, an {@link Fd} that is seen nowhere, shaped, and only then attached;
 * closing the descriptor of a mount that was never attached unmounts it. All paths are the host's.
 *
 * <p>Everything acts in the mount namespace of the calling thread and needs CAP_SYS_ADMIN. Errors are
 * {@link KernelException}s. Source: open_tree(2), mount_setattr(2), move_mount(2), umount2(2).
 */
public final class Mounts {
    private static final long SYS_FCHDIR = 81;
    private static final long SYS_UMOUNT2 = 166;
    private static final long SYS_STATX = 332;
    private static final long SYS_OPEN_TREE = 428;
    private static final long SYS_MOVE_MOUNT = 429;
    private static final long SYS_MOUNT_SETATTR = 442;

    private static final long AT_FDCWD = -100;
    private static final long AT_SYMLINK_NOFOLLOW = 0x100;
    private static final long AT_EMPTY_PATH = 0x1000;
    private static final long OPEN_TREE_CLONE = 1;
    private static final long OPEN_TREE_CLOEXEC = 02000000;
    private static final long MOVE_MOUNT_F_EMPTY_PATH = 4;
    private static final long MOVE_MOUNT_T_EMPTY_PATH = 0x40;
    private static final long MNT_DETACH = 2;
    private static final long UMOUNT_NOFOLLOW = 8;
    private static final int STATX_SIZE = 256;
    private static final int STATX_ATTRIBUTES = 8;
    private static final long STATX_ATTR_MOUNT_ROOT = 0x2000;

    private static final long MOUNT_ATTR_IDMAP = 0x100000;
    private static final int MOUNT_ATTR_SIZE = 32;
    private static final int ATTR_SET = 0;
    private static final int ATTR_CLR = 8;
    private static final int ATTR_PROPAGATION = 16;
    private static final int ATTR_USERNS = 24;

    private Mounts() {}

    /**
     * A detached copy of the mount that holds {@code path}, rooted there; mounts beneath it are left out. It is private, as those of
     * the other calls are: one of a shared mount would be its peer, and what a guest mounts on it would appear on the host. Source:
     * mount_namespaces(7), "Shared subtrees".
     */
    public static Fd openTree(Path path) {
        return openTree(AT_FDCWD, path.toString(), 0, path.toString());
    }

    /** A detached, private copy of what {@code name} shows in {@code directory}, alone. */
    public static Fd openTree(Fd directory, String name) {
        return openTree(directory.number(), name, AT_SYMLINK_NOFOLLOW, name);
    }

    /** A detached, private copy of the mount that {@code place} is in, rooted there; mounts beneath it are left out. */
    public static Fd openTree(Fd place) {
        return openTree(place.number(), "", AT_EMPTY_PATH, place.toString());
    }

    private static Fd openTree(long directory, String name, long flags, String about) {
        try (Arena arena = Arena.ofConfined()) {
            long address = Libc.cString(arena, name).address();
            long all = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | flags;
            Fd tree = Fd.own(Libc.check(Libc.syscall(SYS_OPEN_TREE, directory, address, all), "open_tree", about));
            try {
                setPropagation(tree, Propagation.PRIVATE);
                return tree;
            } catch (KernelException e) {
                tree.close();
                throw e;
            }
        }
    }

    /**
     * Shows the files of {@code tree} through the id map of {@code userns}. The tree must be detached
     * ({@link #openTree}) and without a map. Source: mount_setattr(2), Linux 5.12.
     *
     * @throws KernelException EINVAL if the file system knows no idmapped mounts, EPERM if the map is the initial one
     */
    public static void idmap(Fd tree, Fd userns) {
        change(tree, MOUNT_ATTR_IDMAP, 0, 0, userns.number(), "idmap");
    }

    /** Adds {@code attributes} to those of {@code mount}, detached or attached. */
    public static void setAttributes(Fd mount, Set<MountAttribute> attributes) {
        change(mount, bits(attributes), 0, 0, 0, attributes.toString());
    }

    /** Takes {@code attributes} from those of {@code mount}, detached or attached. */
    public static void clearAttributes(Fd mount, Set<MountAttribute> attributes) {
        change(mount, 0, bits(attributes), 0, 0, attributes.toString());
    }

    /** Sets how mounts beneath {@code mount} propagate. */
    public static void setPropagation(Fd mount, Propagation propagation) {
        change(mount, 0, 0, propagation.flag(), 0, propagation.name());
    }

    /** Sets how mounts beneath the mount at {@code target} propagate. @throws KernelException EINVAL if none is there */
    public static void setPropagation(Path target, Propagation propagation) {
        try (Fd mount = Fd.openDirectory(target)) {
            setPropagation(mount, propagation);
        }
    }

    /** Attaches the detached mount {@code tree} at {@code target}, whose last component is not followed if it is a link. */
    public static void attach(Fd tree, Path target) {
        move(tree, AT_FDCWD, target.toString(), MOVE_MOUNT_F_EMPTY_PATH, target.toString());
    }

    /** Attaches the detached mount {@code tree} on the directory or file that {@code target} is. */
    public static void attach(Fd tree, Fd target) {
        move(tree, target.number(), "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH, target.toString());
    }

    /** Makes {@code source} visible at {@code target} too, with the same attributes; mounts beneath it are left out. */
    public static void bind(Path source, Path target) {
        try (Fd tree = openTree(source)) {
            attach(tree, target);
        }
    }

    /**
     * A new, detached tmpfs. Source: tmpfs(5).
     *
     * @param options for instance {@code size=1m}, {@code mode=0755}
     */
    public static Fd tmpfs(Map<String, String> options) {
        try (FsContext context = new FsContext("tmpfs", "tmpfs")) {
            context.set("source", "tmpfs");
            options.forEach(context::set);
            return context.mount();
        }
    }

    /**
     * A file system of {@code type}, detached.
     *
     * @param source the device that holds it, or what else {@code type} calls it by, for instance a dataset of ZFS
     * @throws KernelException EINVAL if what is there is of another type, ENODEV if the kernel has none of this type
     */
    public static Fd fileSystem(String type, String source) {
        try (FsContext context = new FsContext(type, type + " on " + source)) {
            return context.set("source", source).mount();
        }
    }

    /**
     * Takes away the topmost mount at {@code target} at once, and with it those beneath; files still open in it live on
     * until closed. The last component is not followed if it is a link. Source: umount2(2), MNT_DETACH, UMOUNT_NOFOLLOW.
     *
     * @throws KernelException EINVAL if nothing is mounted there, ENOENT if it does not exist
     */
    public static void unmount(Path target) {
        try (Arena arena = Arena.ofConfined()) {
            long name = Libc.cString(arena, target.toString()).address();
            Libc.check(Libc.syscall(SYS_UMOUNT2, name, MNT_DETACH | UMOUNT_NOFOLLOW), "umount2", target.toString());
        }
    }

    /**
     * As {@link #unmount(Path)} for the mount on {@code name} in {@code directory}. Makes that the calling thread's working
     * directory, which only a thread may do that shares it with no other ({@link berth.linux.process.NamespaceThread}).
     */
    static void unmount(Fd directory, String name) {
        try (Arena arena = Arena.ofConfined()) {
            Libc.check(Libc.syscall(SYS_FCHDIR, directory.number()), "fchdir", name);
            long address = Libc.cString(arena, name).address();
            Libc.check(Libc.syscall(SYS_UMOUNT2, address, MNT_DETACH | UMOUNT_NOFOLLOW), "umount2", name);
        }
    }

    /** Whether {@code place} is where something is mounted. Source: statx(2), STATX_ATTR_MOUNT_ROOT, Linux 5.8. */
    public static boolean isRoot(Fd place) {
        try (Arena arena = Arena.ofConfined()) {
            long empty = Libc.cString(arena, "").address();
            MemorySegment stat = arena.allocate(STATX_SIZE, Long.BYTES);
            Libc.check(
                    Libc.syscall(SYS_STATX, place.number(), empty, AT_EMPTY_PATH, 0, stat.address()),
                    "statx",
                    place.toString());
            return (stat.get(ValueLayout.JAVA_LONG, STATX_ATTRIBUTES) & STATX_ATTR_MOUNT_ROOT) != 0;
        }
    }

    /** Every mount that the calling thread sees, in the kernel's order: a mount comes after the one it lies on. */
    public static List<MountPoint> table() {
        // Not /proc/self: that is the main thread, which may be in another mount namespace.
        try {
            return read(Path.of("/proc/thread-self/mountinfo"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every mount that process {@code pid} sees, by paths beneath its root; none if it has ended. */
    public static List<MountPoint> table(int pid) {
        try {
            return read(Path.of("/proc", Integer.toString(pid), "mountinfo"));
        } catch (IOException e) {
            return List.of();
        }
    }

    private static List<MountPoint> read(Path mountinfo) throws IOException {
        // Names inside are whatever a guest makes of them; only a line feed ends a line.
        String text = new String(Files.readAllBytes(mountinfo), StandardCharsets.UTF_8);
        return Arrays.stream(text.split("\n"))
                .map(MountPoint::parse)
                .flatMap(Optional::stream)
                .toList();
    }

    private static void move(Fd tree, long directory, String target, long flags, String about) {
        try (Arena arena = Arena.ofConfined()) {
            long empty = Libc.cString(arena, "").address();
            long name = Libc.cString(arena, target).address();
            Libc.check(Libc.syscall(SYS_MOVE_MOUNT, tree.number(), empty, directory, name, flags), "move_mount", about);
        }
    }

    private static long bits(Set<MountAttribute> attributes) {
        return attributes.stream().mapToLong(MountAttribute::bit).reduce(0, (a, b) -> a | b);
    }

    private static void change(Fd mount, long set, long clear, long propagation, long userns, String about) {
        try (Arena arena = Arena.ofConfined()) {
            long empty = Libc.cString(arena, "").address();
            MemorySegment attr = arena.allocate(MOUNT_ATTR_SIZE, Long.BYTES);
            attr.set(ValueLayout.JAVA_LONG, ATTR_SET, set);
            attr.set(ValueLayout.JAVA_LONG, ATTR_CLR, clear);
            attr.set(ValueLayout.JAVA_LONG, ATTR_PROPAGATION, propagation);
            attr.set(ValueLayout.JAVA_LONG, ATTR_USERNS, userns);
            long result = Libc.syscall(
                    SYS_MOUNT_SETATTR, mount.number(), empty, AT_EMPTY_PATH, attr.address(), MOUNT_ATTR_SIZE);
            Libc.check(result, "mount_setattr", about);
        }
    }
}
