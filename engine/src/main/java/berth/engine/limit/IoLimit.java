package berth.engine.limit;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.cgroup.IoMaximum;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How much may be read from and written to a disk in a second, for instance {@code read 100M/s, write 2000 iops}.
 *
 * @param device a block device of the host by its path; the disk that the pool is on if null
 */
public record IoLimit(
        @Nullable Size readRate,
        @Nullable Size writeRate,
        @Nullable Long reads,
        @Nullable Long writes,
        @Nullable String device) {
    private static final String HINT =
            "write it like '100M/s', 'read 100M/s, write 50M/s, 2000 iops' or '50M/s on /dev/sdb'";
    private static final Pattern ITEM = Pattern.compile(
            "(?:(read|write)\\s+)?([0-9.]+\\s*[kmgtpib]*)\\s*(/s|bps|iops|io/s)", Pattern.CASE_INSENSITIVE);
    private static final Pattern DEVICE = Pattern.compile("/dev(/[A-Za-z0-9_][A-Za-z0-9._:+-]*)+");

    public IoLimit {
        if (readRate == null && writeRate == null && reads == null && writes == null) {
            throw invalid("an io-limit needs an amount", HINT);
        }
        requireSome(readRate == null ? null : readRate.bytes());
        requireSome(writeRate == null ? null : writeRate.bytes());
        requireSome(reads);
        requireSome(writes);
        if (device != null && !DEVICE.matcher(device).matches()) {
            throw invalid(
                    "'%s' is not a device".formatted(device), "name a block device of the host, such as /dev/sdb");
        }
    }

    /** Reads what {@link #toString} writes; an amount without {@code read} or {@code write} is for both. @throws BerthException INVALID */
    @JsonCreator
    public static IoLimit parse(String text) {
        String device = null;
        String amounts = text.strip();
        int on = amounts.lastIndexOf("on /");
        if (on == 0 || (on > 0 && Character.isWhitespace(amounts.charAt(on - 1)))) {
            device = amounts.substring(on + 3).strip();
            amounts = amounts.substring(0, on).strip();
        }
        Matcher item = ITEM.matcher(amounts);
        Size[] rates = new Size[2];
        Long[] operations = new Long[2];
        int end = 0;
        while (item.find() && amounts.substring(end, item.start()).matches("[,\\s]*")) {
            end = item.end();
            String which = item.group(1) == null ? "" : item.group(1).toLowerCase(Locale.ROOT);
            boolean isOperations = item.group(3).toLowerCase(Locale.ROOT).startsWith("io");
            for (int i = 0; i < 2; i++) {
                if (which.isEmpty() || which.equals(i == 0 ? "read" : "write")) {
                    if (isOperations) {
                        operations[i] = count(item.group(2));
                    } else {
                        rates[i] = Size.parse(item.group(2));
                    }
                }
            }
        }
        if (end != amounts.length() || end == 0) {
            throw invalid("'%s' is not an io-limit".formatted(text), HINT);
        }
        return new IoLimit(rates[0], rates[1], operations[0], operations[1], device);
    }

    /** The device that it names; empty for the disk that the pool is on. */
    public Optional<String> named() {
        return Optional.ofNullable(device);
    }

    /** The stricter of both in each respect; they are of one device. */
    public IoLimit and(IoLimit other) {
        return new IoLimit(
                least(readRate, other.readRate),
                least(writeRate, other.writeRate),
                least(reads, other.reads),
                least(writes, other.writes),
                device);
    }

    /** The same as the kernel wants it. */
    public IoMaximum maximum() {
        return new IoMaximum(
                readRate == null ? OptionalLong.empty() : OptionalLong.of(readRate.bytes()),
                writeRate == null ? OptionalLong.empty() : OptionalLong.of(writeRate.bytes()),
                reads == null ? OptionalLong.empty() : OptionalLong.of(reads),
                writes == null ? OptionalLong.empty() : OptionalLong.of(writes));
    }

    @JsonValue
    @Override
    public String toString() {
        List<String> items = new ArrayList<>();
        add(items, readRate == null ? null : readRate + "/s", writeRate == null ? null : writeRate + "/s");
        add(items, reads == null ? null : reads + " iops", writes == null ? null : writes + " iops");
        return String.join(", ", items) + (device == null ? "" : " on " + device);
    }

    private static void add(List<String> items, @Nullable String read, @Nullable String write) {
        if (read != null && read.equals(write)) {
            items.add(read);
            return;
        }
        if (read != null) {
            items.add("read " + read);
        }
        if (write != null) {
            items.add("write " + write);
        }
    }

    private static <T extends Comparable<T>> @Nullable T least(@Nullable T one, @Nullable T other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.compareTo(other) <= 0 ? one : other;
    }

    private static long count(String text) {
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            throw new BerthException(
                    ErrorCode.INVALID, "'%s' is not a number of operations".formatted(text.strip()), HINT, e);
        }
    }

    private static void requireSome(@Nullable Long amount) {
        if (amount != null && amount < 1) {
            throw invalid("an io-limit of 0 would stop everything", HINT);
        }
    }

    private static BerthException invalid(String message, String hint) {
        return new BerthException(ErrorCode.INVALID, message, hint);
    }
}
