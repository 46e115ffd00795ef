package berth.engine.backup;

import java.util.SplittableRandom;

/**
 * Cuts data where a hash of the last 64 bytes says so: what comes after an insertion is cut as before. Source: the gear hash of
 * "FastCDC", USENIX ATC 2016.
 */
final class Cutter {
    /** The longest piece, in bytes. */
    static final int LONGEST = 4 << 20;

    private static final int SHORTEST = 1 << 18;
    private static final int WINDOW = Long.SIZE;
    /** One place in 2^20 is a cut. */
    private static final long MASK = 0xfffff00000000000L;
    /** Another one would cut elsewhere, and so find nothing that is there: never to be changed. */
    private static final long SEED = 0x42657274684375L;

    private final long[] gear = new SplittableRandom(SEED).longs(1 << Byte.SIZE).toArray();

    /** How long the first piece of the first {@code length} bytes of {@code data} is, of which there are more if they are LONGEST. */
    int cut(byte[] data, int length) {
        long hash = 0;
        for (int i = Math.min(length, SHORTEST - WINDOW); i < length; i++) {
            hash = (hash << 1) + gear[data[i] & 0xff];
            if (i >= SHORTEST && (hash & MASK) == 0) {
                return i + 1;
            }
        }
        return length;
    }
}
