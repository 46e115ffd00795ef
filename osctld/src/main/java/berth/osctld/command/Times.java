package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as users write and read them. */
final class Times {
    /** Longer than any user waits, and short enough to be counted in nanoseconds. */
    static final Duration INFINITE = Duration.ofDays(10_000);

    private static final Pattern AGE = Pattern.compile("(\\d{1,8})([smhdw]?)");

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

    /** The age that {@code text} says: a number and s, m, h, d or w, seconds without one. @throws BerthException INVALID */
    static Duration parseAge(String text) {
        Matcher matcher = AGE.matcher(text);
        if (!matcher.matches()) {
            throw new BerthException(
                    ErrorCode.INVALID, "'%s' is not an age".formatted(text), "write for instance 7d, 12h, 30m or 90s");
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "w" -> Duration.ofDays(7 * number);
            case "d" -> Duration.ofDays(number);
            case "h" -> Duration.ofHours(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofSeconds(number);
        };
    }

    /** {@code age} as {@link #parseAge} reads it, in the largest unit that it is a whole number of. */
    static String age(Duration age) {
        long seconds = age.toSeconds();
        if (seconds % 86_400 == 0 && seconds > 0) {
            return seconds / 86_400 + "d";
        }
        if (seconds % 3600 == 0 && seconds > 0) {
            return seconds / 3600 + "h";
        }
        return seconds % 60 == 0 && seconds > 0 ? seconds / 60 + "m" : seconds + "s";
    }

    /** {@code duration} in seconds for a person. */
    static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.2f s", duration.toMillis() / 1000.0);
    }
}
