package berth.engine.operation;

import java.time.Duration;

/** How long to wait for a lock. {@code limit} is the longest time; zero fails at once. */
public record Wait(Duration limit) {
    /** Fails at once. */
    public static final Wait NO_WAIT = new Wait(Duration.ZERO);
    /** Waits until it is granted or the thread is interrupted. */
    public static final Wait FOREVER = new Wait(Duration.ofDays(10_000));

    public Wait {
        if (limit.isNegative()) {
            throw new IllegalArgumentException("nobody can wait for " + limit);
        }
    }

    /** Waits no longer than {@code limit}. */
    public static Wait atMost(Duration limit) {
        return new Wait(limit);
    }
}
