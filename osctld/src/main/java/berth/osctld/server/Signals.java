package berth.osctld.server;

import berth.linux.process.Signal;
import berth.linux.socket.Terminal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The signals and window changes of one session. Without a handler, HUP, INT, QUIT and TERM cancel the command: its thread
 * is interrupted and {@link #cancelledBy()} tells why. A caller that is gone counts as HUP. Handlers run on the session's
 * receiving thread and must not block.
 */
public final class Signals {
    /** A handler in place, until closed. */
    public interface Handling extends AutoCloseable {
        @Override
        void close();
    }

    private static final Set<Signal> CANCELLING = EnumSet.of(Signal.HUP, Signal.INT, Signal.QUIT, Signal.TERM);

    private final Deque<Consumer<Signal>> handlers = new ArrayDeque<>();
    private final Deque<Consumer<Terminal.Size>> listeners = new ArrayDeque<>();
    private @Nullable Thread command;
    private @Nullable Signal cancelledBy;

    /** Sends every signal to {@code handler} instead, until the result is closed. */
    public synchronized Handling handle(Consumer<Signal> handler) {
        handlers.push(handler);
        return () -> {
            synchronized (this) {
                handlers.remove(handler);
            }
        };
    }

    /** Tells {@code listener} of every new window size, until the result is closed. */
    public synchronized Handling onResize(Consumer<Terminal.Size> listener) {
        listeners.push(listener);
        return () -> {
            synchronized (this) {
                listeners.remove(listener);
            }
        };
    }

    /** The signal that cancelled the command, if one did. */
    public synchronized Optional<Signal> cancelledBy() {
        return Optional.ofNullable(cancelledBy);
    }

    /** Gives {@code signal} to the newest handler, or cancels the command. */
    public void deliver(Signal signal) {
        Consumer<Signal> handler;
        synchronized (this) {
            handler = handlers.peek();
            if (handler == null && CANCELLING.contains(signal)) {
                cancelledBy = signal;
                if (command != null) {
                    command.interrupt();
                }
            }
        }
        if (handler != null) {
            handler.accept(signal);
        }
    }

    /** Tells the newest listener of a new window size. */
    public void resize(Terminal.Size size) {
        Consumer<Terminal.Size> listener;
        synchronized (this) {
            listener = listeners.peek();
        }
        if (listener != null) {
            listener.accept(size);
        }
    }

    /** Makes the calling thread the one to interrupt; at once, if the command is cancelled already. */
    synchronized void begin() {
        command = Thread.currentThread();
        if (cancelledBy != null) {
            command.interrupt();
        }
    }

    /** Interrupts no more, and takes back an interrupt that came too late, so that the thread can be used again. */
    synchronized void end() {
        command = null;
        var _ = Thread.interrupted();
    }
}
