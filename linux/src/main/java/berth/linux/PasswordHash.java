package berth.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;

/** Hashes of passwords as they stand in shadow(5). Source: crypt(3), crypt(5). */
public final class PasswordHash {
    /** SHA-512, which the C libraries and busyboxes of all guests know. */
    private static final String METHOD = "$6$";

    private static final String SALT_LETTERS = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int SALT_LENGTH = 16;
    private static final long LONGEST = 256;
    private static final int WORK_SPACE = 32768;

    private PasswordHash() {}

    /**
     * The hash of {@code password} with a new salt.
     *
     * @throws KernelException ENOSYS if the host has no libcrypt, EINVAL if it refuses the password
     */
    public static String of(String password, RandomGenerator random) {
        StringBuilder setting = new StringBuilder(METHOD);
        random.ints(SALT_LENGTH, 0, SALT_LETTERS.length()).forEach(i -> setting.append(SALT_LETTERS.charAt(i)));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocate(WORK_SPACE, Long.BYTES);
            MemorySegment hash = (MemorySegment) crypt(arena)
                    .invokeExact(
                            Libc.cString(arena, password),
                            Libc.cString(arena, setting.append('$').toString()),
                            data);
            if (hash.address() == 0) {
                throw new KernelException("crypt", "", Errno.EINVAL.number());
            }
            return text(hash);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(MemorySegment hash) {
        return hash.reinterpret(LONGEST).getString(0, StandardCharsets.US_ASCII);
    }

    /** Bound at each call: passwords are rarely set, and a host without the library must still start. */
    private static MethodHandle crypt(Arena arena) {
        try {
            return Linker.nativeLinker()
                    .downcallHandle(
                            SymbolLookup.libraryLookup("libcrypt.so.1", arena).findOrThrow("crypt_r"),
                            FunctionDescriptor.of(Libc.POINTER, Libc.POINTER, Libc.POINTER, Libc.POINTER));
        } catch (IllegalArgumentException e) {
            throw new KernelException("crypt", "libcrypt.so.1", Errno.ENOSYS.number());
        }
    }
}
