package berth.linux.process;

import berth.linux.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What the calling thread may do of what it is permitted, of the first 32 capabilities. Source: capget(2), capabilities(7). */
final class EffectiveCapabilities {
    static final int DAC_OVERRIDE = 1 << 1;
    static final int DAC_READ_SEARCH = 1 << 2;
    static final int SYS_RESOURCE = 1 << 24;

    private static final long SYS_CAPGET = 125;
    private static final long SYS_CAPSET = 126;
    private static final int VERSION_3 = 0x20080522;
    private static final int HEADER_SIZE = 8;
    private static final int DATA_SIZE = 24;
    private static final long PERMITTED = 4;

    private EffectiveCapabilities() {}

    /** Gives up {@code capabilities}. */
    static void drop(int capabilities) {
        change(data -> data.effective() & ~capabilities);
    }

    /** Takes those of {@code capabilities} up that are permitted. */
    static void raise(int capabilities) {
        change(data -> data.effective() | (capabilities & data.permitted()));
    }

    private record Data(int effective, int permitted) {}

    private interface Change {
        int of(Data data);
    }

    /** The words of the first 32 are the first of the data. */
    private static void change(Change change) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment header = arena.allocate(HEADER_SIZE, Integer.BYTES);
            header.set(ValueLayout.JAVA_INT, 0, VERSION_3);
            MemorySegment data = arena.allocate(DATA_SIZE, Integer.BYTES);
            Libc.check(Libc.syscall(SYS_CAPGET, header.address(), data.address()), "capget", "");
            Data found = new Data(data.get(ValueLayout.JAVA_INT, 0), data.get(ValueLayout.JAVA_INT, PERMITTED));
            data.set(ValueLayout.JAVA_INT, 0, change.of(found));
            Libc.check(Libc.syscall(SYS_CAPSET, header.address(), data.address()), "capset", "");
        }
    }
}
