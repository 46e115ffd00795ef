package berth.osctld.output;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What the values of a column mean, which decides how a person sees them. */
public enum Kind {
    /** Words. */
    TEXT,
    /** A whole number that is not a size. */
    NUMBER,
    /** A number of bytes. */
    BYTES,
    /** A duration in microseconds. */
    MICROSECONDS,
    /** A fraction in percent. */
    PERCENT,
    /** True or false. */
    FLAG,
    /** A point in time, {@link Instant}. */
    TIME,
    /** Several values, {@link Collection} or {@link Map}. */
    LIST;

    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);
    private static final String UNITS = "KMGTPE";

    /** Whether its values line up at their right. */
    boolean isNumeric() {
        return switch (this) {
            case NUMBER, BYTES, MICROSECONDS, PERCENT -> true;
            case TEXT, FLAG, TIME, LIST -> false;
        };
    }

    /** {@code value} for a person. */
    String human(Object value) {
        return switch (this) {
            case BYTES -> value instanceof Number n ? bytes(n.longValue()) : plain(value);
            case MICROSECONDS -> value instanceof Number n ? duration(n.longValue()) : plain(value);
            case PERCENT -> value instanceof Number n ? percent(n.doubleValue()) : plain(value);
            case FLAG -> value instanceof Boolean b ? (b ? "yes" : "no") : plain(value);
            case TIME -> value instanceof Instant t ? CLOCK.format(t.atZone(ZoneId.systemDefault())) : plain(value);
            case TEXT, NUMBER, LIST -> plain(value);
        };
    }

    /** {@code value} for a script: without units or rounding. */
    static String plain(Object value) {
        return switch (value) {
            case Collection<?> several -> several.stream().map(Kind::plain).collect(Collectors.joining(","));
            case Map<?, ?> pairs ->
                pairs.entrySet().stream()
                        .map(e -> e.getKey() + "=" + plain(e.getValue()))
                        .collect(Collectors.joining(","));
            default -> value.toString();
        };
    }

    private static String bytes(long bytes) {
        if (Math.abs(bytes) < 1024) {
            return bytes + "B";
        }
        double rest = bytes;
        int unit = -1;
        while (Math.abs(rest) >= 1023.95 && unit + 1 < UNITS.length()) {
            rest /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f%c", rest, UNITS.charAt(unit));
    }

    private static String percent(double value) {
        return value == Math.rint(value) ? (long) value + "%" : String.format(Locale.ROOT, "%.1f%%", value);
    }

    private static String duration(long microseconds) {
        long seconds = microseconds / 1_000_000;
        if (seconds < 60) {
            return String.format(Locale.ROOT, "%.2fs", microseconds / 1e6);
        }
        long minutes = seconds / 60;
        if (minutes < 60) {
            return String.format(Locale.ROOT, "%dm%02ds", minutes, seconds % 60);
        }
        return String.format(Locale.ROOT, "%dh%02dm", minutes / 60, minutes % 60);
    }
}
