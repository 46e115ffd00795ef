package berth.engine.limit;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.Errno;
import berth.linux.KernelException;
import berth.linux.cgroup.Cgroup;
import berth.linux.cgroup.Controls;
import berth.linux.cgroup.Hierarchy.Version;
import berth.linux.cgroup.IoMaximum;
import berth.linux.cgroup.MissingControlException;
import berth.linux.file.DeviceNumber;
import berth.linux.mount.Disks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes limits hold in a cgroup. What this kernel has no control for is told and left; what it refuses is an error. */
public final class LimitWriter {
    private final Cgroup cgroup;
    private final Controls controls;
    private final Path pool;
    private final List<String> unmet = new ArrayList<>();

    private LimitWriter(Cgroup cgroup, Path pool) {
        this.cgroup = cgroup;
        this.controls = cgroup.controls();
        this.pool = pool;
    }

    /**
     * Makes {@code limits} hold in a cgroup that has none yet.
     *
     * @param pool where the pool is: an io-limit without a device is about the disk beneath it
     * @return what cannot hold on this host, in sentences
     */
    public static List<String> write(Cgroup cgroup, Path pool, Limits limits) {
        Set<LimitKind> set = EnumSet.allOf(LimitKind.class).stream()
                .filter(kind -> kind.of(limits).isPresent())
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(LimitKind.class)));
        return new LimitWriter(cgroup, pool).apply(set, Limits.NONE, limits);
    }

    /** Makes {@code limits} hold in a cgroup of which it is not known what it has. */
    public static List<String> restore(Cgroup cgroup, Path pool, Limits limits) {
        return new LimitWriter(cgroup, pool).apply(EnumSet.allOf(LimitKind.class), Limits.NONE, limits);
    }

    /** Makes {@code after} hold in a cgroup where {@code before} does. */
    public static List<String> change(Cgroup cgroup, Path pool, Limits before, Limits after) {
        Set<LimitKind> changed = EnumSet.allOf(LimitKind.class).stream()
                .filter(kind -> !kind.of(before).equals(kind.of(after)))
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(LimitKind.class)));
        return new LimitWriter(cgroup, pool).apply(changed, before, after);
    }

    /** Again, what depends on the cgroups above, after those have changed. */
    public static List<String> follow(Cgroup cgroup, Path pool, Limits limits) {
        return new LimitWriter(cgroup, pool)
                .apply(EnumSet.of(LimitKind.CPU_LIMIT, LimitKind.CPUSET, LimitKind.IO_LIMIT), limits, limits);
    }

    private List<String> apply(Set<LimitKind> kinds, Limits before, Limits after) {
        if (!cgroup.exists()) {
            // It is made with the next start, and has its limits then.
            return unmet;
        }
        if (kinds.contains(LimitKind.SWAP_LIMIT)) {
            // Both are one control: the kernel counts them together.
            kinds.add(LimitKind.MEMORY_LIMIT);
        }
        for (LimitKind kind : kinds) {
            attempt(kind.word(), kind.of(after), () -> set(kind, before, after));
        }
        for (CgroupParameter parameter : before.cgparams()) {
            if (after.cgparams().stream().noneMatch(parameter::isSame)) {
                parameter
                        .lifted()
                        .ifPresent(value ->
                                attempt(parameter.name(), Optional.empty(), () -> put(parameter, List.of(value))));
            }
        }
        for (CgroupParameter parameter : after.cgparams()) {
            if (!before.cgparams().contains(parameter)) {
                attempt(
                        parameter.name(),
                        Optional.of(String.join(" ", parameter.value())),
                        () -> put(parameter, parameter.value()));
            }
        }
        return unmet;
    }

    private void set(LimitKind kind, Limits before, Limits after) {
        switch (kind) {
            case CPU_LIMIT -> {
                CpuTime cpu = after.cpu();
                controls.cpu(cpu == null ? OptionalLong.empty() : OptionalLong.of(cpu.millionths()));
            }
            case MEMORY_LIMIT -> memory(after);
            case SWAP_LIMIT -> {
                if (after.swap() != null && after.memory() == null && !controls.limitsSwapAlone()) {
                    unmet.add("this kernel limits swap only together with memory: swap-limit holds once there is a"
                            + " memory-limit");
                }
            }
            case IO_LIMIT -> io(before.io(), after.io());
            case PIDS_LIMIT ->
                controls.pids(after.pids() == null ? OptionalLong.empty() : OptionalLong.of(after.pids()));
            case CPU_WEIGHT -> controls.cpuWeight(weight(after.cpuWeight()));
            case IO_WEIGHT -> controls.ioWeight(weight(after.ioWeight()));
            case CPUSET -> controls.cpus(Optional.ofNullable(after.cpuset()).map(Processors::list));
        }
    }

    private void memory(Limits after) {
        Size memory = after.memory();
        controls.memory(memory == null ? OptionalLong.empty() : OptionalLong.of(memory.bytes()), after.swapBytes());
    }

    private void io(@Nullable IoLimit before, @Nullable IoLimit after) {
        Optional<DeviceNumber> former = before == null ? Optional.empty() : disk(before);
        if (after == null) {
            (before == null ? Disks.beneath(pool) : former).ifPresent(d -> controls.io(d, IoMaximum.NONE));
            return;
        }
        DeviceNumber device = disk(after)
                .orElseThrow(() -> new BerthException(
                        ErrorCode.INVALID,
                        after.named()
                                .map(d -> "there is no disk '%s'".formatted(d))
                                .orElse("the pool in %s is on no disk of its own".formatted(pool)),
                        "name the disk, for instance '%s on /dev/sda'".formatted(after)));
        former.filter(d -> !d.equals(device)).ifPresent(d -> controls.io(d, IoMaximum.NONE));
        controls.io(device, after.maximum());
    }

    private Optional<DeviceNumber> disk(IoLimit limit) {
        return limit.named().map(d -> Disks.named(Path.of(d))).orElseGet(() -> Disks.beneath(pool));
    }

    private void put(CgroupParameter parameter, List<String> values) {
        Version version = controls.version(parameter.subsystem())
                .orElseThrow(() -> new BerthException(
                        ErrorCode.UNSUPPORTED,
                        "this host has no %s controller: %s".formatted(parameter.subsystem(), parameter.name())));
        if (parameter.isOf(version)) {
            values.forEach(value -> controls.write(parameter.subsystem(), parameter.name(), value));
        }
    }

    private void attempt(String word, Optional<String> value, Runnable work) {
        try {
            work.run();
        } catch (MissingControlException e) {
            value.ifPresent(_ -> unmet.add("this kernel has no %s: %s is kept, and holds on a kernel that has it"
                    .formatted(e.control(), word)));
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT) && !cgroup.exists()) {
                // It ended meanwhile; its next start has the limit.
                return;
            }
            throw new BerthException(
                    e.is(Errno.EBUSY) ? ErrorCode.IN_USE : ErrorCode.INVALID,
                    "%s %s cannot be had: the kernel says '%s'".formatted(word, value.orElse("unset"), e.reason()),
                    e.is(Errno.EBUSY) ? "what is in use does not go below that" : null,
                    e);
        }
    }

    private static OptionalInt weight(@Nullable Integer weight) {
        return weight == null ? OptionalInt.empty() : OptionalInt.of(weight);
    }
}
