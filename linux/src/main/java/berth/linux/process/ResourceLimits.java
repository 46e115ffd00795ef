package berth.linux.process;

import berth.linux.Errno;
import berth.linux.Libc;
import berth.linux.sysctl.Sysctls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/** The resource limits of processes. Source: prlimit(2), proc(5). */
public final class ResourceLimits {
    private static final long SYS_SETREUID = 113;
    private static final long SYS_SETREGID = 114;
    private static final long SYS_PRLIMIT64 = 302;
    private static final long UNCHANGED = -1;
    private static final long INFINITY = -1;
    private static final int LIMITS_BEGIN_AT = 26;
    private static final int CAP_SYS_RESOURCE = 24;

    private ResourceLimits() {}

    /** What {@code pid} may have of {@code resource}; empty if it is gone. */
    public static Optional<ResourceLimit> of(int pid, Resource resource) {
        return lines(Path.of("/proc/" + pid + "/limits")).map(lines -> {
            String[] values = lines.get(1 + resource.number())
                    .substring(LIMITS_BEGIN_AT)
                    .strip()
                    .split("\\s+");
            return new ResourceLimit(number(values[0]), number(values[1]));
        });
    }

    /** What of {@code wanted} a child of this process can be given: only CAP_SYS_RESOURCE lets a hard limit rise. */
    public static ResourceLimit attainable(Resource resource, ResourceLimit wanted) {
        long most = mayRaise() ? ResourceLimit.UNLIMITED : own(resource).hard();
        return wanted.within(resource == Resource.NOFILE ? Math.min(most, mostFiles()) : most);
    }

    /** What this process may have of {@code resource}. */
    public static ResourceLimit own(Resource resource) {
        return of((int) ProcessHandle.current().pid(), resource).orElseThrow();
    }

    /** As many files as the kernel lets any process have open. */
    public static long mostFiles() {
        return Sysctls.read("fs/nr_open").map(Long::parseLong).orElse(ResourceLimit.UNLIMITED);
    }

    /**
     * Gives each of {@code pids} the limit that {@code change} makes of the one it has, as far as the kernel permits: what it
     * refuses to raise stays. Those that are gone meanwhile, or change their user at this moment, are left out.
     *
     * @return whether any limit was changed
     */
    public static boolean change(Collection<Integer> pids, Resource resource, UnaryOperator<ResourceLimit> change) {
        return NamespaceThread.call(new EnumMap<>(NamespaceKind.class), () -> {
            boolean changed = false;
            for (int pid : pids) {
                changed |= changeOne(pid, resource, change);
            }
            return changed;
        });
    }

    private static boolean changeOne(int pid, Resource resource, UnaryOperator<ResourceLimit> change) {
        Optional<ResourceLimit> now = of(pid, resource);
        if (now.isEmpty()) {
            return false;
        }
        ResourceLimit wanted = change.apply(now.get());
        ResourceLimit possible = wanted.within(now.get().hard());
        become(pid);
        return (!wanted.equals(now.get()) && set(pid, resource, wanted))
                || (!possible.equals(now.get()) && set(pid, resource, possible));
    }

    /**
     * Where this process lacks CAP_SYS_RESOURCE, the kernel lets it act for a process that has its real ids. These are the calling
     * thread's alone; its effective ones, which carry its capabilities, stay root's.
     */
    private static void become(int pid) {
        OptionalInt uid = Processes.uid(pid);
        OptionalInt gid = Processes.gid(pid);
        if (uid.isPresent() && gid.isPresent()) {
            Libc.check(Libc.syscall(SYS_SETREGID, gid.getAsInt(), UNCHANGED), "setregid", "process " + pid);
            Libc.check(Libc.syscall(SYS_SETREUID, uid.getAsInt(), UNCHANGED), "setreuid", "process " + pid);
        }
    }

    private static boolean set(int pid, Resource resource, ResourceLimit limit) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(ValueLayout.JAVA_LONG, 2);
            value.setAtIndex(ValueLayout.JAVA_LONG, 0, kernel(limit.soft()));
            value.setAtIndex(ValueLayout.JAVA_LONG, 1, kernel(limit.hard()));
            long result = Libc.syscall(SYS_PRLIMIT64, pid, resource.number(), value.address(), 0);
            if (result == -Errno.EPERM.number() || result == -Errno.ESRCH.number()) {
                return false;
            }
            Libc.check(result, "prlimit", "%s of process %d".formatted(resource.word(), pid));
            return true;
        }
    }

    private static boolean mayRaise() {
        return lines(Path.of("/proc/self/status")).orElseThrow().stream()
                .filter(l -> l.startsWith("CapEff:"))
                .map(l -> Long.parseUnsignedLong(l.substring("CapEff:".length()).strip(), 16))
                .anyMatch(c -> (c >>> CAP_SYS_RESOURCE & 1) == 1);
    }

    private static long kernel(long value) {
        return value == ResourceLimit.UNLIMITED ? INFINITY : value;
    }

    private static long number(String text) {
        return text.equals("unlimited") ? ResourceLimit.UNLIMITED : Long.parseLong(text);
    }

    private static Optional<List<String>> lines(Path file) {
        return Processes.read(file).map(text -> text.lines().toList());
    }
}
