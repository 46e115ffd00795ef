package berth.linux.process;

import berth.linux.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A process that the daemon started and must reap. Reaping goes by pidfd and never takes another child's status; the
 * JVM's own reaper waits for its own children only.
 *
 * <p>{@link #close} does not end the process: it reaps it if it has ended, and otherwise leaves it running and leaves its
 * status to be taken by nobody, so await before closing. Safe for use by several threads.
 */
public final class Child implements AutoCloseable {
    private static final long SYS_KILL = 62;
    private static final long SYS_WAITID = 247;
    private static final long P_PIDFD = 3;
    private static final long WNOHANG = 1;
    private static final long WEXITED = 4;
    private static final long SIGINFO_SIZE = 128;
    private static final int SI_CODE = 8;
    private static final int SI_PID = 16;
    private static final int SI_STATUS = 24;
    private static final int CLD_EXITED = 1;

    private final Pidfd pidfd;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable ExitStatus status;

    private Child(Pidfd pidfd) {
        this.pidfd = pidfd;
    }

    static Child of(int pid) {
        // Not reaped yet, so the number cannot belong to anyone else.
        return new Child(Pidfd.open(pid).orElseThrow());
    }

    /** Its number. */
    public int pid() {
        return pidfd.pid();
    }

    /** The process as a descriptor, closed with this child. */
    public Pidfd pidfd() {
        return pidfd;
    }

    /** Waits until it ends: how. Interrupting the thread does not end the wait. */
    public ExitStatus await() {
        Optional<ExitStatus> ended = reap();
        while (ended.isEmpty()) {
            pidfd.awaitExit();
            ended = reap();
        }
        return ended.get();
    }

    /** Waits at most {@code limit} until it ends: how, empty if it still runs. */
    public Optional<ExitStatus> await(Duration limit) {
        return pidfd.awaitExit(limit) ? Optional.of(await()) : Optional.empty();
    }

    /** Sends it {@code signal}: whether it still ran. */
    public boolean signal(Signal signal) {
        return signal(signal.number());
    }

    /** Sends it the signal of that number: whether it still ran. */
    public boolean signal(int number) {
        lock.lock();
        try {
            return status == null && pidfd.signal(number);
        } finally {
            lock.unlock();
        }
    }

    /** Sends {@code signal} to its process group, of which it must be the leader; does nothing once it is reaped. */
    public void signalGroup(Signal signal) {
        lock.lock();
        try {
            if (status == null) {
                Libc.syscall(SYS_KILL, -pid(), signal.number());
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        if (pidfd.fd().isOpen()) {
            reap();
            pidfd.close();
        }
    }

    private Optional<ExitStatus> reap() {
        lock.lock();
        try (Arena arena = Arena.ofConfined()) {
            if (status == null) {
                MemorySegment info = arena.allocate(SIGINFO_SIZE, Long.BYTES);
                long result = Libc.syscallRetried(
                        SYS_WAITID, P_PIDFD, pidfd.fd().number(), info.address(), WEXITED | WNOHANG);
                Libc.check(result, "waitid", Integer.toString(pid()));
                if (info.get(ValueLayout.JAVA_INT, SI_PID) != 0) {
                    int value = info.get(ValueLayout.JAVA_INT, SI_STATUS);
                    status = info.get(ValueLayout.JAVA_INT, SI_CODE) == CLD_EXITED
                            ? new ExitStatus(value, 0)
                            : new ExitStatus(0, value);
                }
            }
            return Optional.ofNullable(status);
        } finally {
            lock.unlock();
        }
    }
}
