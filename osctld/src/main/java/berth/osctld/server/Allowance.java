package berth.osctld.server;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** So many in a period and no more, for what others can cause at will. Safe for use by several threads. */
final class Allowance {
    private final int most;
    private final Duration period;
    private final InstantSource clock;
    private Instant end = Instant.MIN;
    private int taken;

    Allowance(int most, Duration period, InstantSource clock) {
        this.most = most;
        this.period = period;
        this.clock = clock;
    }

    /** Takes one; false if none is left of this period. */
    synchronized boolean take() {
        Instant now = clock.instant();
        if (!now.isBefore(end)) {
            end = now.plus(period);
            taken = 0;
        }
        if (taken == most) {
            return false;
        }
        taken++;
        return true;
    }
}
