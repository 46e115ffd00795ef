package berth.engine.schedule;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How often something is done by itself: once in every period. Periods follow each other in UTC, whatever the time zone and its
 * summer time; those that are parts of a day begin at midnight, weeks on Monday.
 *
 * @param everySeconds how long a period is, in seconds; 0 if it is never done
 * @param keep how much is kept of what it makes
 */
public record Schedule(long everySeconds, Retention keep) {
    /** It is never done, whatever is said for what it belongs to. */
    public static final Schedule NEVER = new Schedule(0, Retention.USUAL);

    private static final Duration SHORTEST = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofDays(366);
    /** The first Monday of the count of seconds, 1970-01-05. */
    private static final long MONDAY = Duration.ofDays(4).toSeconds();

    public Schedule {
        if (everySeconds != 0 && (everySeconds < SHORTEST.toSeconds() || everySeconds > LONGEST.toSeconds())) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "nothing can be done every %d seconds".formatted(everySeconds),
                    "choose from 1m to %dd".formatted(LONGEST.toDays()));
        }
    }

    /** How long a period is; empty if it is never done. */
    public Optional<Duration> every() {
        return everySeconds == 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(everySeconds));
    }

    /**
     * Whether it is to be done: it was not in the present period. However many periods were missed, that is once.
     *
     * @param done when it was done; times in the future, as after the clock was wrong, say nothing
     */
    public boolean isDue(List<Instant> done, Instant now) {
        return every().isPresent() && done.stream().noneMatch(t -> !t.isAfter(now) && !t.isBefore(begin(now)));
    }

    /** When it is to be done next; empty if never. */
    public Optional<Instant> next(List<Instant> done, Instant now) {
        return every().map(period -> isDue(done, now) ? now : begin(now).plus(period));
    }

    private Instant begin(Instant now) {
        long since = Math.floorMod(now.getEpochSecond() - MONDAY, everySeconds);
        return Instant.ofEpochSecond(now.getEpochSecond() - since);
    }
}
