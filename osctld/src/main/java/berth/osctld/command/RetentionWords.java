package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.schedule.Retention;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How many are kept, as users write it: {@code last=3,daily=7}. */
final class RetentionWords {
    private static final List<String> NAMES = List.of("last", "hourly", "daily", "weekly", "monthly");
    private static final Pattern PART = Pattern.compile("(" + String.join("|", NAMES) + ")=(\\d{1,4})");

    private RetentionWords() {}

    /** What {@code text} says; what it does not name is not kept for its own sake. @throws BerthException USAGE */
    static Retention parse(String text) {
        Map<String, Integer> numbers = new HashMap<>();
        for (String part : text.split(",", -1)) {
            Matcher matcher = PART.matcher(part);
            if (!matcher.matches() || numbers.put(matcher.group(1), Integer.valueOf(matcher.group(2))) != null) {
                throw new BerthException(
                        ErrorCode.USAGE,
                        "'%s' does not say how many to keep".formatted(text),
                        "write for instance last=3,hourly=24,daily=7; there are %s"
                                .formatted(String.join(", ", NAMES)));
            }
        }
        return new Retention(
                numbers.getOrDefault("last", 0),
                numbers.getOrDefault("hourly", 0),
                numbers.getOrDefault("daily", 0),
                numbers.getOrDefault("weekly", 0),
                numbers.getOrDefault("monthly", 0));
    }
}
