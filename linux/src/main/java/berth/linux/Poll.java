package berth.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.List;

/**
 * Waiting for a few descriptors on the calling thread. Interrupting the thread does not end a wait. Source: poll(2).
 *
 * <p>A wait holds its thread in native code: on a virtual thread it also holds the carrier.
 */
public final class Poll {
    public static final short IN = 1;
    public static final short PRI = 2;
    public static final short OUT = 4;
    public static final short ERR = 8;
    public static final short HUP = 16;
    public static final short RDHUP = 0x2000;

    private static final long SYS_POLL = 7;
    private static final int POLLFD_SIZE = 8;
    private static final int EVENTS = 4;
    private static final int REVENTS = 6;

    private Poll() {}

    /** One descriptor and the events wanted of it; {@link #ERR} and {@link #HUP} are always reported. */
    public record Interest(Fd fd, short events) {}

    /** Waits, for ever, until {@code events}, an error or a hang-up: the events that came. */
    public static short await(Fd fd, short events) {
        short[] ready;
        do {
            ready = ready(List.of(new Interest(fd, events)), -1);
        } while (ready[0] == 0);
        return ready[0];
    }

    /** Waits at most {@code limit} for {@code events}, an error or a hang-up: the events that came, 0 if none. */
    public static short await(Fd fd, short events, Duration limit) {
        return await(List.of(new Interest(fd, events)), limit)[0];
    }

    /** Waits at most {@code limit} until any of {@code interests} is ready: the events of each, 0 where none. */
    public static short[] await(List<Interest> interests, Duration limit) {
        long deadline = System.nanoTime() + Math.min(limit.toNanos(), Long.MAX_VALUE / 4);
        while (true) {
            long left = Math.max(0, deadline - System.nanoTime());
            int millis = (int) Math.min(Integer.MAX_VALUE, (left + 999_999) / 1_000_000);
            short[] ready = ready(interests, millis);
            if (any(ready) || System.nanoTime() >= deadline) {
                return ready;
            }
        }
    }

    private static short[] ready(List<Interest> interests, int millis) {
        short[] ready = new short[interests.size()];
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment fds = arena.allocate((long) POLLFD_SIZE * Math.max(1, ready.length), Integer.BYTES);
            for (int i = 0; i < ready.length; i++) {
                fds.set(
                        ValueLayout.JAVA_INT,
                        (long) i * POLLFD_SIZE,
                        interests.get(i).fd().number());
                fds.set(
                        ValueLayout.JAVA_SHORT,
                        (long) i * POLLFD_SIZE + EVENTS,
                        interests.get(i).events());
            }
            long n = Libc.syscall(SYS_POLL, fds.address(), ready.length, millis);
            if (n == -Errno.EINTR.number()) {
                return ready;
            }
            Libc.check(n, "poll", "");
            for (int i = 0; i < ready.length; i++) {
                ready[i] = fds.get(ValueLayout.JAVA_SHORT, (long) i * POLLFD_SIZE + REVENTS);
            }
            return ready;
        }
    }

    private static boolean any(short[] ready) {
        for (short r : ready) {
            if (r != 0) {
                return true;
            }
        }
        return false;
    }
}
