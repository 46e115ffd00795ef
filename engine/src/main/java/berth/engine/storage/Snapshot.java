package berth.engine.storage;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a root file system held at one moment.
 *
 * @param name unique within its container
 * @param at when it was taken
 * @param by the user who asked for it
 * @param command the command line that asked for it
 * @param activity what the container was doing
 * @param layers the frozen layers that show it, topmost first; at least one
 */
public record Snapshot(String name, Instant at, String by, String command, Activity activity, List<Layer> layers) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.:+-]{0,99}");

    /** What a container was doing when its files were frozen. */
    public enum Activity {
        /** It was stopped: its files are as it left them. */
        STOPPED,
        /** It was suspended in the midst of its work: its files are as after a power cut, with nothing lost that was written. */
        SUSPENDED
    }

    public Snapshot {
        requireName(name);
        layers = List.copyOf(layers);
        if (layers.isEmpty()) {
            throw new BerthException(ErrorCode.INVALID, "snapshot '%s' has no layers".formatted(name));
        }
    }

    /** Refuses a name that no snapshot can have. @throws BerthException INVALID */
    public static void requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "'%s' is not a name for a snapshot".formatted(name),
                    "use up to 100 letters, digits and _ . : + -, starting with a letter or a digit");
        }
    }
}
