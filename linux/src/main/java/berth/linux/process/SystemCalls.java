package berth.linux.process;

import berth.linux.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** The names of system calls, as libseccomp knows them, by which LXC reads filters. Source: seccomp_syscall_resolve_name(3). */
public final class SystemCalls {
    private static final int UNKNOWN = -1;

    private SystemCalls() {}

    /** Whether some architecture has a call {@code name}. On a host without the library every name passes. */
    public static boolean isKnown(String name) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) resolver(arena).invokeExact(Libc.cString(arena, name)) != UNKNOWN;
        } catch (IllegalArgumentException e) {
            return true;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Bound at each call, as filters are rarely read. @throws IllegalArgumentException if the library is not there */
    private static MethodHandle resolver(Arena arena) {
        return Linker.nativeLinker()
                .downcallHandle(
                        SymbolLookup.libraryLookup("libseccomp.so.2", arena)
                                .findOrThrow("seccomp_syscall_resolve_name"),
                        FunctionDescriptor.of(ValueLayout.JAVA_INT, Libc.POINTER));
    }
}
