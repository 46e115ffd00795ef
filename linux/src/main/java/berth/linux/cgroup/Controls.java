package berth.linux.cgroup;

import berth.linux.Errno;
import berth.linux.KernelException;
import berth.linux.file.DeviceNumber;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What one cgroup may use of the machine, in whichever of the kernel's two interfaces its controllers are. Empty values lift a
 * limit. Every call asks or tells the kernel at once. Source: cgroup-v2.rst and cgroup-v1/ of the kernel.
 *
 * <p>Setting throws {@link MissingControlException} where the kernel lacks the control, {@link KernelException} where it refuses.
 */
public final class Controls {
    private static final int USUAL_WEIGHT = 100;
    private static final int MOST_WEIGHT_V1 = 1000;
    private static final long SHARES_PER_WEIGHT_NUMERATOR = 1024;
    private static final String MAX = "max";
    /** Every processor that there may ever be, however many are there. Source: Documentation/admin-guide/cputopology.rst. */
    private static final Path POSSIBLE = Path.of("/sys/devices/system/cpu/possible");

    private final CgroupHost host;
    private final String path;

    Controls(CgroupHost host, String path) {
        this.host = host;
        this.path = path;
    }

    /** Whether it has at most so many millionths of a processor at any time; 1 500 000 are one and a half. */
    public void cpu(OptionalLong millionths) {
        Hierarchy tree = tree("cpu");
        if (!tree.isV2()) {
            QuotaControl quota = new QuotaControl();
            Path directory = directory(tree);
            require(directory, "cpu.cfs_quota_us");
            long wanted = millionths.orElse(QuotaControl.UNLIMITED);
            quota.set(directory, millionths.isEmpty() ? wanted : quota.within(directory, wanted));
            return;
        }
        String text = millionths.isEmpty()
                ? MAX
                : CpuPeriod.quota(millionths.getAsLong()) + " " + CpuPeriod.of(millionths.getAsLong());
        put(tree, "cpu.max", text);
    }

    /** Its share where processors are short: 1 to 10 000, 100 by default. */
    public void cpuWeight(OptionalInt weight) {
        Hierarchy tree = tree("cpu");
        if (tree.isV2()) {
            put(tree, "cpu.weight", Integer.toString(weight.orElse(USUAL_WEIGHT)));
        } else {
            long shares = weight.orElse(USUAL_WEIGHT) * SHARES_PER_WEIGHT_NUMERATOR / USUAL_WEIGHT;
            put(tree, "cpu.shares", Long.toString(Math.max(2, shares)));
        }
    }

    /** The processors that its tasks run on; as many of them as its parent has, and all of the parent's if that is none. */
    public void cpus(Optional<CpuList> processors) {
        Hierarchy tree = tree("cpuset");
        if (tree.isV2()) {
            // What is beyond the parent's does not count. None at all is refused as long as there are processes in it.
            put(
                    tree,
                    "cpuset.cpus",
                    processors
                            .map(CpuList::toString)
                            .or(() -> CgroupFile.read(POSSIBLE))
                            .orElseThrow());
            return;
        }
        CpusetControl cpus = new CpusetControl();
        Path directory = directory(tree);
        Path parent = directory.getParent();
        CpuList wanted =
                processors.or(() -> Optional.ofNullable(parent).map(cpus::read)).orElseThrow();
        cpus.set(directory, cpus.within(directory, wanted));
    }

    /**
     * How much memory it may have, in bytes, and how much more it may have swapped out.
     *
     * <p>v1 counts both together, so that swap alone cannot be limited: {@code swap} has no effect without {@code memory} there.
     *
     * @throws KernelException EBUSY if it cannot give back what it has above the limit (v1; v2 kills processes instead)
     */
    public void memory(OptionalLong memory, OptionalLong swap) {
        Hierarchy tree = tree("memory");
        if (tree.isV2()) {
            put(tree, "memory.max", word(memory));
            putIfThere(tree, "memory.swap.max", word(swap));
            return;
        }
        String limit = minusOne(memory);
        boolean isBoth = memory.isPresent() && swap.isPresent();
        String both = isBoth ? Long.toString(Math.addExact(memory.getAsLong(), swap.getAsLong())) : "-1";
        Path directory = directory(tree);
        long bothNow = CgroupFile.number(directory.resolve("memory.memsw.limit_in_bytes"))
                .orElse(Long.MAX_VALUE);
        // What counts both may at no moment be the lower one.
        if (memory.isEmpty() || memory.getAsLong() > bothNow) {
            putIfThere(tree, "memory.memsw.limit_in_bytes", both);
            put(tree, "memory.limit_in_bytes", limit);
        } else {
            put(tree, "memory.limit_in_bytes", limit);
            putIfThere(tree, "memory.memsw.limit_in_bytes", both);
        }
    }

    /** Whether {@link #memory} can limit swap alone. */
    public boolean limitsSwapAlone() {
        return tree("memory").isV2();
    }

    /** How many tasks it may have. */
    public void pids(OptionalLong most) {
        put(tree("pids"), "pids.max", word(most));
    }

    /** Its share of a busy disk: 1 to 10 000, 100 by default; from 1000 on all the same in v1. */
    public void ioWeight(OptionalInt weight) {
        int wanted = weight.orElse(USUAL_WEIGHT);
        Optional<Hierarchy> v2 = host.with("io");
        if (v2.isPresent()) {
            putFirst(v2.get(), List.of("io.weight", "io.bfq.weight"), "default " + wanted);
        } else {
            putFirst(
                    tree("blkio"),
                    List.of("blkio.bfq.weight", "blkio.weight"),
                    Integer.toString(Math.min(MOST_WEIGHT_V1, wanted)));
        }
    }

    /** How much it may read from and write to the disk {@code device}. v1 counts only what is read and what is written directly. */
    public void io(DeviceNumber device, IoMaximum most) {
        Optional<Hierarchy> v2 = host.with("io");
        if (v2.isPresent()) {
            put(
                    v2.get(),
                    "io.max",
                    "%s rbps=%s wbps=%s riops=%s wiops=%s"
                            .formatted(
                                    device,
                                    word(most.readBytes()),
                                    word(most.writeBytes()),
                                    word(most.reads()),
                                    word(most.writes())));
            return;
        }
        Hierarchy tree = tree("blkio");
        put(
                tree,
                "blkio.throttle.read_bps_device",
                device + " " + most.readBytes().orElse(0));
        put(
                tree,
                "blkio.throttle.write_bps_device",
                device + " " + most.writeBytes().orElse(0));
        put(tree, "blkio.throttle.read_iops_device", device + " " + most.reads().orElse(0));
        put(
                tree,
                "blkio.throttle.write_iops_device",
                device + " " + most.writes().orElse(0));
    }

    /** Which of the kernel's interfaces {@code controller} is in; empty if in none. */
    public Optional<Hierarchy.Version> version(String controller) {
        return host.with(controller).map(Hierarchy::version);
    }

    /** Writes {@code value} to the file {@code name} of {@code controller}. */
    public void write(String controller, String name, String value) {
        put(tree(controller), name, value);
    }

    /** What the file {@code name} of {@code controller} says; empty if it, or the cgroup, is not there. */
    public Optional<String> read(String controller, String name) {
        return host.with(controller)
                .flatMap(tree -> CgroupFile.read(directory(tree).resolve(name)));
    }

    private Hierarchy tree(String controller) {
        return host.with(controller).orElseThrow(() -> new MissingControlException(controller + " controller"));
    }

    private Path directory(Hierarchy tree) {
        return tree.root().resolve(path);
    }

    private void putFirst(Hierarchy tree, List<String> names, String text) {
        for (String name : names) {
            if (CgroupFile.read(directory(tree).resolve(name)).isPresent()) {
                put(tree, name, text);
                return;
            }
        }
        throw new MissingControlException(names.getFirst());
    }

    private void put(Hierarchy tree, String name, String text) {
        try {
            CgroupFile.write(directory(tree).resolve(name), text);
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT)) {
                require(directory(tree), name);
            }
            throw e;
        }
    }

    private void putIfThere(Hierarchy tree, String name, String text) {
        try {
            put(tree, name, text);
        } catch (MissingControlException e) {
            // A kernel without swap accounting: no swap is counted, and none can be limited.
        }
    }

    /** Fails if the cgroup is there and {@code name} is not. */
    private static void require(Path directory, String name) {
        if (CgroupFile.read(directory.resolve("cgroup.procs")).isPresent()
                && CgroupFile.read(directory.resolve(name)).isEmpty()) {
            throw new MissingControlException(name);
        }
    }

    private static String word(OptionalLong value) {
        return value.isEmpty() ? MAX : Long.toString(value.getAsLong());
    }

    private static String minusOne(OptionalLong value) {
        return value.isEmpty() ? "-1" : Long.toString(value.getAsLong());
    }
}
