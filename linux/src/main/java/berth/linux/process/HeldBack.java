package berth.linux.process;

import berth.linux.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;

/**
 * Work without the right to pass over limits: without CAP_SYS_RESOURCE, with which quotas and the blocks that a file system keeps
 * back for root bind nobody. Source: capabilities(7), capset(2), linux/capability.h.
 */
public final class HeldBack {
    private static final long SYS_CAPGET = 125;
    private static final long SYS_CAPSET = 126;
    private static final int VERSION_3 = 0x20080522;
    private static final int SYS_RESOURCE = 1 << 24;
    private static final int HEADER_SIZE = 8;
    private static final int DATA_SIZE = 24;

    private HeldBack() {}

    /** Does {@code work} on a thread of its own, which has not that right. */
    public static <T> T call(NamespaceThread.Work<T> work) {
        return NamespaceThread.call(Map.of(), () -> {
            renounce();
            return work.run();
        });
    }

    /** The effective rights of the first 32 are the first word of the data. */
    private static void renounce() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment header = arena.allocate(HEADER_SIZE, Integer.BYTES);
            header.set(ValueLayout.JAVA_INT, 0, VERSION_3);
            MemorySegment data = arena.allocate(DATA_SIZE, Integer.BYTES);
            Libc.check(Libc.syscall(SYS_CAPGET, header.address(), data.address()), "capget", "");
            data.set(ValueLayout.JAVA_INT, 0, data.get(ValueLayout.JAVA_INT, 0) & ~SYS_RESOURCE);
            Libc.check(Libc.syscall(SYS_CAPSET, header.address(), data.address()), "capset", "");
        }
    }
}
