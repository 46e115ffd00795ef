package berth.linux.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How readily the kernel kills this process, and what it starts, where memory runs out. Source: proc_pid_oom_score_adj(5). */
public final class OomScore {
    private static final Path OWN = Path.of("/proc/self/oom_score_adj");

    private OomScore() {}

    /** That of this process: from -1000, never, to 1000, first of all. */
    public static int own() {
        try {
            return Integer.parseInt(Files.readString(OWN).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
