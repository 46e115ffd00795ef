package berth.linux.process;

import berth.linux.Fd;
import berth.linux.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;

/** The host name of a UTS namespace. */
public final class Hostname {
    private static final long SYS_SETHOSTNAME = 170;

    private Hostname() {}

    /**
     * Makes {@code name} the host name in the UTS namespace of process {@code pid}. Source: sethostname(2).
     *
     * @throws berth.linux.KernelException EINVAL over 64 bytes; ENOENT, ESRCH if the process is gone
     */
    public static void set(int pid, String name) {
        try (Fd namespace = NamespaceKind.UTS.of(pid)) {
            NamespaceThread.call(Map.of(NamespaceKind.UTS, namespace), () -> {
                set(name);
                return name;
            });
        }
    }

    private static void set(String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = Libc.cString(arena, name);
            Libc.check(Libc.syscall(SYS_SETHOSTNAME, text.address(), text.byteSize() - 1), "sethostname", name);
        }
    }
}
