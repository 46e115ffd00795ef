package berth.engine.limit;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much processor time: {@code 150%} is that of one and a half processors.
 *
 * @param millionths of one processor
 */
public record CpuTime(long millionths) implements Comparable<CpuTime> {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,5})?)\\s*(%|PERCENT|CPUS?|CORES?)?");
    private static final long PER_PERCENT = 10_000;
    private static final long PER_PROCESSOR = 1_000_000;
    /** A millisecond in the longest period that the kernel knows, a second. */
    private static final long LEAST = 1_000;

    public CpuTime {
        if (millionths < LEAST) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "a cpu-limit of %s is too low".formatted(percent(millionths)),
                    "the least is 0.1%; 'unset cpu-limit' lifts it");
        }
    }

    /** Reads {@code 150%}, {@code 150} or {@code 1.5 cpus}. @throws BerthException INVALID */
    @JsonCreator
    public static CpuTime parse(String text) {
        Matcher matcher = TEXT.matcher(text.strip().toUpperCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "'%s' is not an amount of processor time".formatted(text),
                    "write it like 1.5 cpus, or 150%");
        }
        String unit = matcher.group(2);
        boolean processors = unit != null && unit.startsWith("C");
        BigDecimal one = BigDecimal.valueOf(processors ? PER_PROCESSOR : PER_PERCENT);
        return new CpuTime(new BigDecimal(matcher.group(1)).multiply(one).longValue());
    }

    /** In percent of one processor. */
    public double percent() {
        return BigDecimal.valueOf(millionths)
                .divide(BigDecimal.valueOf(PER_PERCENT))
                .doubleValue();
    }

    @Override
    public int compareTo(CpuTime other) {
        return Long.compare(millionths, other.millionths);
    }

    @JsonValue
    @Override
    public String toString() {
        return percent(millionths);
    }

    private static String percent(long millionths) {
        return BigDecimal.valueOf(millionths)
                        .divide(BigDecimal.valueOf(PER_PERCENT))
                        .stripTrailingZeros()
                        .toPlainString()
                + "%";
    }
}
