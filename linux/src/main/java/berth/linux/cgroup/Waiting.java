package berth.linux.cgroup;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting for what the kernel does not announce: soon at first, then less and less often. */
final class Waiting {
    private static final long FIRST_NANOS = 20_000;
    private static final long LONGEST_NANOS = 5_000_000;

    private Waiting() {}

    /** Asks {@code done} until it says yes, at most {@code limit} long: what it said last. */
    static boolean until(BooleanSupplier done, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        long pause = FIRST_NANOS;
        while (!done.getAsBoolean()) {
            if (System.nanoTime() - deadline >= 0) {
                return false;
            }
            LockSupport.parkNanos(pause);
            pause = Math.min(LONGEST_NANOS, pause * 2);
        }
        return true;
    }
}
