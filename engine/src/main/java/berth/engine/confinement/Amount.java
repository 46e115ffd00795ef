package berth.engine.confinement;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.process.ResourceLimit;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** How much of a resource, in the resource's own unit, or {@code unlimited}. */
public record Amount(long value) {
    private static final String UNLIMITED = "unlimited";

    @JsonCreator
    public Amount {
        if (value < 0) {
            throw new BerthException(ErrorCode.INVALID, "a limit of %d is below 0".formatted(value));
        }
    }

    /** Reads a whole number, or {@code unlimited}. @throws BerthException INVALID */
    @JsonCreator
    public static Amount parse(String text) {
        String word = text.strip();
        if (word.equals(UNLIMITED)) {
            return new Amount(ResourceLimit.UNLIMITED);
        }
        if (!word.matches("\\d{1,18}")) {
            throw new BerthException(
                    ErrorCode.INVALID, "'%s' is not a limit".formatted(text), "give a whole number, or 'unlimited'");
        }
        return new Amount(Long.parseLong(word));
    }

    /** The number, or the word. */
    @JsonValue
    public Object written() {
        return value == ResourceLimit.UNLIMITED ? UNLIMITED : (Object) value;
    }

    @Override
    public String toString() {
        return written().toString();
    }
}
