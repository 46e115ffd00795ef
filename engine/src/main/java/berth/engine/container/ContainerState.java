package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a container is doing. */
public enum ContainerState {
    /** Nothing of it runs. */
    STOPPED,
    /** Its file system is being mounted or its init has not been reached yet. */
    STARTING,
    /** Its init runs. */
    RUNNING,
    /** Its init was asked to end, or was killed and is being cleaned up. */
    STOPPING,
    /** Its init runs but every process is suspended. */
    FROZEN,
    /** It cannot be started before something is mended; its log says what. */
    ERROR;

    /** The word users read and type. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether a monitor, and so an init, exists. */
    public boolean isUp() {
        return this == RUNNING || this == FROZEN;
    }

    /** The state a user means by {@code word}. */
    public static ContainerState parse(String word) {
        return Arrays.stream(values())
                .filter(s -> s.word().equals(word.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new BerthException(
                        ErrorCode.INVALID,
                        "'%s' is not a container state".formatted(word),
                        "use one of "
                                + Arrays.stream(values())
                                        .map(ContainerState::word)
                                        .collect(Collectors.joining(", "))));
    }
}
