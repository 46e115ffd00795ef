package berth.linux.disk;

import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Quotas of directory trees on ext4 and xfs: each file belongs to a project, a number that it gets from the directory that it is
 * made in, and what files of a project take is counted and bounded. Project 0 is everybody's. Nobody in a user namespace can
 * change the project of a file. Every {@code place} only says which file system is meant. Source: quotactl(2), quotactl_fd(2)
 * (Linux 5.14), linux/quota.h, linux/dqblk_xfs.h, FS_IOC_FSSETXATTR in linux/fs.h.
 */
public final class ProjectQuotas {
    private static final long FS_IOC_FSGETXATTR = 0x801c581fL;
    private static final long FS_IOC_FSSETXATTR = 0x401c5820L;
    private static final int ATTRIBUTES_SIZE = 28;
    private static final int FLAGS = 0;
    private static final int PROJECT = 12;
    private static final int INHERIT = 0x200;

    private static final long SYS_QUOTACTL_FD = 443;
    private static final int PROJECTS = 2;
    private static final int TYPE_BITS = 8;
    private static final long GET_QUOTA = 0x800007;
    private static final long SET_QUOTA = 0x800008;
    private static final long GET_STATE = 0x5805;
    private static final int STATE_SIZE = 256;
    private static final int STATE_FLAGS = 2;
    private static final int ENFORCED = 1 << 5;
    private static final int QUOTA_SIZE = 72;
    private static final int HARD_LIMIT = 0;
    private static final int SOFT_LIMIT = 8;
    private static final int SPACE = 16;
    private static final int INODES = 40;
    private static final int VALID = 64;
    private static final int LIMITS_ARE_VALID = 1;
    private static final long BLOCK = 1024;

    private ProjectQuotas() {}

    /**
     * What the files of a project take.
     *
     * @param bytes on the disk
     * @param files how many there are
     */
    public record Usage(long bytes, long files) {}

    /** Whether the file system of {@code place} keeps projects to their bounds. */
    public static boolean areKept(Fd place) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE_SIZE, Long.BYTES);
            long result = Libc.syscall(SYS_QUOTACTL_FD, place.number(), command(GET_STATE), 0, state.address());
            return result >= 0 && (state.get(ValueLayout.JAVA_SHORT, STATE_FLAGS) & ENFORCED) != 0;
        }
    }

    /** The project of {@code file}; 0 if its file system knows none. */
    public static int project(Fd file) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(ATTRIBUTES_SIZE, Integer.BYTES);
            long result = Libc.syscall(Libc.SYS_IOCTL, file.number(), FS_IOC_FSGETXATTR, attributes.address());
            return result < 0 ? 0 : attributes.get(ValueLayout.JAVA_INT, PROJECT);
        }
    }

    /** Gives {@code directory} to {@code project}, and whatever is made in it from now on. */
    public static void assign(Fd directory, int project) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(ATTRIBUTES_SIZE, Integer.BYTES);
            Libc.check(
                    Libc.syscall(Libc.SYS_IOCTL, directory.number(), FS_IOC_FSGETXATTR, attributes.address()),
                    "FS_IOC_FSGETXATTR",
                    directory.toString());
            attributes.set(ValueLayout.JAVA_INT, PROJECT, project);
            attributes.set(ValueLayout.JAVA_INT, FLAGS, attributes.get(ValueLayout.JAVA_INT, FLAGS) | INHERIT);
            Libc.check(
                    Libc.syscall(Libc.SYS_IOCTL, directory.number(), FS_IOC_FSSETXATTR, attributes.address()),
                    "FS_IOC_FSSETXATTR",
                    directory.toString());
        }
    }

    /** What the files of {@code project} take. @throws KernelException ESRCH, ENOTSUP or ENOSYS if nobody counts */
    public static Usage usage(Fd place, int project) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment quota = arena.allocate(QUOTA_SIZE, Long.BYTES);
            long result = Libc.syscall(
                    SYS_QUOTACTL_FD,
                    place.number(),
                    command(GET_QUOTA),
                    Integer.toUnsignedLong(project),
                    quota.address());
            if (result == -Errno.ENOENT.number()) {
                return new Usage(0, 0);
            }
            Libc.check(result, "quotactl_fd", "project " + Integer.toUnsignedString(project));
            return new Usage(quota.get(ValueLayout.JAVA_LONG, SPACE), quota.get(ValueLayout.JAVA_LONG, INODES));
        }
    }

    /** Lets the files of {@code project} take {@code bytes} at most, rounded up to 1024; as much as there is if 0. */
    public static void limit(Fd place, int project, long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment quota = arena.allocate(QUOTA_SIZE, Long.BYTES);
            long blocks = Math.ceilDiv(bytes, BLOCK);
            quota.set(ValueLayout.JAVA_LONG, HARD_LIMIT, blocks);
            quota.set(ValueLayout.JAVA_LONG, SOFT_LIMIT, blocks);
            quota.set(ValueLayout.JAVA_INT, VALID, LIMITS_ARE_VALID);
            Libc.check(
                    Libc.syscall(
                            SYS_QUOTACTL_FD,
                            place.number(),
                            command(SET_QUOTA),
                            Integer.toUnsignedLong(project),
                            quota.address()),
                    "quotactl_fd",
                    "project " + Integer.toUnsignedString(project));
        }
    }

    private static long command(long command) {
        return command << TYPE_BITS | PROJECTS;
    }
}
