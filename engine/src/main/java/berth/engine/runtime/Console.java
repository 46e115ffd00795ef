package berth.engine.runtime;

import berth.engine.BerthException;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.Poll;
import berth.linux.process.Pipe;
import berth.linux.socket.Terminal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * One terminal of a running container while anybody looks at it: LXC lends it to one holder only, so the daemon holds it and
 * shows it to all. A thread of its own reads it. The terminal itself, and the log of the console, are LXC's and outlive this.
 */
final class Console {
    private static final int SCROLLBACK = 64 * 1024;
    private static final int CHUNK = 16 * 1024;
    private static final long RETRY_NANOS = 20_000_000;
    private static final Duration FOREVER = Duration.ofDays(1);

    private final RunPlan plan;
    private final int number;
    private final BooleanSupplier isUp;
    private final Runnable onEnd;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<ConsoleViewer> viewers = new ArrayList<>();
    private final Scrollback scrollback = new Scrollback(SCROLLBACK);
    /** Closed at one end when it is over, which ends the reading thread's wait. */
    private final Pipe wake = Pipe.open();

    private TerminalRequest.Lent terminal;
    private boolean over;

    /**
     * @param earlier what the terminal showed before
     * @param isUp whether the container still runs, so that a terminal that ends was only part of a reboot
     * @param onEnd is called once, when nobody looks any more or the container has stopped
     */
    Console(RunPlan plan, int number, byte[] earlier, BooleanSupplier isUp, Runnable onEnd) {
        this.plan = plan;
        this.number = number;
        this.isUp = isUp;
        this.onEnd = onEnd;
        this.terminal = TerminalRequest.send(plan, number);
        scrollback.add(earlier);
    }

    void start() {
        Thread.ofPlatform().daemon().name("console " + plan.name()).start(this::pump);
    }

    /** A new viewer, who sees first what was shown before; empty if this console is over. */
    Optional<ConsoleViewer> join() {
        lock.lock();
        try {
            if (over) {
                return Optional.empty();
            }
            ConsoleViewer viewer = new ConsoleViewer(this);
            viewer.show(scrollback.bytes());
            viewers.add(viewer);
            return Optional.of(viewer);
        } finally {
            lock.unlock();
        }
    }

    void leave(ConsoleViewer viewer) {
        lock.lock();
        try {
            viewers.remove(viewer);
            if (viewers.isEmpty() && !over) {
                finish();
            }
        } finally {
            lock.unlock();
        }
    }

    void type(byte[] keys) {
        lock.lock();
        try {
            // A guest that reads nothing must not hold up those who only look.
            if (!over && Poll.await(terminal.master(), Poll.OUT, Duration.ZERO) == Poll.OUT) {
                terminal.master().writeSome(keys, 0, keys.length);
            }
        } catch (KernelException e) {
            // The terminal is going away; the reading thread sees it too.
        } finally {
            lock.unlock();
        }
    }

    void resize(int rows, int columns) {
        lock.lock();
        try {
            if (!over) {
                Terminal.resize(terminal.master(), new Terminal.Size(rows, columns));
            }
        } finally {
            lock.unlock();
        }
    }

    private void pump() {
        byte[] buffer = new byte[CHUNK];
        Optional<Fd> source = source();
        while (source.isPresent()) {
            int count = 0;
            try (Fd master = source.get()) {
                Poll.await(
                        List.of(new Poll.Interest(master, Poll.IN), new Poll.Interest(wake.reader(), Poll.IN)),
                        FOREVER);
                count = read(master, buffer);
            }
            if (count > 0) {
                show(Arrays.copyOf(buffer, count));
            } else if (count < 0) {
                reopen();
            }
            source = source();
        }
        wake.close();
    }

    /** The terminal's master side, for the reading thread to close. */
    private Optional<Fd> source() {
        lock.lock();
        try {
            return over ? Optional.empty() : Optional.of(terminal.master().dup());
        } finally {
            lock.unlock();
        }
    }

    /** How many bytes came; 0 if none did, -1 if the other side is closed, which reads as an error. */
    private static int read(Fd master, byte[] buffer) {
        short events = Poll.await(master, Poll.IN, Duration.ZERO);
        if (events == 0) {
            return 0;
        }
        try {
            int count = master.read(buffer, 0, buffer.length);
            return count > 0 ? count : -1;
        } catch (KernelException e) {
            return -1;
        }
    }

    private void show(byte[] output) {
        lock.lock();
        try {
            scrollback.add(output);
            viewers.forEach(v -> v.show(output));
        } finally {
            lock.unlock();
        }
    }

    /** During a reboot LXC makes its terminals anew. */
    private void reopen() {
        while (isUp.getAsBoolean()) {
            lock.lock();
            try {
                if (over) {
                    return;
                }
                terminal.close();
                terminal = TerminalRequest.send(plan, number);
                return;
            } catch (BerthException | KernelException e) {
                // Not there yet, or going away.
            } finally {
                lock.unlock();
            }
            LockSupport.parkNanos(RETRY_NANOS);
        }
        lock.lock();
        try {
            if (!over) {
                finish();
            }
        } finally {
            lock.unlock();
        }
    }

    private void finish() {
        over = true;
        wake.writer().close();
        terminal.close();
        viewers.forEach(ConsoleViewer::end);
        viewers.clear();
        onEnd.run();
    }
}
