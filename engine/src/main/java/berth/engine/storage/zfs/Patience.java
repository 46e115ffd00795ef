package berth.engine.storage.zfs;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.time.Duration;

/**
 * A dataset is in use for a moment after it was unmounted: the kernel lets go of it when the last process that had a file open
 * in it has been reaped, and zfs-fuse after that.
 */
final class Patience {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final long FIRST_PAUSE_MS = 5;
    private static final long LONGEST_PAUSE_MS = 250;

    private Patience() {}

    /** Does {@code work}, which removes what nobody needs, although the thread may be interrupted: it is so again afterwards. */
    static void undisturbed(Runnable work) {
        boolean interrupted = Thread.interrupted();
        try {
            work.run();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Does {@code work}, again for a while if it fails because something is in use. */
    static void whileBusy(Runnable work) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        long pause = FIRST_PAUSE_MS;
        while (true) {
            try {
                work.run();
                return;
            } catch (BerthException e) {
                if (e.code() != ErrorCode.IN_USE || System.nanoTime() > deadline) {
                    throw e;
                }
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new BerthException(ErrorCode.CANCELLED, "cancelled while a dataset of ZFS was in use");
            }
            pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
        }
    }
}
