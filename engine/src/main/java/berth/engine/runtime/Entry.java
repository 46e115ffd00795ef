package berth.engine.runtime;

import berth.linux.process.Command;
import berth.linux.process.OomScore;
import berth.linux.process.OpenFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Command lines that begin with {@code osctl-enter}: it joins cgroups and becomes the container's user for good before it
 * runs the program. Nothing of a container is ever run in another way.
 */
public final class Entry {
    private static final Logger LOG = LoggerFactory.getLogger(Entry.class);
    /** What programs expect that use select(2), as on any host; they may raise it as far as systemd lets them there. */
    private static final String OPEN_FILES = "nofile=1024:";

    private static final long MOST_OPEN_FILES = 1 << 20;

    private final Path program;
    private final String openFiles;

    /** @param program the path of {@code osctl-enter} */
    public Entry(Path program) {
        this.program = program;
        long most = OpenFiles.highest(MOST_OPEN_FILES);
        if (most < MOST_OPEN_FILES) {
            LOG.warn(
                    "Containers may have {} files open instead of {}: this host does not let limits rise",
                    most,
                    MOST_OPEN_FILES);
        }
        this.openFiles = OPEN_FILES + most;
    }

    /**
     * Runs {@code words}, the first an absolute path, as {@code uid}, with its group and {@code group} alone.
     *
     * @param group has its {@link RunDirectory} reached
     * @param cgroups directories of the cgroups to join, one per hierarchy
     */
    Command command(int uid, int group, List<Path> cgroups, List<String> words) {
        List<String> line = new ArrayList<>(List.of(
                program.toString(),
                "--uid",
                Integer.toString(uid),
                "--gid",
                Integer.toString(uid),
                "--group",
                Integer.toString(group),
                "--cwd",
                "/",
                "--rlimit",
                openFiles));
        if (OomScore.own() < 0) {
            // The daemon may be dear to the host; what guests do is not.
            line.addAll(List.of("--oom-score", "0"));
        }
        for (Path cgroup : cgroups) {
            line.add("--cgroup");
            line.add(cgroup.toString());
        }
        line.add("--");
        line.addAll(words);
        return Command.of(line);
    }
}
