package berth.linux.process;

import berth.linux.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The host name of the calling thread's UTS namespace. */
public final class Hostname {
    private static final long SYS_SETHOSTNAME = 170;

    private Hostname() {}

    /** Makes {@code name} the host name. Source: sethostname(2). @throws berth.linux.KernelException EINVAL over 64 bytes */
    public static void set(String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = Libc.cString(arena, name);
            Libc.check(Libc.syscall(SYS_SETHOSTNAME, text.address(), text.byteSize() - 1), "sethostname", name);
        }
    }
}
