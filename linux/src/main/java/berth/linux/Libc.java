package berth.linux;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;

/**
 * The door to the kernel: {@code syscall(2)} and the way to bind a function of the C library, both with errno kept.
 *
 * <p>Every caller in this module wraps one call in one method that names it in its errors. Call numbers are those of x86_64;
 * numbers from 424 up are the same on every architecture. A negative result is {@code -errno}.
 */
public final class Libc {
    public static final long SYS_READ = 0;
    public static final long SYS_WRITE = 1;
    public static final long SYS_CLOSE = 3;
    public static final long SYS_IOCTL = 16;
    public static final long SYS_FCNTL = 72;

    public static final long F_DUPFD_CLOEXEC = 1030;

    /** A pointer to bytes of any length. */
    public static final AddressLayout POINTER = ValueLayout.ADDRESS;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CAPTURE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle SYSCALL = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("syscall"),
            FunctionDescriptor.of(
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG),
            Linker.Option.captureCallState("errno"),
            Linker.Option.firstVariadicArg(1));

    private Libc() {}

    /** Calls the kernel: the result, or {@code -errno}. Missing arguments are 0. Never retried on EINTR. */
    public static long syscall(long number, long... args) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CAPTURE);
            long result = (long) SYSCALL.invokeExact(
                    state, number, at(args, 0), at(args, 1), at(args, 2), at(args, 3), at(args, 4), at(args, 5));
            return result == -1 ? -(int) ERRNO.get(state, 0L) : result;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@code result} if it is not negative. @throws KernelException with {@code -result} as the error number otherwise */
    public static int check(long result, String call, String about) {
        if (result < 0) {
            throw new KernelException(call, about, (int) -result);
        }
        return (int) result;
    }

    /** As {@link #syscall}, again and again while a signal interrupts it (EINTR). Not for calls with a timeout. */
    public static long syscallRetried(long number, long... args) {
        long result;
        do {
            result = syscall(number, args);
        } while (result == -Errno.EINTR.number());
        return result;
    }

    /** {@code text} as a C string: its UTF-8 bytes and a NUL. @throws IllegalArgumentException if it holds a NUL */
    public static MemorySegment cString(Arena arena, String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("text holds a NUL byte");
        }
        return arena.allocateFrom(text, StandardCharsets.UTF_8);
    }

    /** A handle of the C library's function {@code name}; it must not need errno. */
    public static MethodHandle function(String name, FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor);
    }

    private static long at(long[] args, int i) {
        return i < args.length ? args[i] : 0L;
    }
}
