package berth.engine.image;

import java.util.Arrays;

/**
 * Decompresses a block of LZO1X. Every instruction copies bytes that came before, or takes some from the input, and may be followed
 * by up to three more from the input. Source: Linux Documentation/staging/lzo.rst.
 */
final class LzoBlock {
    /** The last instruction was followed by four bytes of the input or more. */
    private static final int MANY = 4;

    private static final int FIRST_LITERALS = 17;
    private static final int FAR = 16384;

    private final byte[] in;
    private final byte[] out;
    private int at;
    private int length;
    /** How many bytes of the input followed the last instruction. */
    private int state;

    private LzoBlock(byte[] in, int most) {
        this.in = in;
        this.out = new byte[most];
    }

    /** What {@code block} holds, {@code most} bytes at most. @throws CorruptArchiveException if it is corrupt or holds more */
    static byte[] decompress(byte[] block, int most) throws CorruptArchiveException {
        LzoBlock decoder = new LzoBlock(block, most);
        decoder.run();
        return Arrays.copyOf(decoder.out, decoder.length);
    }

    private void run() throws CorruptArchiveException {
        if (in.length > 0 && (in[0] & 0xff) > FIRST_LITERALS) {
            int count = next() - FIRST_LITERALS;
            literals(count);
            state = Math.min(count, MANY);
        }
        boolean more = true;
        while (more) {
            more = instruction(next());
        }
    }

    /** Whether others follow. */
    private boolean instruction(int code) throws CorruptArchiveException {
        if (code >= 64) {
            int count = code >= 128 ? 5 + ((code >> 5) & 3) : 3 + ((code >> 5) & 1);
            match((next() << 3) + ((code >> 2) & 7) + 1, count, code & 3);
        } else if (code >= 32) {
            int count = 2 + length(code & 31, 31);
            int word = word();
            match((word >> 2) + 1, count, word & 3);
        } else if (code >= 16) {
            int count = 2 + length(code & 7, 7);
            int word = word();
            int distance = FAR + ((code & 8) << 11) + (word >> 2);
            if (distance == FAR) {
                return false;
            }
            match(distance, count, word & 3);
        } else if (state == 0) {
            literals(3 + length(code, 15));
            state = MANY;
        } else if (state == MANY) {
            match((next() << 2) + (code >> 2) + 2049, 3, code & 3);
        } else {
            match((next() << 2) + (code >> 2) + 1, 2, code & 3);
        }
        return true;
    }

    /** {@code bits}, or, if those are none, a number that follows and is larger than what they could say. */
    private int length(int bits, int largest) throws CorruptArchiveException {
        if (bits != 0) {
            return bits;
        }
        int sum = largest;
        int part = next();
        while (part == 0) {
            sum += 255;
            if (sum > out.length) {
                throw corrupt();
            }
            part = next();
        }
        return sum + part;
    }

    private void match(int distance, int count, int following) throws CorruptArchiveException {
        if (distance > length || count > out.length - length) {
            throw corrupt();
        }
        // It may reach into what it writes itself.
        for (int i = 0; i < count; i++) {
            out[length] = out[length - distance];
            length++;
        }
        literals(following);
        state = following;
    }

    private void literals(int count) throws CorruptArchiveException {
        if (count > in.length - at || count > out.length - length) {
            throw corrupt();
        }
        System.arraycopy(in, at, out, length, count);
        at += count;
        length += count;
    }

    private int word() throws CorruptArchiveException {
        int low = next();
        return low | (next() << 8);
    }

    private int next() throws CorruptArchiveException {
        if (at == in.length) {
            throw corrupt();
        }
        return in[at++] & 0xff;
    }

    private static CorruptArchiveException corrupt() {
        return new CorruptArchiveException("a block cannot be decompressed by LZO");
    }
}
