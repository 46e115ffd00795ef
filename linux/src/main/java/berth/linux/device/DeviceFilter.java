package berth.linux.device;

import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A list of rules that the kernel keeps by a program; it can be in force for many cgroups. Closing it takes it from none of them.
 * Source: bpf(2), BPF_PROG_TYPE_CGROUP_DEVICE.
 */
public final class DeviceFilter implements AutoCloseable {
    private static final long SYS_BPF = 321;
    private static final long PROG_LOAD = 5;
    private static final long PROG_ATTACH = 8;
    private static final long PROG_GET_FD_BY_ID = 13;
    private static final long PROG_QUERY = 16;
    private static final int TYPE_CGROUP_DEVICE = 15;
    private static final int ATTACH_CGROUP_DEVICE = 6;
    private static final int ALLOW_MULTI = 2;
    private static final int REPLACE = 4;

    private static final int ATTRIBUTES = 128;
    private static final int NAME_OFFSET = 48;
    private static final int MOST_PROGRAMS = 64;
    private static final String LICENSE = "Apache-2.0";
    private static final String NAME = "berth_devices";

    private final Fd program;

    private DeviceFilter(Fd program) {
        this.program = program;
    }

    /** Hands the kernel {@code rules}: what none of them allows is forbidden. @throws KernelException EPERM, ENOSYS without bpf(2) */
    public static DeviceFilter load(List<DeviceRule> rules) {
        byte[] code = Instructions.of(rules);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment instructions = arena.allocate(code.length, Long.BYTES);
            MemorySegment.copy(code, 0, instructions, ValueLayout.JAVA_BYTE, 0, code.length);
            MemorySegment attributes = arena.allocate(ATTRIBUTES, Long.BYTES);
            attributes.set(ValueLayout.JAVA_INT, 0, TYPE_CGROUP_DEVICE);
            attributes.set(ValueLayout.JAVA_INT, 4, code.length / Instructions.SIZE);
            attributes.set(ValueLayout.JAVA_LONG, 8, instructions.address());
            attributes.set(
                    ValueLayout.JAVA_LONG, 16, Libc.cString(arena, LICENSE).address());
            attributes.setString(NAME_OFFSET, NAME);
            return new DeviceFilter(Fd.own(bpf(PROG_LOAD, attributes, "device rules")));
        }
    }

    /**
     * Puts it in force for the cgroup2 directory {@code cgroup} and all cgroups in it, in place of the one that was, with no moment
     * between them. What cgroups above forbid stays forbidden.
     */
    public void enforce(Path cgroup) {
        try (Fd directory = Fd.openForReading(cgroup)) {
            List<Integer> former = attached(directory);
            if (former.isEmpty()) {
                attach(directory, ALLOW_MULTI, 0);
                return;
            }
            try (Fd old = byId(former.getFirst())) {
                attach(directory, ALLOW_MULTI | REPLACE, old.number());
            } catch (KernelException e) {
                if (!e.is(Errno.EINVAL)) {
                    throw e;
                }
                // It is this very program that is in force there already.
            }
        }
    }

    /** Whether any program is in force for the cgroup2 directory {@code cgroup} itself. */
    public static boolean isEnforced(Path cgroup) {
        try (Fd directory = Fd.openForReading(cgroup)) {
            return !attached(directory).isEmpty();
        }
    }

    private static List<Integer> attached(Fd cgroup) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ids = arena.allocate(MOST_PROGRAMS * 4L, Integer.BYTES);
            MemorySegment attributes = arena.allocate(ATTRIBUTES, Long.BYTES);
            attributes.set(ValueLayout.JAVA_INT, 0, cgroup.number());
            attributes.set(ValueLayout.JAVA_INT, 4, ATTACH_CGROUP_DEVICE);
            attributes.set(ValueLayout.JAVA_LONG, 16, ids.address());
            attributes.set(ValueLayout.JAVA_INT, 24, MOST_PROGRAMS);
            bpf(PROG_QUERY, attributes, "device programs");
            List<Integer> found = new ArrayList<>();
            for (int i = 0; i < attributes.get(ValueLayout.JAVA_INT, 24); i++) {
                found.add(ids.getAtIndex(ValueLayout.JAVA_INT, i));
            }
            return found;
        }
    }

    private static Fd byId(int id) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(ATTRIBUTES, Long.BYTES);
            attributes.set(ValueLayout.JAVA_INT, 0, id);
            return Fd.own(bpf(PROG_GET_FD_BY_ID, attributes, "device program " + id));
        }
    }

    private void attach(Fd cgroup, int flags, int replaced) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(ATTRIBUTES, Long.BYTES);
            attributes.set(ValueLayout.JAVA_INT, 0, cgroup.number());
            attributes.set(ValueLayout.JAVA_INT, 4, program.number());
            attributes.set(ValueLayout.JAVA_INT, 8, ATTACH_CGROUP_DEVICE);
            attributes.set(ValueLayout.JAVA_INT, 12, flags);
            attributes.set(ValueLayout.JAVA_INT, 16, replaced);
            bpf(PROG_ATTACH, attributes, "device rules");
        }
    }

    private static int bpf(long command, MemorySegment attributes, String about) {
        return Libc.check(Libc.syscall(SYS_BPF, command, attributes.address(), ATTRIBUTES), "bpf", about);
    }

    @Override
    public void close() {
        program.close();
    }
}
