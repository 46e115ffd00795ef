package berth.engine.runtime;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One of those who look at a terminal of a container. What the terminal shows waits here until {@link #read}; a viewer that
 * does not read loses the oldest of it, and holds up nobody else. Safe for use by several threads.
 */
public final class ConsoleViewer implements AutoCloseable {
    private static final int MOST_WAITING = 1 << 20;

    private final Console console;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Queue<byte[]> waiting = new ArrayDeque<>();
    private int bytes;
    private boolean ended;

    ConsoleViewer(Console console) {
        this.console = console;
    }

    /** What the terminal shows next, waiting for it; empty when the container has stopped or the viewer is closed. */
    public Optional<byte[]> read() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (waiting.isEmpty() && !ended) {
                changed.await();
            }
            Optional<byte[]> next = Optional.ofNullable(waiting.poll());
            next.ifPresent(n -> bytes -= n.length);
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** Types {@code keys}. */
    public void write(byte[] keys) {
        console.type(keys);
    }

    /** Tells the terminal how large the viewer's window is; with several viewers the last one counts. */
    public void resize(int rows, int columns) {
        console.resize(rows, columns);
    }

    /** Looks no longer. */
    @Override
    public void close() {
        console.leave(this);
        end();
    }

    void show(byte[] output) {
        lock.lock();
        try {
            while (bytes + output.length > MOST_WAITING && !waiting.isEmpty()) {
                bytes -= waiting.remove().length;
            }
            waiting.add(output);
            bytes += output.length;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
