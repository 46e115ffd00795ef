package berth.engine.limit;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number of bytes as people write it: {@code 512M}, {@code 1.5G}. A unit is 1024 of the one before. */
public record Size(long bytes) implements Comparable<Size> {
    private static final String UNITS = "KMGTP";
    private static final Pattern TEXT =
            Pattern.compile("(\\d{1,18}(?:\\.\\d{1,6})?)\\s*(?:([KMGTP])(?:I?B)?|B(?:YTES)?)?");
    private static final int STEP_BITS = 10;
    private static final int DECIMALS = 3;

    public Size {
        if (bytes < 0) {
            throw new BerthException(ErrorCode.INVALID, "%d bytes are fewer than none".formatted(bytes));
        }
    }

    /** Reads {@code 1.5G}, {@code 512 MiB}, {@code 1048576}. @throws BerthException INVALID */
    @JsonCreator
    public static Size parse(String text) {
        Matcher matcher = TEXT.matcher(text.strip().toUpperCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new BerthException(
                    ErrorCode.INVALID, "'%s' is not a size".formatted(text), "write it like 512M or 1.5G");
        }
        String unit = matcher.group(2);
        int bits = unit == null ? 0 : (UNITS.indexOf(unit) + 1) * STEP_BITS;
        BigDecimal bytes = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(1L << bits));
        if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw new BerthException(ErrorCode.INVALID, "'%s' is more than any machine has".formatted(text));
        }
        return new Size(bytes.longValue());
    }

    @Override
    public int compareTo(Size other) {
        return Long.compare(bytes, other.bytes);
    }

    /** Exact, in the largest unit that takes at most three decimals. */
    @JsonValue
    @Override
    public String toString() {
        for (int unit = UNITS.length(); unit > 0; unit--) {
            long one = 1L << (unit * STEP_BITS);
            BigDecimal number = BigDecimal.valueOf(bytes).divide(BigDecimal.valueOf(one));
            if (bytes >= one && number.stripTrailingZeros().scale() <= DECIMALS) {
                return number.stripTrailingZeros().toPlainString() + UNITS.charAt(unit - 1);
            }
        }
        return Long.toString(bytes);
    }
}
