package berth.engine.runtime;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The script {@code after-stop} that LXC runs when a container has ended, and so before the next init of one that reboots. It is no
 * hook before each start, as a start waits for that.
 */
final class RebootHook {
    private static final byte[] SCRIPT = read();

    private RebootHook() {}

    /** Writes it to {@code file}. It is given to a shell, so that {@code /run} may be mounted without the right to execute. */
    static void write(Path file) throws IOException {
        Files.write(file, SCRIPT);
    }

    /** The line, for LXC's shell, that runs {@code file} for the cgroup with {@code directories}. */
    static String command(Path file, List<Path> directories) {
        return "/bin/sh " + file + " "
                + directories.stream().map(Path::toString).collect(Collectors.joining(" "));
    }

    private static byte[] read() {
        try (InputStream script = RebootHook.class.getResourceAsStream("after-stop")) {
            return requireNonNull(script, "after-stop is not in the program").readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
