package berth.engine.runtime;

import berth.engine.confinement.Amount;
import berth.engine.confinement.Confinement;
import berth.engine.confinement.Prlimit;
import berth.linux.process.Command;
import berth.linux.process.OomScore;
import berth.linux.process.Resource;
import berth.linux.process.ResourceLimit;
import berth.linux.process.ResourceLimits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Command lines that begin with {@code osctl-enter}: it joins cgroups and becomes the container's user for good before it
 * runs the program. Nothing of a container is ever run in another way.
 */
public final class Entry {
    private static final Logger LOG = LoggerFactory.getLogger(Entry.class);
    private final Path program;

    /** @param program the path of {@code osctl-enter} */
    public Entry(Path program) {
        this.program = program;
        long most = ResourceLimits.attainable(Resource.NOFILE, Prlimit.FILES.limit())
                .hard();
        if (most < Prlimit.FILES.hard().value()) {
            LOG.warn(
                    "Containers may have {} files open instead of {}: this host does not let limits rise",
                    most,
                    Prlimit.FILES.hard());
        }
    }

    /**
     * Runs {@code words}, the first an absolute path, as {@code uid}, with its group and {@code group} alone.
     *
     * @param group has its {@link RunDirectory} reached
     * @param cgroups directories of the cgroups to join, one per hierarchy
     * @param confinement what is raised for it as far as the host permits; it is not lowered, as LXC's own work needs more
     */
    Command command(int uid, int group, List<Path> cgroups, Confinement confinement, List<String> words) {
        List<String> line = new ArrayList<>(List.of(
                program.toString(),
                "--uid",
                Integer.toString(uid),
                "--gid",
                Integer.toString(uid),
                "--group",
                Integer.toString(group),
                "--cwd",
                "/"));
        if (OomScore.own() < 0) {
            // The daemon may be dear to the host; what guests do is not.
            line.addAll(List.of("--oom-score", "0"));
        }
        for (Resource resource : Resource.values()) {
            most(resource, confinement).ifPresent(limit -> {
                line.add("--rlimit");
                line.add(resource.word() + "=" + new Amount(limit.soft()) + ":" + new Amount(limit.hard()));
            });
        }
        for (Path cgroup : cgroups) {
            line.add("--cgroup");
            line.add(cgroup.toString());
        }
        line.add("--");
        line.addAll(words);
        return Command.of(line);
    }

    /** Files have the usual soft limit, since the daemon's own is higher than that. */
    private static Optional<ResourceLimit> most(Resource resource, Confinement confinement) {
        ResourceLimit own = ResourceLimits.own(resource);
        return confinement.prlimit(resource).flatMap(wanted -> {
            ResourceLimit limit = ResourceLimits.attainable(resource, wanted.limit());
            long hard = Math.max(limit.hard(), own.hard());
            if (resource == Resource.NOFILE) {
                long usual = ResourceLimits.attainable(resource, Prlimit.FILES.limit())
                        .hard();
                return Optional.of(new ResourceLimit(Prlimit.FILES.soft().value(), Math.max(limit.hard(), usual)));
            }
            return hard > own.hard() ? Optional.of(new ResourceLimit(own.soft(), hard)) : Optional.empty();
        });
    }
}
