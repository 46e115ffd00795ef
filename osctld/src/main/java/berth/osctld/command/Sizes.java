package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Numbers of bytes as users write them: {@code 512M}, {@code 20G}. */
final class Sizes {
    private static final Pattern FORM = Pattern.compile("(\\d{1,12})([KMGT]?)(I?B)?");
    private static final String UNITS = "KMGT";

    private Sizes() {}

    /** How many bytes {@code text} says; units are powers of 1024. @throws BerthException INVALID */
    static long parse(String text) {
        Matcher matcher = FORM.matcher(text.toUpperCase(Locale.ROOT));
        try {
            if (matcher.matches()) {
                int power = matcher.group(2).isEmpty() ? 0 : UNITS.indexOf(matcher.group(2)) + 1;
                return Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << (10 * power));
            }
        } catch (ArithmeticException e) {
            throw invalid(text, e);
        }
        throw invalid(text, null);
    }

    private static BerthException invalid(String text, @Nullable Exception cause) {
        return new BerthException(
                ErrorCode.INVALID,
                "'%s' is not a size".formatted(text),
                "write a number and K, M, G or T, for instance 20G",
                cause);
    }
}
