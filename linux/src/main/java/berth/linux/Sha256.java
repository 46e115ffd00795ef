package berth.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/**
 * SHA-256 for whole images, computed by the host's libcrypto, which uses the processor's instructions for it. The JDK does so only
 * in code of its second compiler, which the daemon runs without, and is some twenty times slower else. Sources: FIPS 180-4,
 * EVP_DigestInit(3ssl).
 */
public final class Sha256 extends MessageDigest {
    private static final String NAME = "SHA-256";
    private static final int LENGTH = 32;
    /** At most so much is hashed while no garbage can be collected: some 50 µs. */
    private static final int STRETCH = 1 << 16;

    private static final Optional<Library> LIBRARY = Library.find();

    private final Library library;
    private final MemorySegment context;
    private final byte[] single = new byte[1];

    private Sha256(Library library) {
        super(NAME);
        this.library = library;
        this.context = library.newContext();
        engineReset();
    }

    /** A digest of nothing yet; after each result it begins anew. On a host without libcrypto it is the JDK's. */
    public static MessageDigest create() {
        return LIBRARY.<MessageDigest>map(Sha256::new).orElseGet(Sha256::ofJdk);
    }

    /** The JDK's own. */
    static MessageDigest ofJdk() {
        try {
            return MessageDigest.getInstance(NAME);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    protected int engineGetDigestLength() {
        return LENGTH;
    }

    @Override
    protected void engineUpdate(byte input) {
        single[0] = input;
        engineUpdate(single, 0, 1);
    }

    @Override
    protected void engineUpdate(byte[] input, int offset, int length) {
        add(MemorySegment.ofArray(input).asSlice(offset, length));
    }

    @Override
    protected void engineUpdate(ByteBuffer input) {
        add(MemorySegment.ofBuffer(input));
        input.position(input.limit());
    }

    @Override
    protected byte[] engineDigest() {
        byte[] result = new byte[LENGTH];
        library.finish(context, MemorySegment.ofArray(result));
        engineReset();
        return result;
    }

    @Override
    protected void engineReset() {
        library.begin(context);
    }

    private void add(MemorySegment bytes) {
        for (long at = 0; at < bytes.byteSize(); at += STRETCH) {
            library.update(context, bytes.asSlice(at, Math.min(STRETCH, bytes.byteSize() - at)));
        }
    }

    /** What of libcrypto is called; a result other than 1 is a failure. */
    private record Library(
            MethodHandle create,
            MemorySegment destroy,
            MemorySegment algorithm,
            MethodHandle init,
            MethodHandle add,
            MethodHandle end) {
        private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

        static Optional<Library> find() {
            try {
                SymbolLookup symbols = SymbolLookup.libraryLookup("libcrypto.so.3", Arena.global());
                MethodHandle sha256 = bind(symbols, "EVP_sha256", FunctionDescriptor.of(Libc.POINTER));
                return Optional.of(new Library(
                        bind(symbols, "EVP_MD_CTX_new", FunctionDescriptor.of(Libc.POINTER)),
                        symbols.findOrThrow("EVP_MD_CTX_free"),
                        (MemorySegment) sha256.invokeExact(),
                        bind(symbols, "EVP_DigestInit_ex", of(Libc.POINTER, Libc.POINTER, Libc.POINTER)),
                        bind(symbols, "EVP_DigestUpdate", of(Libc.POINTER, Libc.POINTER, ValueLayout.JAVA_LONG)),
                        bind(symbols, "EVP_DigestFinal_ex", of(Libc.POINTER, Libc.POINTER, Libc.POINTER))));
            } catch (RuntimeException e) {
                return Optional.empty();
            } catch (Throwable e) {
                throw unexpected(e);
            }
        }

        private static FunctionDescriptor of(MemoryLayout... arguments) {
            return FunctionDescriptor.of(INT, arguments);
        }

        /** Arrays are handed over as they lie in the heap. */
        private static MethodHandle bind(SymbolLookup symbols, String name, FunctionDescriptor type) {
            return Linker.nativeLinker().downcallHandle(symbols.findOrThrow(name), type, Linker.Option.critical(true));
        }

        /** A context that ends with the last reference to it. */
        MemorySegment newContext() {
            try {
                MethodHandle free =
                        Linker.nativeLinker().downcallHandle(destroy, FunctionDescriptor.ofVoid(Libc.POINTER));
                return ((MemorySegment) create.invokeExact()).reinterpret(Arena.ofAuto(), at -> release(free, at));
            } catch (Throwable e) {
                throw unexpected(e);
            }
        }

        private static void release(MethodHandle free, MemorySegment context) {
            try {
                free.invokeExact(context);
            } catch (Throwable e) {
                throw unexpected(e);
            }
        }

        void begin(MemorySegment context) {
            try {
                check((int) init.invokeExact(context, algorithm, MemorySegment.NULL), "EVP_DigestInit_ex");
            } catch (Throwable e) {
                throw unexpected(e);
            }
        }

        void update(MemorySegment context, MemorySegment bytes) {
            try {
                check((int) add.invokeExact(context, bytes, bytes.byteSize()), "EVP_DigestUpdate");
            } catch (Throwable e) {
                throw unexpected(e);
            }
        }

        void finish(MemorySegment context, MemorySegment result) {
            try {
                check((int) end.invokeExact(context, result, MemorySegment.NULL), "EVP_DigestFinal_ex");
            } catch (Throwable e) {
                throw unexpected(e);
            }
        }

        private static void check(int result, String call) {
            if (result != 1) {
                throw new IllegalStateException(call + " failed");
            }
        }

        private static RuntimeException unexpected(Throwable e) {
            if (e instanceof Error error) {
                throw error;
            }
            return e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
        }
    }
}
