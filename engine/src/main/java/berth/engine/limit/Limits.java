package berth.engine.limit;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a group or a container may use, as its administrator wants it. What is null is not limited by it.
 *
 * @param cpu processor time at any moment
 * @param memory in all
 * @param swap what may be swapped out beside that; nothing if only {@code memory} is given
 * @param io reads and writes in a second
 * @param pids how many tasks
 * @param cpuWeight its share of processors that are short, 1 to 10 000
 * @param ioWeight its share of a disk that is busy, 1 to 10 000
 * @param cpuset the processors that it runs on
 * @param cgparams controls by the kernel's own names
 */
public record Limits(
        @Nullable CpuTime cpu,
        @Nullable Size memory,
        @Nullable Size swap,
        @Nullable IoLimit io,
        @Nullable Long pids,
        @Nullable Integer cpuWeight,
        @Nullable Integer ioWeight,
        @Nullable Processors cpuset,
        @Nullable List<CgroupParameter> cgparams) {
    /** Nothing is limited. */
    public static final Limits NONE = new Limits(null, null, null, null, null, null, null, null, null);

    private static final long LEAST_MEMORY = 4L << 20;
    private static final long LEAST_PIDS = 8;
    private static final int MOST_WEIGHT = 10_000;

    public Limits {
        cgparams = cgparams == null ? List.of() : List.copyOf(cgparams);
        if (memory != null && memory.bytes() < LEAST_MEMORY) {
            throw invalid(
                    "a memory-limit of %s is too low for any init".formatted(memory),
                    "give 4M or more; 'unset memory-limit' lifts it");
        }
        if (pids != null && pids < LEAST_PIDS) {
            throw invalid(
                    "a pids-limit of %d is too low for any init".formatted(pids),
                    "give %d or more; 'unset pids-limit' lifts it".formatted(LEAST_PIDS));
        }
        requireWeight("cpu-weight", cpuWeight);
        requireWeight("io-weight", ioWeight);
    }

    /** The parameters; never null. */
    @Override
    public List<CgroupParameter> cgparams() {
        return cgparams == null ? List.of() : cgparams;
    }

    /** How much may be swapped out, in bytes; empty if that is not limited. */
    public OptionalLong swapBytes() {
        if (swap != null) {
            return OptionalLong.of(swap.bytes());
        }
        return memory == null ? OptionalLong.empty() : OptionalLong.of(0);
    }

    public Limits withCpu(@Nullable CpuTime value) {
        return new Limits(value, memory, swap, io, pids, cpuWeight, ioWeight, cpuset, cgparams);
    }

    public Limits withMemory(@Nullable Size value) {
        return new Limits(cpu, value, swap, io, pids, cpuWeight, ioWeight, cpuset, cgparams);
    }

    public Limits withSwap(@Nullable Size value) {
        return new Limits(cpu, memory, value, io, pids, cpuWeight, ioWeight, cpuset, cgparams);
    }

    public Limits withIo(@Nullable IoLimit value) {
        return new Limits(cpu, memory, swap, value, pids, cpuWeight, ioWeight, cpuset, cgparams);
    }

    public Limits withPids(@Nullable Long value) {
        return new Limits(cpu, memory, swap, io, value, cpuWeight, ioWeight, cpuset, cgparams);
    }

    public Limits withCpuWeight(@Nullable Integer value) {
        return new Limits(cpu, memory, swap, io, pids, value, ioWeight, cpuset, cgparams);
    }

    public Limits withIoWeight(@Nullable Integer value) {
        return new Limits(cpu, memory, swap, io, pids, cpuWeight, value, cpuset, cgparams);
    }

    public Limits withCpuset(@Nullable Processors value) {
        return new Limits(cpu, memory, swap, io, pids, cpuWeight, ioWeight, value, cgparams);
    }

    public Limits withCgparams(List<CgroupParameter> value) {
        return new Limits(cpu, memory, swap, io, pids, cpuWeight, ioWeight, cpuset, value);
    }

    /** With {@code parameter} in place of the same with another value. */
    public Limits with(CgroupParameter parameter) {
        List<CgroupParameter> all = new ArrayList<>(without(parameter).cgparams());
        all.add(parameter);
        return withCgparams(all);
    }

    /** Without {@code parameter}, whatever its value. */
    public Limits without(CgroupParameter parameter) {
        return withCgparams(
                cgparams().stream().filter(p -> !p.isSame(parameter)).toList());
    }

    private static void requireWeight(String word, @Nullable Integer weight) {
        if (weight != null && (weight < 1 || weight > MOST_WEIGHT)) {
            throw invalid(
                    "%s %d is out of range".formatted(word, weight),
                    "give 1 to %d; 100 is what others have".formatted(MOST_WEIGHT));
        }
    }

    private static BerthException invalid(String message, String hint) {
        return new BerthException(ErrorCode.INVALID, message, hint);
    }
}
