package berth.linux.disk;

import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.Libc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;

/**
 * Subvolumes of btrfs: trees that are copied whole in no time. All paths are the host's and trusted. Needs root. Errors are
 * {@link KernelException}s. Source: linux/btrfs.h, ioctl(2).
 */
public final class Btrfs {
    private static final long IOC_RESIZE = 0x50009403L;
    private static final long IOC_SNAP_DESTROY = 0x5000940fL;
    private static final long IOC_SNAP_CREATE_V2 = 0x50009417L;
    private static final long IOC_SUBVOL_CREATE_V2 = 0x50009418L;
    private static final long IOC_SUBVOL_SETFLAGS = 0x4008941aL;
    private static final long IOC_FS_INFO = 0x8400941fL;
    private static final int FS_INFO_SIZE = 1024;
    private static final int FS_INFO_UUID = 16;
    private static final int UUID_SIZE = 16;

    private static final int ARGS_SIZE = 4096;
    private static final int ARGS_NAME = 8;
    private static final int ARGS_V2_FD = 0;
    private static final int ARGS_V2_FLAGS = 16;
    private static final int ARGS_V2_NAME = 56;
    private static final long READ_ONLY = 2;
    /** The inode of a subvolume's root. Source: btrfs_tree.h, BTRFS_FIRST_FREE_OBJECTID. */
    private static final long ROOT_INODE = 256;

    private Btrfs() {}

    /** Whether {@code directory} is the root of a subvolume on btrfs. */
    public static boolean isSubvolume(Path directory) {
        try {
            return Files.isDirectory(directory)
                    && isBtrfs(directory)
                    && Files.getAttribute(directory, "unix:ino") instanceof Long inode
                    && inode == ROOT_INODE;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether {@code directory} is on a btrfs. */
    public static boolean isBtrfs(Path directory) throws IOException {
        return Files.getFileStore(directory).type().equals("btrfs");
    }

    /** Makes the empty subvolume {@code path}. @throws KernelException EEXIST; ENOTTY if its parent is not on btrfs */
    public static void create(Path path) {
        version2(IOC_SUBVOL_CREATE_V2, path, 0, 0);
    }

    /** Makes the subvolume {@code path} with all that {@code source} holds now. @throws KernelException EEXIST */
    public static void snapshot(Path source, Path path) {
        try (Fd from = Fd.openForReading(source)) {
            version2(IOC_SNAP_CREATE_V2, path, from.number(), 0);
        }
    }

    /** As {@link #snapshot}, but nothing can be changed in it. */
    public static void frozenSnapshot(Path source, Path path) {
        try (Fd from = Fd.openForReading(source)) {
            version2(IOC_SNAP_CREATE_V2, path, from.number(), READ_ONLY);
        }
    }

    /** Lets nothing be changed in the subvolume {@code path} any more. */
    public static void freeze(Path path) {
        try (Arena arena = Arena.ofConfined();
                Fd fd = Fd.openForReading(path)) {
            ioctl(fd, IOC_SUBVOL_SETFLAGS, arena.allocateFrom(ValueLayout.JAVA_LONG, READ_ONLY), path);
        }
    }

    /** Whether {@code one} and {@code other} are on the same file system, so that a snapshot of the one can be made beside the other. */
    public static boolean areOnOne(Path one, Path other) {
        return Arrays.equals(fileSystem(one), fileSystem(other));
    }

    private static byte[] fileSystem(Path path) {
        try (Arena arena = Arena.ofConfined();
                Fd fd = Fd.openForReading(path)) {
            MemorySegment info = arena.allocate(FS_INFO_SIZE, Long.BYTES);
            ioctl(fd, IOC_FS_INFO, info, path);
            return info.asSlice(FS_INFO_UUID, UUID_SIZE).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /**
     * Removes the subvolume {@code path} at once; its space is free some time later.
     *
     * @throws KernelException ENOENT; ENOTDIR or EINVAL if it is not a subvolume; ENOTEMPTY if it holds other ones
     */
    public static void destroy(Path path) {
        Path name = Objects.requireNonNull(path.getFileName());
        try (Arena arena = Arena.ofConfined();
                Fd parent = Fd.openForReading(Objects.requireNonNull(path.getParent()))) {
            MemorySegment args = arena.allocate(ARGS_SIZE, Long.BYTES);
            args.asSlice(ARGS_NAME).setString(0, name.toString());
            ioctl(parent, IOC_SNAP_DESTROY, args, path);
        }
    }

    /** Makes the mounted file system use all of its device, which has grown. */
    public static void growToDevice(Path mountPoint) {
        try (Arena arena = Arena.ofConfined();
                Fd root = Fd.openForReading(mountPoint)) {
            MemorySegment args = arena.allocate(ARGS_SIZE, Long.BYTES);
            args.asSlice(ARGS_NAME).setString(0, "max");
            ioctl(root, IOC_RESIZE, args, mountPoint);
        }
    }

    private static void version2(long request, Path path, long source, long flags) {
        Path name = Objects.requireNonNull(path.getFileName());
        try (Arena arena = Arena.ofConfined();
                Fd parent = Fd.openForReading(Objects.requireNonNull(path.getParent()))) {
            MemorySegment args = arena.allocate(ARGS_SIZE, Long.BYTES);
            args.set(ValueLayout.JAVA_LONG, ARGS_V2_FD, source);
            args.set(ValueLayout.JAVA_LONG, ARGS_V2_FLAGS, flags);
            args.asSlice(ARGS_V2_NAME).setString(0, name.toString());
            ioctl(parent, request, args, path);
        }
    }

    static void ioctl(Fd fd, long request, MemorySegment args, Path about) {
        long result = Libc.syscall(Libc.SYS_IOCTL, fd.number(), request, args.address());
        if (result == -Errno.ENOTTY.number()) {
            throw new KernelException("ioctl", about.toString(), Errno.ENOTTY.number(), "it is not on btrfs");
        }
        Libc.check(result, "ioctl", about.toString());
    }
}
