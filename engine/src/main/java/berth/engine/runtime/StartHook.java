package berth.engine.runtime;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** The script {@code before-start} that LXC runs before each start and each reboot of a container. */
final class StartHook {
    private static final byte[] SCRIPT = read();

    private StartHook() {}

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
        try (InputStream script = StartHook.class.getResourceAsStream("before-start")) {
            return requireNonNull(script, "before-start is not in the program").readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
