package berth.engine.runtime;

import berth.engine.store.FileFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What LXC wrote about one start. The monitor's user can write it, so it is shown, never obeyed. */
final class LxcLog {
    private static final Pattern ERROR = Pattern.compile(" ERROR +\\S+ - \\S+ - (.*)");
    /** Consequences that LXC reports beside every cause. */
    private static final List<String> ECHOES = List.of(
            "Received container state",
            "The container failed to start",
            "To get more details",
            "Additional information",
            "Failed to spawn container",
            "Failed to sync with child",
            "__lxc_start",
            "An error occurred in another process",
            "Failed to initialize container");

    private static final Logger LOG = LoggerFactory.getLogger(LxcLog.class);
    private static final int LONGEST = 64 * 1024;

    private LxcLog() {}

    /** Empties {@code log} once it has grown long: every program that is run inside adds a line, whatever its options are. */
    static void bound(Path log) {
        try {
            if (Files.size(log) > LONGEST) {
                Files.write(log, new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
            }
        } catch (IOException e) {
            LOG.warn("{} cannot be shortened: {}", log, FileFailure.reason(e));
        }
    }

    /** LXC's own words for the cause of a failed start, if it named one. */
    static Optional<String> cause(Path log) {
        try (Stream<String> lines = Files.size(log) > LONGEST ? Stream.empty() : Files.lines(log)) {
            return lines.map(ERROR::matcher)
                    .filter(Matcher::find)
                    .map(m -> m.group(1))
                    .filter(text -> ECHOES.stream().noneMatch(text::contains))
                    .findFirst();
        } catch (IOException | RuntimeException e) {
            // Unreadable or not text: there is no cause to show.
            return Optional.empty();
        }
    }
}
