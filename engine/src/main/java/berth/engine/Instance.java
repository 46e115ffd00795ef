package berth.engine;

import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * One Berth on a host. Its name is part of everything it owns there, so that two instances never meet.
 *
 * @param name also the name of its cgroup and the start of its system users' names
 * @param runDirectory what a reboot may forget: sockets, mounts, LXC's configuration
 * @param stateDirectory what must last: the list of pools, and pools without a path of their own
 */
public record Instance(String name, Path runDirectory, Path stateDirectory) {
    /** The instance that commands talk to when none is named. */
    public static final String DEFAULT_NAME = "osctl";

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,14}");

    public Instance {
        if (!NAME.matcher(name).matches()) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "'%s' is not an instance name".formatted(name),
                    "use up to 15 of a-z, 0-9 and -, starting with a letter");
        }
    }

    /** The instance {@code name} in its usual places, {@code /run/NAME} and {@code /var/lib/NAME}. */
    public static Instance of(String name) {
        return new Instance(name, Path.of("/run", name), Path.of("/var/lib", name));
    }

    /** Where the daemon takes commands. */
    public Path commandSocket() {
        return runDirectory.resolve("osctld.sock");
    }

    /** Where LXC's hooks reach the daemon. */
    public Path hookSocket() {
        return runDirectory.resolve("hook.sock");
    }

    /** Where tests write at which steps a daemon that allows it shall die; see {@link berth.engine.operation.FailPoints}. */
    public Path failPoints() {
        return runDirectory.resolve("fail-points");
    }
}
