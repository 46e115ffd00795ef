package berth.linux;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * An open file descriptor that its holder must close. Closing twice does nothing; using it closed throws.
 *
 * <p>Safe for use by several threads, as far as the kernel object is.
 */
public final class Fd implements AutoCloseable {
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
