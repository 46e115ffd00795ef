package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.regex.Pattern;

/**
 * What names a container on a host: its pool and its id, written {@code pool:id}.
 *
 * @param pool the pool that holds it
 * @param name unique within the pool
 */
public record ContainerId(String pool, String name) implements Comparable<ContainerId> {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,99}");

    public ContainerId {
        if (!NAME.matcher(name).matches()) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "'%s' is not a container id".formatted(name),
                    "use up to 100 letters, digits, - and _, starting with a letter or a digit");
        }
    }

    @Override
    public int compareTo(ContainerId other) {
        int byPool = pool.compareTo(other.pool);
        return byPool != 0 ? byPool : name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return pool + ":" + name;
    }
}
