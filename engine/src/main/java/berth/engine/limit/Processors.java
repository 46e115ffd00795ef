package berth.engine.limit;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.cgroup.CpuList;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** Some of the host's processors, at least one, for instance {@code 0-3,8}. */
public record Processors(CpuList list) {
    public Processors {
        if (list.isEmpty()) {
            throw new BerthException(
                    ErrorCode.INVALID, "a cpuset needs a processor", "name them like 0-3,8; 'unset cpuset' lifts it");
        }
    }

    /** Reads {@code 0-3,8}. @throws BerthException INVALID */
    @JsonCreator
    public static Processors parse(String text) {
        try {
            return new Processors(CpuList.parse(text));
        } catch (IllegalArgumentException e) {
            throw new BerthException(
                    ErrorCode.INVALID, String.valueOf(e.getMessage()), "name processors like 0-3,8", e);
        }
    }

    @JsonValue
    @Override
    public String toString() {
        return list.toString();
    }
}
