package berth.linux.file;

import berth.linux.Fd;
import berth.linux.Libc;
import berth.linux.Poll;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.time.Duration;

/** Tells that a file was written to: its descriptor becomes readable. Source: inotify(7). */
public final class FileWatch implements AutoCloseable {
    private static final long SYS_INOTIFY_ADD_WATCH = 254;
    private static final long SYS_INOTIFY_INIT1 = 294;
    private static final long IN_MODIFY = 2;
    private static final long IN_CLOEXEC = 02000000;
    private static final long IN_NONBLOCK = 04000;
    private static final int EVENTS = 4096;

    private final Fd inotify;

    private FileWatch(Fd inotify) {
        this.inotify = inotify;
    }

    /** Watches {@code file}, a trusted path. */
    public static FileWatch of(Path file) {
        Fd inotify = Fd.own(Libc.check(Libc.syscall(SYS_INOTIFY_INIT1, IN_CLOEXEC | IN_NONBLOCK), "inotify_init1", ""));
        try (Arena arena = Arena.ofConfined()) {
            long path = Libc.cString(arena, file.toString()).address();
            Libc.check(
                    Libc.syscall(SYS_INOTIFY_ADD_WATCH, inotify.number(), path, IN_MODIFY),
                    "inotify_add_watch",
                    file.toString());
            return new FileWatch(inotify);
        } catch (RuntimeException e) {
            inotify.close();
            throw e;
        }
    }

    /** What to poll; stays the watch's to close. */
    public Fd fd() {
        return inotify;
    }

    /** Takes note of what was written so far. */
    public void clear() {
        byte[] events = new byte[EVENTS];
        while (Poll.await(inotify, Poll.IN, Duration.ZERO) == Poll.IN && inotify.read(events, 0, events.length) > 0) {}
    }

    @Override
    public void close() {
        inotify.close();
    }
}
