package berth.engine.idmap;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Consecutive host ids, from {@code outside} on, that a user namespace sees as its own ids from {@code inside} on. Written as
 * {@code inside:outside:count}. Source: user_namespaces(7).
 */
public record IdMapping(long inside, long outside, long count) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,10}):(\\d{1,10}):(\\d{1,10})");

    public IdMapping {
        HostIds _ = new HostIds(inside, count);
        HostIds _ = new HostIds(outside, count);
    }

    /** The mapping written as {@code text}. @throws BerthException INVALID if it is none */
    @JsonCreator
    public static IdMapping parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "'%s' is not an id mapping".formatted(text),
                    "write it as ID:HOST_ID:COUNT, for instance 0:666000:65536");
        }
        return new IdMapping(
                Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)), Long.parseLong(matcher.group(3)));
    }

    /** The ids inside the namespace. */
    public HostIds insideIds() {
        return new HostIds(inside, count);
    }

    /** The ids of the host. */
    public HostIds outsideIds() {
        return new HostIds(outside, count);
    }

    /** As {@link #parse} reads it. */
    @Override
    @JsonValue
    public String toString() {
        return inside + ":" + outside + ":" + count;
    }
}
