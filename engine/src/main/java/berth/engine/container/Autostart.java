package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * That a container starts with the daemon's first start after a boot.
 *
 * @param priority lower numbers start first
 * @param delay seconds to wait after its start before the next one of the same queue
 */
public record Autostart(int priority, int delay) {
    public static final int DEFAULT_PRIORITY = 1000;
    public static final int DEFAULT_DELAY = 0;

    /** {@code containers} in the order of their ends: those together that start together, the last first. */
    public static List<List<Container>> backwards(List<Container> containers) {
        return List.copyOf(containers.stream()
                .collect(Collectors.groupingBy(
                        Autostart::priorityOf,
                        () -> new TreeMap<>(Comparator.reverseOrder()),
                        Collectors.toUnmodifiableList()))
                .values());
    }

    /** Of one that is not started so, the one that it would have by default. */
    static int priorityOf(Container container) {
        return container.spec().chosenAutostart().map(Autostart::priority).orElse(DEFAULT_PRIORITY);
    }

    public Autostart {
        if (priority < 0 || delay < 0) {
            throw new BerthException(ErrorCode.INVALID, "autostart priority and delay cannot be negative");
        }
    }
}
