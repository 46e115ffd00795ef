package berth.linux.disk;

import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * Quotas of subvolumes of btrfs: each has a group of its own, which counts the bytes that it shows, shared or not. A snapshot has the
 * bound of what it was made of. Source: linux/btrfs.h, linux/btrfs_tree.h, btrfs-quota(8).
 */
public final class BtrfsQuotas {
    private static final long IOC_TREE_SEARCH = 0xd0009411L;
    private static final long IOC_INO_LOOKUP = 0xd0009412L;
    private static final long IOC_QUOTA_CTL = 0xc0109428L;
    private static final long IOC_QGROUP_LIMIT = 0x8030942bL;
    private static final long IOC_QUOTA_RESCAN_WAIT = 0x942eL;

    private static final int ARGS_SIZE = 4096;
    private static final int CONTROL_SIZE = 16;
    private static final long ENABLE = 1;
    private static final int LIMIT_SIZE = 48;
    private static final int LIMIT_FLAGS = 8;
    private static final int LIMIT_SHOWN = 16;
    private static final long BOUND_SHOWN = 1;
    private static final long NONE = -1;
    private static final long ROOT_INODE = 256;
    private static final int LOOKUP_INODE = 8;
    private static final long QUOTA_TREE = 8;
    private static final int GROUP_INFO = 242;
    private static final int SEARCH_OFFSETS = 24;
    private static final int SEARCH_NEWEST = 48;
    private static final int SEARCH_TYPES = 56;
    private static final int SEARCH_ITEMS = 64;
    private static final int SEARCH_FOUND = 104;
    private static final int HEADER_SIZE = 32;
    private static final int INFO_SHOWN = 8;

    private BtrfsQuotas() {}

    /** Counts from now on what subvolumes of the file system of {@code path} take, and waits until all there is was counted. */
    public static void enable(Path path) {
        try (Arena arena = Arena.ofConfined();
                Fd fd = Fd.openForReading(path)) {
            MemorySegment control = arena.allocate(CONTROL_SIZE, Long.BYTES);
            control.set(ValueLayout.JAVA_LONG, 0, ENABLE);
            ioctl(fd, IOC_QUOTA_CTL, control, path);
            Libc.check(Libc.syscall(Libc.SYS_IOCTL, fd.number(), IOC_QUOTA_RESCAN_WAIT, 0), "ioctl", path.toString());
        }
    }

    /**
     * Lets {@code subvolume} show {@code bytes} at most; as much as there is if 0.
     *
     * @param other a directory of the same file system in a subvolume that is not full: nothing can be asked of one that is
     * @throws KernelException ENOTCONN if nothing is counted
     */
    public static void limit(Path subvolume, Path other, long bytes) {
        try (Arena arena = Arena.ofConfined();
                Fd fd = Fd.openForReading(other)) {
            MemorySegment limit = arena.allocate(LIMIT_SIZE, Long.BYTES);
            limit.set(ValueLayout.JAVA_LONG, 0, group(subvolume));
            limit.set(ValueLayout.JAVA_LONG, LIMIT_FLAGS, BOUND_SHOWN);
            limit.set(ValueLayout.JAVA_LONG, LIMIT_SHOWN, bytes == 0 ? NONE : bytes);
            ioctl(fd, IOC_QGROUP_LIMIT, limit, subvolume);
        }
    }

    /** How many bytes {@code subvolume} shows, shared or not; empty if nothing is counted. */
    public static OptionalLong shown(Path subvolume) {
        try (Arena arena = Arena.ofConfined();
                Fd fd = Fd.openForReading(subvolume)) {
            long group = group(subvolume);
            MemorySegment args = arena.allocate(ARGS_SIZE, Long.BYTES);
            args.set(ValueLayout.JAVA_LONG, 0, QUOTA_TREE);
            args.set(ValueLayout.JAVA_LONG, SEARCH_OFFSETS, group);
            args.set(ValueLayout.JAVA_LONG, SEARCH_OFFSETS + Long.BYTES, group);
            args.set(ValueLayout.JAVA_LONG, SEARCH_NEWEST, NONE);
            args.set(ValueLayout.JAVA_INT, SEARCH_TYPES, GROUP_INFO);
            args.set(ValueLayout.JAVA_INT, SEARCH_TYPES + Integer.BYTES, GROUP_INFO);
            args.set(ValueLayout.JAVA_INT, SEARCH_ITEMS, 1);
            ioctl(fd, IOC_TREE_SEARCH, args, subvolume);
            return args.get(ValueLayout.JAVA_INT, SEARCH_ITEMS) == 0
                    ? OptionalLong.empty()
                    : OptionalLong.of(
                            args.get(ValueLayout.JAVA_LONG_UNALIGNED, SEARCH_FOUND + HEADER_SIZE + INFO_SHOWN));
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT)) {
                return OptionalLong.empty();
            }
            throw e;
        }
    }

    /** The group of a subvolume has its number. */
    private static long group(Path subvolume) {
        try (Arena arena = Arena.ofConfined();
                Fd fd = Fd.openForReading(subvolume)) {
            MemorySegment args = arena.allocate(ARGS_SIZE, Long.BYTES);
            args.set(ValueLayout.JAVA_LONG, LOOKUP_INODE, ROOT_INODE);
            ioctl(fd, IOC_INO_LOOKUP, args, subvolume);
            return args.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    private static void ioctl(Fd fd, long request, MemorySegment args, Path about) {
        Libc.check(Libc.syscall(Libc.SYS_IOCTL, fd.number(), request, args.address()), "ioctl", about.toString());
    }
}
