package berth.engine.runtime;

import berth.linux.process.Command;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Command lines that begin with {@code osctl-enter}: it joins cgroups and becomes the container's user for good before it
 * runs the program. Nothing of a container is ever run in another way.
 */
public final class Entry {
    /** What a shell on the host has; the daemon's own limit is higher. */
    private static final String OPEN_FILES = "nofile=1024:1048576";

    private final Path program;

    /** @param program the path of {@code osctl-enter} */
    public Entry(Path program) {
        this.program = program;
    }

    /**
     * Runs {@code words}, the first an absolute path, as {@code uid}, in a session of its own and with no other group.
     *
     * @param cgroups directories of the cgroups to join, one per hierarchy
     */
    Command command(int uid, List<Path> cgroups, List<String> words) {
        List<String> line = new ArrayList<>(List.of(
                program.toString(),
                "--uid",
                Integer.toString(uid),
                "--gid",
                Integer.toString(uid),
                "--cwd",
                "/",
                "--setsid",
                "--rlimit",
                OPEN_FILES));
        for (Path cgroup : cgroups) {
            line.add("--cgroup");
            line.add(cgroup.toString());
        }
        line.add("--");
        line.addAll(words);
        return Command.of(line);
    }
}
