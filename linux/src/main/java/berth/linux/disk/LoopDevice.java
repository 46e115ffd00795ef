package berth.linux.disk;

import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A block device that is a file. The kernel frees it when nobody has it open or mounted any more. Source: loop(4),
 * linux/loop.h, LOOP_CONFIGURE since Linux 5.8.
 */
public final class LoopDevice implements AutoCloseable {
    private static final long CTL_GET_FREE = 0x4C82;
    private static final long CONFIGURE = 0x4C0A;
    private static final long SET_CAPACITY = 0x4C07;
    private static final long O_RDWR = 2;
    private static final long O_CLOEXEC = 02000000;
    private static final long SYS_OPENAT = 257;
    private static final long AT_FDCWD = -100;

    private static final int CONFIG_SIZE = 0x130;
    private static final int CONFIG_FLAGS = 8 + 0x34;
    private static final int CONFIG_FILE_NAME = 8 + 0x38;
    private static final int FILE_NAME_SIZE = 64;
    private static final int AUTOCLEAR = 4;
    private static final int MOST_ATTEMPTS = 20;

    private final Path path;
    private final Fd fd;

    private LoopDevice(Path path, Fd fd) {
        this.path = path;
        this.fd = fd;
    }

    /** Makes {@code file}, for reading and writing, a device. */
    public static LoopDevice of(Path file) {
        try (Fd backing = open(file)) {
            for (int attempt = 1; ; attempt++) {
                LoopDevice device = free();
                long result = device.configure(backing, file);
                if (result == 0) {
                    return device;
                }
                device.close();
                // Somebody else was faster.
                if (result != -Errno.EBUSY.number() || attempt == MOST_ATTEMPTS) {
                    Libc.check(result, "LOOP_CONFIGURE", file.toString());
                }
            }
        }
    }

    /** Makes the device {@code path} as large as its file is now. */
    public static void grow(Path path) {
        try (Fd device = open(path)) {
            Libc.check(
                    Libc.syscall(Libc.SYS_IOCTL, device.number(), SET_CAPACITY, 0),
                    "LOOP_SET_CAPACITY",
                    path.toString());
        }
    }

    /** For instance {@code /dev/loop0}. */
    public Path path() {
        return path;
    }

    @Override
    public void close() {
        fd.close();
    }

    private static LoopDevice free() {
        try (Fd control = open(Path.of("/dev/loop-control"))) {
            int number = Libc.check(
                    Libc.syscall(Libc.SYS_IOCTL, control.number(), CTL_GET_FREE, 0), "LOOP_CTL_GET_FREE", "");
            Path path = Path.of("/dev/loop" + number);
            return new LoopDevice(path, open(path));
        } catch (KernelException e) {
            throw new KernelException(e.call(), "loop device", e.errno(), "this machine gives no loop device");
        }
    }

    private long configure(Fd backing, Path file) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment config = arena.allocate(CONFIG_SIZE, Long.BYTES);
            config.set(ValueLayout.JAVA_INT, 0, backing.number());
            config.set(ValueLayout.JAVA_INT, CONFIG_FLAGS, AUTOCLEAR);
            // Only what people see of it; the end of a long path is cut.
            byte[] name = Arrays.copyOf(file.toString().getBytes(StandardCharsets.UTF_8), FILE_NAME_SIZE - 1);
            MemorySegment.copy(name, 0, config, ValueLayout.JAVA_BYTE, CONFIG_FILE_NAME, name.length);
            return Libc.syscall(Libc.SYS_IOCTL, fd.number(), CONFIGURE, config.address());
        }
    }

    private static Fd open(Path path) {
        try (Arena arena = Arena.ofConfined()) {
            long name = Libc.cString(arena, path.toString()).address();
            return Fd.own(Libc.check(
                    Libc.syscallRetried(SYS_OPENAT, AT_FDCWD, name, O_RDWR | O_CLOEXEC), "openat", path.toString()));
        }
    }
}
