package berth.linux.process;

import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.Libc;
import berth.linux.Poll;
import java.time.Duration;
import java.util.Optional;

/**
 * A process that stays the same one, whatever becomes of its number. Works for children and strangers alike; only a
 * parent learns the exit status ({@link Child}). Source: pidfd_open(2), Linux 5.3.
 */
public final class Pidfd implements AutoCloseable {
    private static final long SYS_PIDFD_GETFD = 438;
    private static final long SYS_PIDFD_SEND_SIGNAL = 424;
    private static final long SYS_PIDFD_OPEN = 434;

    private final int pid;
    private final Fd fd;

    private Pidfd(int pid, Fd fd) {
        this.pid = pid;
        this.fd = fd;
    }

    /**
     * The process that has the number {@code pid} now; empty if there is none. The number may have gone to another
     * process since it was learnt: check who it is after opening, not before.
     */
    public static Optional<Pidfd> open(int pid) {
        long result = Libc.syscall(SYS_PIDFD_OPEN, pid, 0);
        if (result == -Errno.ESRCH.number()) {
            return Optional.empty();
        }
        return Optional.of(new Pidfd(pid, Fd.own(Libc.check(result, "pidfd_open", Integer.toString(pid)))));
    }

    /** Its number in the daemon's pid namespace; after its end another process may have it. */
    public int pid() {
        return pid;
    }

    /** The descriptor, readable once the process has ended; this object keeps owning it. */
    public Fd fd() {
        return fd;
    }

    /** Sends it {@code signal}: whether it was still there. A zombie counts as there. Source: pidfd_send_signal(2). */
    public boolean signal(Signal signal) {
        return signal(signal.number());
    }

    /** Sends it the signal of that number: whether it was still there. */
    public boolean signal(int number) {
        long result = Libc.syscall(SYS_PIDFD_SEND_SIGNAL, fd.number(), number, 0, 0);
        if (result == -Errno.ESRCH.number()) {
            return false;
        }
        Libc.check(result, "pidfd_send_signal", Integer.toString(pid));
        return true;
    }

    /**
     * A descriptor of this process for the file that is open as {@code descriptor} in that one. Source: pidfd_getfd(2).
     *
     * @throws KernelException EBADF if nothing is open there; ESRCH if it has ended
     */
    public Fd duplicate(int descriptor) {
        return Fd.own(Libc.check(
                Libc.syscall(SYS_PIDFD_GETFD, fd.number(), descriptor), "pidfd_getfd", Integer.toString(descriptor)));
    }

    /** Whether every thread of it has ended; its parent may not have noticed yet. */
    public boolean isExited() {
        return awaitExit(Duration.ZERO);
    }

    /** Waits until it has ended. */
    public void awaitExit() {
        Poll.await(fd, Poll.IN);
    }

    /** Waits at most {@code limit} until it has ended: whether it has. */
    public boolean awaitExit(Duration limit) {
        return Poll.await(fd, Poll.IN, limit) != 0;
    }

    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return "process " + pid;
    }
}
