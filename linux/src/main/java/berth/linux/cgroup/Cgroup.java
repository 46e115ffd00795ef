package berth.linux.cgroup;

import berth.linux.KernelException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A cgroup by its path: the same directory in every tree of the machine. It may not exist. Holds no descriptor and no
 * state; what it tells is true at the moment of asking. Source: cgroups(7), kernel cgroup-v2.rst and cgroup-v1/.
 *
 * <p>Freezing, killing and counting go through cgroup2 wherever it is mounted, even without controllers, since only
 * there they are one write and tell when they are done. So a process must be in the cgroup in every tree.
 */
public final class Cgroup {
    /** The kernel's USER_HZ, fixed on every architecture Berth knows. */
    private static final long MICROS_PER_TICK = 10_000;

    private final CgroupHost host;
    private final String path;
    private final CgroupTree tree;
    private final CgroupProcesses processes;

    Cgroup(CgroupHost host, String path) {
        this.host = host;
        this.path = path;
        this.tree = new CgroupTree(host, path);
        this.processes = new CgroupProcesses(host, path);
    }

    /** Its path beneath the roots, for instance {@code osctl/pool.tank}. */
    public String path() {
        return path;
    }

    /** The cgroup {@code name} in it; several levels may be given as {@code a/b}. */
    public Cgroup child(String name) {
        return host.at(path + "/" + name);
    }

    /** Its directory in every tree. */
    public List<Path> directories() {
        return tree.directories();
    }

    /**
     * The directories whose cgroups a process joins to be in it: its own, and in a flat tree, which {@link #createDelegated} leaves
     * out, that of the nearest parent.
     */
    public List<Path> entrances() {
        return tree.entrances();
    }

    /** Its directory in the tree that has {@code controller}, empty if none has. */
    public Optional<Path> directory(String controller) {
        return host.with(controller).map(h -> h.root().resolve(path));
    }

    /** Whether it is there in any tree. */
    public boolean exists() {
        return tree.exists();
    }

    /**
     * Makes it and its parents in every tree, where they are not there. In a v1 cpuset it may use what its parent may; in
     * cgroup2 its parents hand every controller down.
     *
     * @throws KernelException EBUSY if a parent in cgroup2 has processes itself; EAGAIN or ENOSPC at the kernel's limits
     */
    public void create() {
        tree.create();
    }

    /**
     * Makes it and lets {@code uid} and {@code gid} make cgroups in it and move processes between them, and change none of its own
     * limits. Not in flat trees, where a limit holds for one cgroup and not for those in it, and whoever can make some leaves it:
     * there everything stays in the parent. Source: cgroup-v2.rst, Delegation; blkio-controller.rst, Hierarchical Cgroups.
     */
    public void createDelegated(int uid, int gid) {
        tree.createDelegated(uid, gid);
    }

    /**
     * Lets at most {@code most} cgroups be in it, at most {@code depth} below each other, whoever makes them. Only cgroup2 can say so.
     * Source: cgroup-v2.rst, cgroup.max.descendants.
     */
    public void limitCgroups(int most, int depth) {
        host.unified().map(h -> h.root().resolve(path)).ifPresent(directory -> {
            CgroupFile.write(directory.resolve("cgroup.max.descendants"), Integer.toString(most));
            CgroupFile.write(directory.resolve("cgroup.max.depth"), Integer.toString(depth));
        });
    }

    /**
     * Makes it, in an existing delegated cgroup, without controllers of its own: a v2 cgroup whose children have controllers cannot hold
     * processes itself. Source: cgroup-v2.rst, No Internal Process Constraint.
     */
    public void createLeaf() {
        tree.createLeaf();
    }

    /**
     * Removes it and all cgroups in it from every tree; does nothing if it is not there. Waits at most {@code limit}
     * for processes that are ending.
     *
     * @throws KernelException EBUSY if there are processes after that
     */
    public void delete(Duration limit) {
        tree.delete(limit);
    }

    /** Removes it if it is empty, then its parent if that is, and so on up to {@code top} with it, whose path starts its own. */
    public void prune(Cgroup top) {
        tree.prune(top.path());
    }

    /** Every process in it and in the cgroups in it, by number; none if it does not exist. */
    public Set<Integer> processes() {
        return processes.all();
    }

    /** The processes directly in the cgroup {@code child} of it; none if that does not exist. */
    public Set<Integer> directProcesses(String child) {
        return child(child).directProcesses();
    }

    /** The processes directly in it, not those in the cgroups in it. */
    public Set<Integer> directProcesses() {
        return processes.direct();
    }

    /** Whether no process is in it or beneath it. */
    public boolean isEmpty() {
        return processes.isEmpty();
    }

    /** Waits at most {@code limit} until no process is in it or beneath it: whether none is. */
    public boolean awaitEmpty(Duration limit) {
        return processes.awaitEmpty(limit);
    }

    /** Moves the process {@code pid} into it, in every tree. @throws KernelException ESRCH if the process is gone */
    public void add(int pid) {
        for (Path directory : directories()) {
            CgroupFile.write(directory.resolve("cgroup.procs"), Integer.toString(pid));
        }
    }

    /** The file that tells, by {@code POLLPRI}, that the first process came or the last one went; cgroup2 only. */
    public Optional<Path> eventsFile() {
        return host.unified().map(h -> h.root().resolve(path).resolve("cgroup.events"));
    }

    /**
     * Suspends every process in it, and every one that comes later, until {@link #thaw}. Waits until they stand.
     *
     * @throws KernelException ETIMEDOUT if some still run after {@code limit}, they stay asked to stop; ENOENT if it does
     *     not exist
     */
    public void freeze(Duration limit) {
        new Freezer(host, path).freeze(limit);
    }

    /** Lets its processes run on, also if it was not frozen. */
    public void thaw() {
        new Freezer(host, path).thaw();
    }

    /** Whether every process in it stands. */
    public boolean isFrozen() {
        return new Freezer(host, path).isFrozen();
    }

    /** Sends SIGKILL to every process in it, frozen or not, leaving none out. They are dying on return: {@link #awaitEmpty}. */
    public void kill() {
        processes.kill();
    }

    /** What it may use. */
    public Controls controls() {
        return new Controls(host, path);
    }

    /** What its limits did. */
    public Statistics statistics() {
        return new Statistics(host, path);
    }

    /** Memory its processes use and the cache they caused, in bytes; empty where it cannot be read. */
    public OptionalLong memoryBytes() {
        return number("memory", "memory.current", "memory.usage_in_bytes");
    }

    /** How many tasks it holds; empty where it cannot be read. */
    public OptionalLong tasks() {
        return number("pids", "pids.current", "pids.current");
    }

    /** The processor time it used; empty where it cannot be read. */
    public Optional<CpuUsage> cpuUsage() {
        Optional<Path> v1 = directory("cpuacct");
        return v1.isPresent() ? cpuUsageV1(v1.get()) : host.unified().flatMap(this::cpuUsageV2);
    }

    private Optional<CpuUsage> cpuUsageV1(Path directory) {
        OptionalLong nanos = CgroupFile.number(directory.resolve("cpuacct.usage"));
        String ticks = CgroupFile.read(directory.resolve("cpuacct.stat")).orElse("");
        if (nanos.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new CpuUsage(
                TimeUnit.NANOSECONDS.toMicros(nanos.getAsLong()),
                CgroupFile.field(ticks, "user").orElse(0) * MICROS_PER_TICK,
                CgroupFile.field(ticks, "system").orElse(0) * MICROS_PER_TICK));
    }

    private Optional<CpuUsage> cpuUsageV2(Hierarchy unified) {
        return CgroupFile.read(unified.root().resolve(path).resolve("cpu.stat"))
                .map(text -> new CpuUsage(
                        CgroupFile.field(text, "usage_usec").orElse(0),
                        CgroupFile.field(text, "user_usec").orElse(0),
                        CgroupFile.field(text, "system_usec").orElse(0)));
    }

    private OptionalLong number(String controller, String v2File, String v1File) {
        Optional<Hierarchy> hierarchy = host.with(controller);
        if (hierarchy.isEmpty()) {
            return OptionalLong.empty();
        }
        String file = hierarchy.get().isV2() ? v2File : v1File;
        return CgroupFile.number(hierarchy.get().root().resolve(path).resolve(file));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Cgroup cgroup && cgroup.path.equals(path) && cgroup.host == host;
    }

    @Override
    public int hashCode() {
        return path.hashCode();
    }

    @Override
    public String toString() {
        return "cgroup " + path;
    }
}
