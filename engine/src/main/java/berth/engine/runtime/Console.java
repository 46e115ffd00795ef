package berth.engine.runtime;

import berth.linux.process.Pipe;
import berth.linux.socket.Terminal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One terminal of a running container while anybody looks at it, shown to all who do. A thread of its own reads it. The
 * terminal itself, and the log of the console, are LXC's and outlive this.
 */
final class Console {
    private static final Logger LOG = LoggerFactory.getLogger(Console.class);
    private static final int SCROLLBACK = 64 * 1024;

    private final String name;
    private final TerminalLine line;
    private final Runnable onEnd;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<ConsoleViewer> viewers = new ArrayList<>();
    private final Scrollback scrollback = new Scrollback(SCROLLBACK);
    /** Closed at one end when it is over, which ends the reading thread's wait. */
    private final Pipe wake = Pipe.open();

    private boolean over;

    /**
     * @param name of the terminal, for the log
     * @param onEnd is called once, when nobody looks any more or the container has stopped
     */
    Console(String name, TerminalLine line, Runnable onEnd) {
        this.name = name;
        this.line = line;
        this.onEnd = onEnd;
        scrollback.add(line.earlier());
    }

    void start() {
        Thread.ofPlatform().daemon().name("console " + name).start(this::pump);
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
            if (viewers.isEmpty()) {
                finish();
            }
        } finally {
            lock.unlock();
        }
    }

    void type(byte[] keys) {
        line.write(keys);
    }

    void resize(int rows, int columns) {
        line.resize(new Terminal.Size(rows, columns));
    }

    private void pump() {
        try {
            Optional<byte[]> output = Optional.of(new byte[0]);
            while (output.isPresent() && !isOver()) {
                show(output.get());
                output = line.read(wake.reader());
            }
        } catch (RuntimeException e) {
            LOG.warn("The terminal {} cannot be read: {}", name, e.getMessage());
        } finally {
            lock.lock();
            try {
                finish();
            } finally {
                lock.unlock();
            }
            line.close();
            wake.close();
        }
    }

    private boolean isOver() {
        lock.lock();
        try {
            return over;
        } finally {
            lock.unlock();
        }
    }

    private void show(byte[] output) {
        if (output.length > 0) {
            lock.lock();
            try {
                scrollback.add(output);
                viewers.forEach(v -> v.show(output));
            } finally {
                lock.unlock();
            }
        }
    }

    private void finish() {
        if (!over) {
            over = true;
            wake.writer().close();
            viewers.forEach(ConsoleViewer::end);
            viewers.clear();
            onEnd.run();
        }
    }
}
