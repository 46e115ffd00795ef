package berth.linux.cgroup;

import berth.linux.file.Directory;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** What limits did to the tasks of one cgroup. What is empty the kernel does not count, or the cgroup is not there. */
public final class Statistics {
    private static final int MOST_CGROUPS = 1000;

    private final CgroupHost host;
    private final String path;

    Statistics(CgroupHost host, String path) {
        this.host = host;
        this.path = path;
    }

    /** How long its tasks stood because its processor time was used up, in microseconds. Source: sched-bwc.rst. */
    public OptionalLong throttledMicros() {
        Optional<Hierarchy> tree = host.with("cpu");
        if (tree.isEmpty()) {
            return OptionalLong.empty();
        }
        Path file = directory(tree.get()).resolve("cpu.stat");
        if (tree.get().isV2()) {
            return CgroupFile.number(file, "throttled_usec");
        }
        OptionalLong nanos = CgroupFile.number(file, "throttled_time");
        return nanos.isEmpty() ? nanos : OptionalLong.of(TimeUnit.NANOSECONDS.toMicros(nanos.getAsLong()));
    }

    /** In how many periods that happened. */
    public OptionalLong throttledPeriods() {
        return host.with("cpu")
                .map(tree -> CgroupFile.number(directory(tree).resolve("cpu.stat"), "nr_throttled"))
                .orElseGet(OptionalLong::empty);
    }

    /** How many of its processes were killed because its memory was used up. */
    public OptionalLong oomKills() {
        Optional<Hierarchy> tree = host.with("memory");
        if (tree.isEmpty()) {
            return OptionalLong.empty();
        }
        Path directory = directory(tree.get());
        if (tree.get().isV2()) {
            return CgroupFile.number(directory.resolve("memory.events"), "oom_kill");
        }
        return CgroupFile.read(directory.resolve("memory.oom_control")).isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(sum(directory, "memory.oom_control", "oom_kill"));
    }

    /** v1 counts each event in the cgroup of its victim only. A guest that makes thousands of them is not counted to the last. */
    private static long sum(Path directory, String file, String key) {
        long[] sum = {0};
        int[] met = {0};
        CgroupWalk.through(directory, new CgroupWalk.Visitor() {
            @Override
            public boolean enter(Directory cgroup) {
                sum[0] += CgroupFile.number(Path.of(cgroup.fd().procPath(), file), key)
                        .orElse(0);
                met[0]++;
                return met[0] < MOST_CGROUPS;
            }

            @Override
            public void leave(Directory parent, String name) {}
        });
        return sum[0];
    }

    /** How often a task was refused because there were too many. */
    public OptionalLong refusedTasks() {
        Optional<Hierarchy> tree = host.with("pids");
        if (tree.isEmpty()) {
            return OptionalLong.empty();
        }
        Path directory = directory(tree.get());
        OptionalLong own = CgroupFile.number(directory.resolve("pids.events"), "max");
        return own.isEmpty() || tree.get().isV2() ? own : OptionalLong.of(sum(directory, "pids.events", "max"));
    }

    /** Memory that it cannot give back without swap or the end of processes, in bytes. */
    public OptionalLong unreclaimableMemory() {
        Optional<Hierarchy> tree = host.with("memory");
        if (tree.isEmpty()) {
            return OptionalLong.empty();
        }
        boolean v2 = tree.get().isV2();
        Path directory = directory(tree.get());
        OptionalLong used = CgroupFile.number(directory.resolve(v2 ? "memory.current" : "memory.usage_in_bytes"));
        String stat = CgroupFile.read(directory.resolve("memory.stat")).orElse("");
        if (used.isEmpty()) {
            return used;
        }
        String prefix = v2 ? "" : "total_";
        long cache = CgroupFile.field(stat, prefix + "inactive_file").orElse(0)
                + CgroupFile.field(stat, prefix + "active_file").orElse(0)
                + CgroupFile.field(stat, "slab_reclaimable").orElse(0);
        return OptionalLong.of(Math.max(0, used.getAsLong() - cache));
    }

    /**
     * In how many percent of the last ten seconds at least one of its tasks waited for {@code resource}. Source: psi.rst, some
     * avg10.
     *
     * @param resource {@code cpu}, {@code memory} or {@code io}
     */
    public OptionalDouble pressure(String resource) {
        String text = host.unified()
                .flatMap(tree -> CgroupFile.read(directory(tree).resolve(resource + ".pressure")))
                .orElse("");
        return text.lines()
                .filter(line -> line.startsWith("some avg10="))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf('=') + 1, line.indexOf(" avg60"))))
                .findFirst();
    }

    private Path directory(Hierarchy tree) {
        return tree.root().resolve(path);
    }
}
