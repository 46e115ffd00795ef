package berth.engine.storage;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.schedule.Schedule;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What an administrator decided about a pool; kept inside of it, so that it goes where the pool goes.
 *
 * @param pool its name
 * @param trashSeconds how long what is deleted can be brought back, in seconds; zero if it is deleted at once
 * @param snapshots when snapshots of its containers are taken by themselves, unless they or their groups say otherwise; never if
 *     null
 */
public record PoolSettings(
        String pool, long trashSeconds, @Nullable Schedule snapshots) {
    private static final Duration USUAL_AGE = Duration.ofDays(1);
    private static final Duration LONGEST_AGE = Duration.ofDays(3650);

    public PoolSettings {
        if (trashSeconds < 0 || trashSeconds > LONGEST_AGE.toSeconds()) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "trash cannot be kept for %d seconds".formatted(trashSeconds),
                    "choose up to %d days; 0 deletes at once".formatted(LONGEST_AGE.toDays()));
        }
    }

    /** Those of a pool about which nothing was decided. */
    static PoolSettings usual(String pool) {
        return new PoolSettings(pool, USUAL_AGE.toSeconds(), null);
    }

    /** How long what is deleted can be brought back; zero if it is deleted at once. */
    public Duration trashAge() {
        return Duration.ofSeconds(trashSeconds);
    }

    /** With another time for which what is deleted can be brought back. */
    public PoolSettings withTrashAge(Duration age) {
        return new PoolSettings(pool, age.toSeconds(), snapshots);
    }

    /** With other times at which snapshots are taken by themselves. */
    public PoolSettings withSnapshots(@Nullable Schedule value) {
        return new PoolSettings(pool, trashSeconds, value);
    }
}
