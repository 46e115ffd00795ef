package berth.linux.process;

import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.Libc;
import berth.linux.sysctl.Sysctls;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The kernel's settings of the namespaces of another process, by their paths under {@code /proc/sys}. Source: proc_sys(5). */
public final class GuestSysctls {
    private static final long SYS_SETRESUID = 117;
    private static final long UNCHANGED = -1;

    private GuestSysctls() {}

    /** What {@link Sysctls#read} gives in the network, IPC and UTS namespaces of process {@code pid}. */
    public static Optional<String> read(int pid, String setting) {
        return inside(pid, () -> Sysctls.read(setting));
    }

    /**
     * As {@link Sysctls#write}, in the network, IPC and UTS namespaces of process {@code pid}.
     *
     * @param root the root of the user namespace that they belong to, as the host numbers it: some settings obey only it
     */
    public static void write(int pid, int root, String setting, String value) {
        inside(pid, () -> {
            try {
                Sysctls.write(setting, value);
            } catch (KernelException e) {
                if (!e.is(Errno.EACCES) && !e.is(Errno.EPERM)) {
                    throw e;
                }
                Libc.check(Libc.syscall(SYS_SETRESUID, UNCHANGED, root, UNCHANGED), "setresuid", "the guest");
                Sysctls.write(setting, value);
            }
            return Boolean.TRUE;
        });
    }

    private static <T> T inside(int pid, NamespaceThread.Work<T> work) {
        Map<NamespaceKind, Fd> namespaces = new HashMap<>();
        try (Fd network = NamespaceKind.NETWORK.of(pid);
                Fd ipc = NamespaceKind.IPC.of(pid);
                Fd uts = NamespaceKind.UTS.of(pid)) {
            namespaces.put(NamespaceKind.NETWORK, network);
            namespaces.put(NamespaceKind.IPC, ipc);
            namespaces.put(NamespaceKind.UTS, uts);
            return NamespaceThread.call(namespaces, work);
        }
    }
}
