package berth.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An open file descriptor that its holder must close. Closing twice does nothing; using it closed throws.
 *
 * <p>Safe for use by several threads, as far as the kernel object is.
 */
public final class Fd implements AutoCloseable {
    /** The most that one {@link #read} or one step of {@link #writeFully} moves, in bytes. */
    public static final int CHUNK = 64 * 1024;

    private static final long SYS_PREAD64 = 17;
    private static final long SYS_OPENAT = 257;
    private static final long AT_FDCWD = -100;
    private static final long O_WRONLY = 1;
    private static final long O_DIRECTORY = 0200000;
    private static final long O_CLOEXEC = 02000000;
    private static final long O_PATH = 010000000;

    private final AtomicInteger number;

    private Fd(int number) {
        this.number = new AtomicInteger(number);
    }

    /** Takes ownership of the open descriptor {@code number}. */
    public static Fd own(int number) {
        if (number < 0) {
            throw new IllegalArgumentException("not a file descriptor: " + number);
        }
        return new Fd(number);
    }

    /**
     * Opens the directory {@code path} of the host as a place only (O_PATH), symbolic links followed. Paths inside a
     * container's tree are not for this method: nothing keeps them beneath it.
     */
    public static Fd openDirectory(Path path) {
        return openHost(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    }

    /** Opens whatever the host's {@code path} is as a place only (O_PATH), symbolic links followed. */
    public static Fd openPlace(Path path) {
        return openHost(path, O_PATH | O_CLOEXEC);
    }

    /** Opens the host's file {@code path} for reading, symbolic links followed. */
    public static Fd openForReading(Path path) {
        return openHost(path, O_CLOEXEC);
    }

    /** Opens the host's existing file {@code path} for writing, symbolic links followed, nothing truncated. */
    public static Fd openForWriting(Path path) {
        return openHost(path, O_WRONLY | O_CLOEXEC);
    }

    private static Fd openHost(Path path, long flags) {
        try (Arena arena = Arena.ofConfined()) {
            long address = Libc.cString(arena, path.toString()).address();
            return own(
                    Libc.check(Libc.syscallRetried(SYS_OPENAT, AT_FDCWD, address, flags), "openat", path.toString()));
        }
    }

    /** The descriptor's number; valid until {@link #close()}. */
    public int number() {
        int n = number.get();
        if (n < 0) {
            throw new IllegalStateException("file descriptor is closed");
        }
        return n;
    }

    /** Whether it is not closed yet. */
    public boolean isOpen() {
        return number.get() >= 0;
    }

    /** A second descriptor of the same open file, close-on-exec. Source: fcntl(2), F_DUPFD_CLOEXEC. */
    public Fd dup() {
        int copy = (int) Libc.syscall(Libc.SYS_FCNTL, number(), Libc.F_DUPFD_CLOEXEC, 3L);
        return own(Libc.check(copy, "fcntl", ""));
    }

    /** A path of this process that names the open file: {@code /proc/self/fd/N}. */
    public String procPath() {
        return "/proc/self/fd/" + number();
    }

    /**
     * Reads what is there, at most {@link #CHUNK} bytes, waiting for the first; -1 at the end. Waits also where the
     * descriptor is non-blocking, as a caller's terminal may be. Source: read(2).
     */
    public int read(byte[] buffer, int offset, int length) {
        int wanted = Math.min(length, CHUNK);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(Math.max(wanted, 1));
            long n = Libc.syscallRetried(Libc.SYS_READ, number(), bytes.address(), wanted);
            while (n == -Errno.EAGAIN.number()) {
                Poll.await(this, Poll.IN);
                n = Libc.syscallRetried(Libc.SYS_READ, number(), bytes.address(), wanted);
            }
            int count = Libc.check(n, "read", "");
            MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, 0, buffer, offset, count);
            return count == 0 && wanted > 0 ? -1 : count;
        }
    }

    /** Reads at most {@link #CHUNK} bytes from {@code position} on without moving the file's own; 0 at the end. Source: pread(2). */
    public int readAt(long position, byte[] buffer) {
        int wanted = Math.min(buffer.length, CHUNK);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(Math.max(wanted, 1));
            int count = Libc.check(
                    Libc.syscallRetried(SYS_PREAD64, number(), bytes.address(), wanted, position), "pread", "");
            MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, 0, buffer, 0, count);
            return count;
        }
    }

    /** Writes all of it, waiting where the descriptor is non-blocking. @throws KernelException EPIPE if the reader is gone */
    public void writeFully(byte[] buffer, int offset, int length) {
        for (int done = 0; done < length; ) {
            done += writeSome(buffer, offset + done, length - done);
        }
    }

    /** Writes at least one byte of it and at most {@link #CHUNK}: how many. Source: write(2). */
    public int writeSome(byte[] buffer, int offset, int length) {
        int wanted = Math.min(length, CHUNK);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(Math.max(wanted, 1));
            MemorySegment.copy(buffer, offset, bytes, ValueLayout.JAVA_BYTE, 0, wanted);
            long n = Libc.syscallRetried(Libc.SYS_WRITE, number(), bytes.address(), wanted);
            while (n == -Errno.EAGAIN.number()) {
                Poll.await(this, Poll.OUT);
                n = Libc.syscallRetried(Libc.SYS_WRITE, number(), bytes.address(), wanted);
            }
            return Libc.check(n, "write", "");
        }
    }

    @Override
    public void close() {
        int n = number.getAndSet(-1);
        if (n >= 0) {
            Libc.syscall(Libc.SYS_CLOSE, n);
        }
    }

    @Override
    public String toString() {
        return "fd " + number.get();
    }
}
