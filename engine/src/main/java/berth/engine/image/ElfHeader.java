package berth.engine.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * What the start of a program says about it. Source: elf(5).
 *
 * @param architecture of the machine it runs on, in Debian's words or as {@code elf-NUMBER}
 * @param isStatic whether it needs no dynamic linker
 */
record ElfHeader(String architecture, boolean isStatic) {
    /** How many bytes of a file {@link #of} wants to see. */
    static final int LENGTH = 4096;

    private static final int PT_INTERP = 3;

    /** Reads the start of a file; empty if it is no ELF program. */
    static Optional<ElfHeader> of(byte[] start) {
        if (start.length < 64 || start[0] != 0x7f || start[1] != 'E' || start[2] != 'L' || start[3] != 'F') {
            return Optional.empty();
        }
        boolean wide = start[4] == 2;
        ByteBuffer header =
                ByteBuffer.wrap(start).order(start[5] == 2 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        long table = wide ? header.getLong(32) : Integer.toUnsignedLong(header.getInt(28));
        int size = Short.toUnsignedInt(header.getShort(wide ? 54 : 42));
        int count = Short.toUnsignedInt(header.getShort(wide ? 56 : 44));
        boolean isStatic = true;
        for (long i = 0; i < count; i++) {
            long at = table + i * size;
            isStatic &= at < 0 || at > start.length - 4 || header.getInt((int) at) != PT_INTERP;
        }
        return Optional.of(new ElfHeader(architecture(Short.toUnsignedInt(header.getShort(18)), wide), isStatic));
    }

    private static String architecture(int machine, boolean wide) {
        return switch (machine) {
            case 3 -> "i386";
            case 8 -> "mips";
            case 21 -> "ppc64el";
            case 22 -> "s390x";
            case 40 -> "armhf";
            case 62 -> wide ? "amd64" : "x32";
            case 183 -> "arm64";
            case 243 -> wide ? "riscv64" : "riscv32";
            case 258 -> "loong64";
            default -> "elf-" + machine;
        };
    }
}
