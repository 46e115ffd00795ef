package berth.linux;

/**
 * A system call failed. The message names the call, what it was about and the kernel's reason, for instance
 * {@code openat2 'etc/hostname': permission denied (EACCES)}.
 */
public final class KernelException extends RuntimeException {
    private final String call;
    private final int errno;

    /**
     * @param call the system call, for instance {@code mount_setattr}
     * @param about its object, for instance a path; empty if there is none
     * @param errno the kernel's error number, positive
     */
    public KernelException(String call, String about, int errno) {
        this(call, about, errno, "");
    }

    /**
     * @param call the system call, for instance {@code fsconfig}
     * @param about its object, for instance a path; empty if there is none
     * @param errno the kernel's error number, positive
     * @param explanation what the kernel said besides, for instance in a file system context's log; empty if nothing
     */
    public KernelException(String call, String about, int errno, String explanation) {
        super(call
                + (about.isEmpty() ? "" : " '" + about + "'")
                + ": "
                + reason(errno)
                + (explanation.isEmpty() ? "" : ": " + explanation));
        this.call = call;
        this.errno = errno;
    }

    /** The system call that failed. */
    public String call() {
        return call;
    }

    /** The kernel's error number. */
    public int errno() {
        return errno;
    }

    /** Whether the kernel's reason was {@code other}. */
    public boolean is(Errno other) {
        return errno == other.number();
    }

    /** The reason alone, for instance {@code permission denied (EACCES)}. */
    public String reason() {
        return reason(errno);
    }

    private static String reason(int errno) {
        return Errno.of(errno).map(e -> e.words() + " (" + e.name() + ")").orElse("errno " + errno);
    }
}
