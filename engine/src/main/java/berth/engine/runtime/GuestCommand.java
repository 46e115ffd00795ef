package berth.engine.runtime;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A program to run inside a running container.
 *
 * @param uid the id inside, 0 for its root
 * @param gid the id inside
 * @param environment exactly what the program gets
 * @param directory where it starts, as the container sees it
 * @param words the program and its arguments, as bytes
 */
public record GuestCommand(
        int uid, int gid, Map<String, String> environment, Optional<String> directory, List<byte[]> words) {
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    public GuestCommand {
        environment = Map.copyOf(environment);
        words = List.copyOf(words);
        environment.keySet().forEach(GuestCommand::check);
    }

    /** Whether {@code name} steers the loader of every program it reaches, lxc-attach on the host among them. */
    private static void check(String name) {
        if (!VARIABLE.matcher(name).matches()) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "'%s' is not the name of an environment variable".formatted(name),
                    "use letters, digits and _");
        }
        if (name.startsWith("LD_") || name.equals("GCONV_PATH") || name.equals("XDG_RUNTIME_DIR")) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "the variable '%s' would change the program that enters the container".formatted(name),
                    "set it inside: … env %s=VALUE COMMAND".formatted(name));
        }
    }
}
