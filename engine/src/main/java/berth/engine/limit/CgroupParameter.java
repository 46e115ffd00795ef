package berth.engine.limit;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.cgroup.Hierarchy.Version;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A control of the kernel's by its own name.
 *
 * @param version which of the kernel's interfaces it is of; it has no effect on a host that has the other one
 * @param subsystem the controller, for instance {@code memory}
 * @param name the file, for instance {@code memory.high}
 * @param value what is written to it, one after the other
 */
public record CgroupParameter(int version, String subsystem, String name, List<String> value) {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*(\\.[a-zA-Z0-9_]+)+");
    private static final Set<String> NOT_PARAMETERS = Set.of("cgroup", "devices", "freezer");
    private static final int LONGEST = 4096;

    /** What lifts those that are limits. Source: cgroup-v2.rst, cgroup-v1/memory.rst, sched-bwc.rst. */
    private static final Map<String, String> DEFAULTS = Map.ofEntries(
            Map.entry("cpu.cfs_quota_us", "-1"),
            Map.entry("memory.limit_in_bytes", "-1"),
            Map.entry("memory.memsw.limit_in_bytes", "-1"),
            Map.entry("memory.soft_limit_in_bytes", "-1"),
            Map.entry("cpu.max", "max"),
            Map.entry("memory.high", "max"),
            Map.entry("memory.max", "max"),
            Map.entry("memory.swap.max", "max"),
            Map.entry("memory.swap.high", "max"),
            Map.entry("memory.zswap.max", "max"),
            Map.entry("memory.min", "0"),
            Map.entry("memory.low", "0"),
            Map.entry("pids.max", "max"),
            Map.entry("cpu.weight", "100"),
            Map.entry("cpu.weight.nice", "0"),
            Map.entry("cpu.shares", "1024"),
            Map.entry("cpu.idle", "0"),
            Map.entry("io.weight", "default 100"));

    public CgroupParameter {
        value = List.copyOf(value);
        if (version != 1 && version != 2) {
            throw invalid("cgroup version %d does not exist".formatted(version), "give 1 or 2");
        }
        requireName(name);
        if (NOT_PARAMETERS.contains(subsystem)) {
            throw invalid(
                    "'%s' is no parameter to set".formatted(name),
                    "processes, devices and freezing have commands of their own");
        }
        if (!subsystemOf(name).equals(subsystem)) {
            throw invalid("'%s' is no parameter of '%s'".formatted(name, subsystem), "leave the subsystem out");
        }
        if (value.isEmpty()) {
            throw invalid("cgroup parameter '%s' needs a value".formatted(name), "give one or more");
        }
        value.stream()
                .filter(v -> v.isEmpty() || v.length() > LONGEST || v.chars().anyMatch(c -> c < ' '))
                .findFirst()
                .ifPresent(v -> {
                    throw invalid("a value of '%s' is empty or no line of text".formatted(name), "give one line");
                });
    }

    /** The controller of the parameter {@code name}: what stands before its first dot. @throws BerthException INVALID for no such name */
    public static String subsystemOf(String name) {
        requireName(name);
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }

    /** Whether a host whose controller is in {@code interfaces} has it. */
    public boolean isOf(Version interfaces) {
        return version == (interfaces == Version.V1 ? 1 : 2);
    }

    /** Whether it is the same control as {@code other}, with whatever value. */
    public boolean isSame(CgroupParameter other) {
        return version == other.version && Objects.equals(name, other.name);
    }

    /** What lifts it; empty where that is not known. */
    public Optional<String> lifted() {
        return Optional.ofNullable(DEFAULTS.get(name));
    }

    private static void requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw invalid("'%s' is not the name of a cgroup parameter".formatted(name), "write it like memory.high");
        }
    }

    private static BerthException invalid(String message, String hint) {
        return new BerthException(ErrorCode.INVALID, message, hint);
    }
}
