package berth.engine.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The logs of containers in {@code log/ct/} of their pool: {@code ID.log} is Berth's own, one line per event;
 * {@code ID.lxc.log} is LXC's of the last start; {@code ID.console.log} the newest output of the console.
 */
public final class ContainerLog {
    /** What the names of a container's logs end with. */
    static final List<String> ENDINGS = List.of(".log", ".lxc.log", ".console.log");

    private static final Logger LOG = LoggerFactory.getLogger(ContainerLog.class);

    private final InstantSource clock;

    public ContainerLog(InstantSource clock) {
        this.clock = clock;
    }

    /** Adds a line to the log of {@code container}. A log that cannot be written ends nothing. */
    public void add(Container container, String text) {
        LOG.info("{}: {}", container, text);
        String line = "%s %s%n"
                .formatted(clock.instant().truncatedTo(ChronoUnit.MILLIS), text.replaceAll("\\p{Cntrl}+", " "));
        try {
            Files.writeString(path(container), line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            LOG.warn("{} cannot be written: {}", path(container), e.getMessage());
        }
    }

    /** Berth's own log of {@code container}. */
    public Path path(Container container) {
        return container.pool().logs().resolve(container.name() + ".log");
    }

    /** LXC's log of its last start. */
    public Path lxc(Container container) {
        return container.pool().logs().resolve(container.name() + ".lxc.log");
    }

    /** The newest output of its console. */
    public Path console(Container container) {
        return container.pool().logs().resolve(container.name() + ".console.log");
    }

    /** Its logs that exist, as text, newest lines last; at most {@code limit} bytes of each. */
    public String read(Container container, int limit) {
        StringBuilder text = new StringBuilder();
        for (Path file : List.of(path(container), lxc(container), console(container))) {
            if (Files.exists(file)) {
                text.append("==> ")
                        .append(file)
                        .append(" <==\n")
                        .append(new String(tail(file, limit), StandardCharsets.UTF_8))
                        .append('\n');
            }
        }
        return text.toString();
    }

    private static byte[] tail(Path file, int limit) {
        try (var channel = Files.newByteChannel(file)) {
            channel.position(Math.max(0, channel.size() - limit));
            ByteBuffer buffer = ByteBuffer.allocate(limit);
            while (buffer.hasRemaining() && channel.read(buffer) > 0) {}
            return Arrays.copyOf(buffer.array(), buffer.position());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
