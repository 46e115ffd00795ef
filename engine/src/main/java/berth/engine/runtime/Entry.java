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
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Command lines that begin with {@code osctl-enter}: it joins cgroups and becomes the container's user for good before it
 * runs the program. Nothing of a container is ever run in another way.
 */
public final class Entry {
    private static final Logger LOG = LoggerFactory.getLogger(Entry.class);

    private final Path program;
    /** As many files as any process that is entered may have without anybody's word. */
    private final long files;

    /** @param program the path of {@code osctl-enter} */
    public Entry(Path program) {
        this.program = program;
        this.files = ResourceLimits.attainable(Resource.NOFILE, Prlimit.FILES.limit())
                .hard();
        if (files < Prlimit.FILES.hard().value()) {
            LOG.warn(
                    "Containers may have {} files open instead of {}: this host does not let limits rise",
                    files,
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
                Integer.toUnsignedString(uid),
                "--gid",
                Integer.toUnsignedString(uid),
                "--group",
                Integer.toUnsignedString(group),
                "--cwd",
                "/"));
        if (OomScore.own() < 0) {
            // The daemon may be dear to the host; what guests do is not.
            line.addAll(List.of("--oom-score", "0"));
        }
        raised(confinement).forEach((resource, limit) -> {
            line.add("--rlimit");
            line.add(resource.word() + "=" + new Amount(limit.soft()) + ":" + new Amount(limit.hard()));
        });
        for (Path cgroup : cgroups) {
            line.add("--cgroup");
            line.add(cgroup.toString());
        }
        line.add("--");
        line.addAll(words);
        return Command.of(line);
    }

    private Map<Resource, ResourceLimit> raised(Confinement confinement) {
        Map<Resource, ResourceLimit> raised = new EnumMap<>(Resource.class);
        confinement.prlimits().forEach((name, wanted) -> {
            Resource resource = Prlimit.resource(name);
            ResourceLimit own = ResourceLimits.own(resource);
            long most = ResourceLimits.attainable(resource, wanted.limit()).hard();
            if (most > own.hard()) {
                raised.put(resource, new ResourceLimit(own.soft(), most));
            }
        });
        // The usual soft limit, since the daemon's own is higher than that.
        ResourceLimit more = raised.get(Resource.NOFILE);
        long most = more == null ? files : Math.max(more.hard(), files);
        raised.put(
                Resource.NOFILE, new ResourceLimit(Math.min(Prlimit.FILES.soft().value(), most), most));
        return raised;
    }
}
