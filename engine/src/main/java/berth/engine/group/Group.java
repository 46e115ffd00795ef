package berth.engine.group;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A node in a pool's tree of groups; containers in it share its cgroup.
 *
 * @param pool its pool
 * @param path from the root group {@code /}, for instance {@code /web/front}
 */
public record Group(String pool, String path) implements Comparable<Group> {
    /** The path of the group that holds all others of a pool. */
    public static final String ROOT = "/";

    /** The path of the group that containers are in unless told otherwise. */
    public static final String DEFAULT = "/default";

    private static final Pattern PATH = Pattern.compile("/|(/[a-z0-9_][a-z0-9_.-]{0,62}){1,16}");

    public Group {
        if (!PATH.matcher(path).matches()) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "'%s' is not a group path".formatted(path),
                    "write it like /web/front: up to 16 names of a-z, 0-9, _, . and -");
        }
    }

    /** The group that holds it; empty for the root group. */
    public Optional<Group> parent() {
        if (path.equals(ROOT)) {
            return Optional.empty();
        }
        int cut = path.lastIndexOf('/');
        return Optional.of(new Group(pool, cut == 0 ? ROOT : path.substring(0, cut)));
    }

    /** The last part of its path. */
    public String name() {
        return path.equals(ROOT) ? ROOT : path.substring(path.lastIndexOf('/') + 1);
    }

    /** Its cgroup, relative to the hierarchies' roots, on the instance {@code instance}. */
    public String cgroup(String instance) {
        String top = instance + "/pool." + pool;
        return path.equals(ROOT) ? top : top + path.replace("/", "/group.");
    }

    @Override
    public int compareTo(Group other) {
        int byPool = pool.compareTo(other.pool);
        return byPool != 0 ? byPool : path.compareTo(other.path);
    }
}
