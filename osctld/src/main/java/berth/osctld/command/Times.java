package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.time.Duration;
import java.util.Locale;

/** Durations as users write and read them. */
final class Times {
    /** Longer than any user waits, and short enough to be counted in nanoseconds. */
    static final Duration INFINITE = Duration.ofDays(10_000);

    private Times() {}

    /** The duration that {@code text} says: a number of seconds, or {@code infinity}. */
    static Duration parse(String text) {
        if (text.equals("infinity")) {
            return INFINITE;
        }
        if (text.matches("\\d{1,8}(\\.\\d{1,3})?")) {
            return Duration.ofMillis(Math.round(Double.parseDouble(text) * 1000));
        }
        throw new BerthException(
                ErrorCode.USAGE,
                "'%s' is not a number of seconds".formatted(text),
                "write for instance 30, or infinity");
    }

    /** {@code duration} in seconds for a person. */
    static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.2f s", duration.toMillis() / 1000.0);
    }
}
