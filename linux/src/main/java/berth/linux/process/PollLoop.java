package berth.linux.process;

import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.Libc;
import berth.linux.Poll;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One daemon thread that watches any number of descriptors and has callbacks run elsewhere. Source: epoll(7).
 *
 * <p>A callback never runs twice at once for the same {@link Watch}: the descriptor is watched again when the callback is
 * done. It is called again as long as the descriptor stays ready, so it must read what is there, or close the watch. A
 * callback that throws is logged and keeps its watch. Every method may be called from any thread, callbacks included.
 */
public final class PollLoop implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PollLoop.class);

    private static final long SYS_EPOLL_CREATE1 = 291;
    private static final long SYS_EPOLL_CTL = 233;
    private static final long SYS_EPOLL_WAIT = 232;
    private static final long SYS_EVENTFD2 = 290;
    private static final long CLOEXEC = 02000000;
    private static final long EPOLL_CTL_ADD = 1;
    private static final long EPOLL_CTL_DEL = 2;
    private static final long EPOLL_CTL_MOD = 3;
    private static final int EPOLLONESHOT = 1 << 30;
    /** struct epoll_event is packed on x86_64: 4 bytes of events, 8 of data. */
    private static final int EVENT_SIZE = 12;

    private static final int EVENT_DATA = 4;
    private static final ValueLayout.OfLong UNALIGNED = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final int BATCH = 128;
    private static final long STOP = 0;

    private final Executor executor;
    private final Fd epoll;
    private final Fd stop;
    private final Thread thread;
    private final Map<Long, Watch> watches = new ConcurrentHashMap<>();
    private final AtomicLong nextId = new AtomicLong(STOP + 1);
    private final AtomicBoolean closed = new AtomicBoolean();

    /** What is done when a descriptor is ready. */
    @FunctionalInterface
    public interface Callback {
        /** @param events of {@link Poll}, those that came */
        void ready(short events);
    }

    private PollLoop(Executor executor) {
        this.executor = executor;
        this.epoll = Fd.own(Libc.check(Libc.syscall(SYS_EPOLL_CREATE1, CLOEXEC), "epoll_create1", ""));
        this.stop = Fd.own(Libc.check(Libc.syscall(SYS_EVENTFD2, 0, CLOEXEC), "eventfd2", ""));
        this.thread = Thread.ofPlatform().name("poll").daemon().unstarted(this::loop);
    }

    /** A running loop whose callbacks run on {@code executor}. */
    public static PollLoop start(Executor executor) {
        PollLoop loop = new PollLoop(executor);
        loop.control(EPOLL_CTL_ADD, loop.stop, Poll.IN, STOP);
        loop.thread.start();
        return loop;
    }

    /**
     * Calls {@code callback} whenever {@code fd} is ready for {@code events} or has an error or hang-up, until the watch
     * is closed. For a file of a cgroup or sysfs that is {@link Poll#PRI}, and the callback reads it anew from the start.
     *
     * @param fd may be closed by its owner at any time; the watch holds a descriptor of its own
     */
    public Watch watch(Fd fd, short events, Callback callback) {
        return add(new Watch(fd.dup(), events, callback, false));
    }

    /** Calls {@code callback} once when {@code process} has ended, at once if it has; the watch then closes itself. */
    public Watch onExit(Pidfd process, Runnable callback) {
        return add(new Watch(process.fd().dup(), Poll.IN, events -> callback.run(), true));
    }

    private Watch add(Watch watch) {
        watches.put(watch.id, watch);
        if (!control(EPOLL_CTL_ADD, watch.fd, watch.events | EPOLLONESHOT, watch.id)) {
            watch.close();
            throw new IllegalStateException("the poll loop is closed");
        }
        return watch;
    }

    /** How many watches are open. */
    public int size() {
        return watches.size();
    }

    /** Ends the thread and closes every watch; callbacks already running finish. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            stop.writeFully(new byte[] {1, 0, 0, 0, 0, 0, 0, 0}, 0, Long.BYTES);
        }
    }

    private void loop() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment events = arena.allocate((long) EVENT_SIZE * BATCH, Long.BYTES);
            boolean running = true;
            while (running) {
                long n = Libc.syscall(SYS_EPOLL_WAIT, epoll.number(), events.address(), BATCH, -1);
                if (n != -Errno.EINTR.number()) {
                    Libc.check(n, "epoll_wait", "");
                    running = dispatch(events, (int) n);
                }
            }
        } finally {
            watches.values().forEach(Watch::close);
            synchronized (epoll) {
                epoll.close();
            }
            stop.close();
        }
    }

    private boolean dispatch(MemorySegment events, int count) {
        boolean running = true;
        for (int i = 0; i < count; i++) {
            long id = events.get(UNALIGNED, (long) i * EVENT_SIZE + EVENT_DATA);
            short came = (short) events.get(ValueLayout.JAVA_INT_UNALIGNED, (long) i * EVENT_SIZE);
            Watch watch = watches.get(id);
            if (id == STOP) {
                running = false;
            } else if (watch != null) {
                hand(watch, came);
            }
        }
        return running;
    }

    private void hand(Watch watch, short events) {
        try {
            executor.execute(() -> watch.run(events));
        } catch (RejectedExecutionException shuttingDown) {
            watch.close();
        }
    }

    /** Whether it was done; not if the loop has ended. */
    private boolean control(long operation, Fd fd, int events, long id) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment event = arena.allocate(EVENT_SIZE, Long.BYTES);
            event.set(ValueLayout.JAVA_INT, 0, events);
            event.set(UNALIGNED, EVENT_DATA, id);
            synchronized (epoll) {
                if (epoll.isOpen()) {
                    long result = Libc.syscall(SYS_EPOLL_CTL, epoll.number(), operation, fd.number(), event.address());
                    Libc.check(result, "epoll_ctl", "");
                    return true;
                }
                return false;
            }
        }
    }

    /** A descriptor being watched; closing it ends the watching, a callback already running finishes. */
    public final class Watch implements AutoCloseable {
        private final long id = nextId.getAndIncrement();
        private final Fd fd;
        private final short events;
        private final Callback callback;
        private final boolean once;

        private Watch(Fd fd, short events, Callback callback, boolean once) {
            this.fd = fd;
            this.events = events;
            this.callback = callback;
            this.once = once;
        }

        private void run(short came) {
            if (!watches.containsKey(id)) {
                return;
            }
            try {
                callback.ready(came);
            } catch (RuntimeException | Error e) {
                log.error("a callback of the poll loop failed", e);
            }
            synchronized (this) {
                if (once) {
                    close();
                } else if (fd.isOpen()) {
                    control(EPOLL_CTL_MOD, fd, events | EPOLLONESHOT, id);
                }
            }
        }

        @Override
        public synchronized void close() {
            if (watches.remove(id) != null) {
                // The open file may live on elsewhere, so closing this descriptor would not end the watching.
                control(EPOLL_CTL_DEL, fd, 0, id);
                fd.close();
            }
        }
    }
}
