package berth.linux.file;

import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Instant;

/** The system calls on files, one method each, with names as in the kernel; a name never follows its last link. */
final class FileCalls {
    static final long RESOLVE_NO_XDEV = 0x01;
    static final long RESOLVE_NO_MAGICLINKS = 0x02;
    static final long RESOLVE_NO_SYMLINKS = 0x04;
    static final long RESOLVE_BENEATH = 0x08;
    static final long RESOLVE_IN_ROOT = 0x10;

    static final long O_RDONLY = 0;
    static final long O_WRONLY = 1;
    static final long O_RDWR = 2;
    static final long O_CREAT = 0100;
    static final long O_EXCL = 0200;
    static final long O_NOCTTY = 0400;
    static final long O_NONBLOCK = 04000;
    static final long O_DIRECTORY = 0200000;
    static final long O_NOFOLLOW = 0400000;
    static final long O_CLOEXEC = 02000000;
    static final long O_PATH = 010000000;

    static final int AT_FDCWD = -100;
    static final int AT_SYMLINK_NOFOLLOW = 0x100;
    static final int AT_REMOVEDIR = 0x200;
    static final int AT_EMPTY_PATH = 0x1000;

    static final int RENAME_NOREPLACE = 1;

    private static final long SYS_SYNCFS = 306;
    private static final long SYS_FSYNC = 74;
    private static final long SYS_CHMOD = 90;
    private static final long SYS_GETDENTS64 = 217;
    private static final long SYS_MKDIRAT = 258;
    private static final long SYS_MKNODAT = 259;
    private static final long SYS_FCHOWNAT = 260;
    private static final long SYS_UNLINKAT = 263;
    private static final long SYS_LINKAT = 265;
    private static final long SYS_SYMLINKAT = 266;
    private static final long SYS_READLINKAT = 267;
    private static final long SYS_UTIMENSAT = 280;
    private static final long SYS_RENAMEAT2 = 316;
    private static final long SYS_STATX = 332;
    private static final long SYS_OPENAT2 = 437;

    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final long UTIME_OMIT = (1L << 30) - 2;
    private static final int PATH_MAX = 4096;
    /** A path through {@code ..} that raced with a rename is told to try again; a guest could keep that up for ever. */
    private static final int RACES = 1000;

    private FileCalls() {}

    static Fd openat2(int directory, String path, long flags, int mode, long resolve) {
        long result = tryOpenat2(directory, path, flags, mode, resolve);
        return Fd.own(Libc.check(result, "openat2", FileName.printable(path)));
    }

    /** The descriptor's number, which the caller must own, or {@code -errno}. */
    static long tryOpenat2(int directory, String path, long flags, int mode, long resolve) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment how = arena.allocate(24, 8);
            how.set(ValueLayout.JAVA_LONG, 0, flags | O_CLOEXEC);
            how.set(ValueLayout.JAVA_LONG, 8, mode);
            how.set(ValueLayout.JAVA_LONG, 16, resolve);
            long name = cString(arena, path);
            long result = -Errno.EAGAIN.number();
            for (int i = 0; i < RACES && result == -Errno.EAGAIN.number(); i++) {
                result = Libc.syscall(SYS_OPENAT2, directory, name, how.address(), how.byteSize());
            }
            return result;
        }
    }

    static FileStat statx(int directory, String name) {
        return statx(directory, name, AT_SYMLINK_NOFOLLOW);
    }

    static FileStat fstat(int fd) {
        return statx(fd, "", AT_EMPTY_PATH);
    }

    private static FileStat statx(int directory, String name, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stat = arena.allocate(256, 8);
            long path = cString(arena, name);
            long result = Libc.syscall(SYS_STATX, directory, path, flags, STATX_BASIC_STATS, stat.address());
            Libc.check(result, "statx", FileName.printable(name));
            int mode = Short.toUnsignedInt(stat.get(ValueLayout.JAVA_SHORT, 28));
            return new FileStat(
                    FileType.ofMode(mode),
                    mode & 07777,
                    stat.get(ValueLayout.JAVA_INT, 20),
                    stat.get(ValueLayout.JAVA_INT, 24),
                    stat.get(ValueLayout.JAVA_LONG, 40),
                    stat.get(ValueLayout.JAVA_LONG, 48) * 512,
                    stat.get(ValueLayout.JAVA_INT, 16),
                    device(stat, 136),
                    stat.get(ValueLayout.JAVA_LONG, 32),
                    device(stat, 128),
                    time(stat, 112),
                    time(stat, 96));
        }
    }

    private static Instant time(MemorySegment stat, long offset) {
        return Instant.ofEpochSecond(
                stat.get(ValueLayout.JAVA_LONG, offset), stat.get(ValueLayout.JAVA_INT, offset + Long.BYTES));
    }

    static void mkdirat(int directory, String name, int mode) {
        named("mkdirat", name, SYS_MKDIRAT, directory, mode);
    }

    /** Makes a file of {@code type}; {@code rdev} as in {@link FileStat}. */
    static void mknodat(int directory, String name, FileType type, int mode, long rdev) {
        long major = rdev >>> 32;
        long minor = rdev & 0xffffffffL;
        long device = (minor & 0xff) | (major & 0xfff) << 8 | (minor & ~0xffL) << 12;
        try (Arena arena = Arena.ofConfined()) {
            long result = Libc.syscall(SYS_MKNODAT, directory, cString(arena, name), type.bits() | mode, device);
            Libc.check(result, "mknodat", FileName.printable(name));
        }
    }

    static void symlinkat(String target, int directory, String name) {
        try (Arena arena = Arena.ofConfined()) {
            long result = Libc.syscall(SYS_SYMLINKAT, cString(arena, target), directory, cString(arena, name));
            Libc.check(result, "symlinkat", FileName.printable(name));
        }
    }

    static void linkat(int fromDirectory, String from, int toDirectory, String to) {
        try (Arena arena = Arena.ofConfined()) {
            long result =
                    Libc.syscall(SYS_LINKAT, fromDirectory, cString(arena, from), toDirectory, cString(arena, to), 0);
            Libc.check(result, "linkat", FileName.printable(to));
        }
    }

    static void renameat2(int fromDirectory, String from, int toDirectory, String to, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            long result = Libc.syscall(
                    SYS_RENAMEAT2, fromDirectory, cString(arena, from), toDirectory, cString(arena, to), flags);
            Libc.check(result, "renameat2", FileName.printable(to));
        }
    }

    static void unlinkat(int directory, String name, int flags) {
        Libc.check(tryUnlinkat(directory, name, flags), "unlinkat", FileName.printable(name));
    }

    /** 0, or {@code -errno}. */
    static long tryUnlinkat(int directory, String name, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            return Libc.syscall(SYS_UNLINKAT, directory, cString(arena, name), flags);
        }
    }

    static void fchownat(int directory, String name, int uid, int gid, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            long path = cString(arena, name);
            long result = Libc.syscall(SYS_FCHOWNAT, directory, path, uid, gid, flags);
            Libc.check(result, "fchownat", FileName.printable(name));
        }
    }

    /** Follows the last link of {@code path}, which only {@code /proc/self/fd/N} may be. */
    static void chmod(String path, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            Libc.check(Libc.syscall(SYS_CHMOD, cString(arena, path), mode), "chmod", FileName.printable(path));
        }
    }

    static void utimensat(int directory, String name, Instant mtime, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment times = arena.allocate(32, 8);
            times.set(ValueLayout.JAVA_LONG, 8, UTIME_OMIT);
            times.set(ValueLayout.JAVA_LONG, 16, mtime.getEpochSecond());
            times.set(ValueLayout.JAVA_LONG, 24, mtime.getNano());
            long result = Libc.syscall(SYS_UTIMENSAT, directory, cString(arena, name), times.address(), flags);
            Libc.check(result, "utimensat", FileName.printable(name));
        }
    }

    static String readlinkat(int directory, String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment target = arena.allocate(PATH_MAX);
            long length =
                    Libc.syscall(SYS_READLINKAT, directory, cString(arena, name), target.address(), target.byteSize());
            Libc.check(length, "readlinkat", FileName.printable(name));
            return FileName.decode(target.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
        }
    }

    /** Reads directory entries into {@code buffer}: the bytes filled, 0 at the end. */
    static int getdents64(int directory, MemorySegment buffer) {
        return Libc.check(
                Libc.syscall(SYS_GETDENTS64, directory, buffer.address(), buffer.byteSize()), "getdents64", "");
    }

    /** The address of {@code name} as a C string. @throws KernelException EINVAL if it holds a NUL */
    static long cString(Arena arena, String name) {
        if (name.indexOf('\0') >= 0) {
            throw new KernelException("path", FileName.printable(name), Errno.EINVAL.number());
        }
        byte[] bytes = FileName.encode(name);
        MemorySegment copy = arena.allocate(bytes.length + 1L);
        MemorySegment.copy(bytes, 0, copy, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return copy.address();
    }

    private static void named(String call, String name, long number, int directory, int argument) {
        try (Arena arena = Arena.ofConfined()) {
            long result = Libc.syscall(number, directory, cString(arena, name), argument);
            Libc.check(result, call, FileName.printable(name));
        }
    }

    private static long device(MemorySegment stat, long offset) {
        return (long) stat.get(ValueLayout.JAVA_INT, offset) << 32
                | Integer.toUnsignedLong(stat.get(ValueLayout.JAVA_INT, offset + 4));
    }

    /** Returns when the names in {@code directory} are on disk. Source: fsync(2). */
    static void fsync(int directory) {
        sync(SYS_FSYNC, directory, "fsync");
    }

    /** Returns when everything written to the file system of {@code directory} is on disk. Source: syncfs(2). */
    static void syncfs(int directory) {
        sync(SYS_SYNCFS, directory, "syncfs");
    }

    /** Neither takes a descriptor that was opened as a path alone. */
    private static void sync(long call, int directory, String name) {
        try (Fd readable = openat2(directory, ".", O_RDONLY | O_DIRECTORY, 0, Resolution.BENEATH.flags())) {
            Libc.check(Libc.syscall(call, readable.number()), name, "");
        }
    }
}
