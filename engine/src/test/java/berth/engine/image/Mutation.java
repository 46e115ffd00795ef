package berth.engine.image;

import java.util.Arrays;
import java.util.Random;

/** Changes bytes at random, the same for the same number: single bytes, words that parsers trip over, stretches, the end. */
final class Mutation {
    private static final long[] NUMBERS = {
        0, 1, -1, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000L, 1L << 40, Long.MIN_VALUE
    };

    private Mutation() {}

    static byte[] of(byte[] seed, int number) {
        Random random = new Random(number);
        byte[] bytes = seed.clone();
        int changes = 1 + random.nextInt(5);
        for (int i = 0; i < changes && bytes.length > 16; i++) {
            // Half of the changes hit the beginning, where most formats say what follows.
            int at = random.nextInt(random.nextBoolean() ? bytes.length - 8 : Math.min(bytes.length - 8, 512));
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> put(bytes, at, NUMBERS[random.nextInt(NUMBERS.length)], 1 << random.nextInt(4));
                case 3 -> {
                    int length = random.nextInt(Math.min(64, bytes.length - at));
                    System.arraycopy(bytes, random.nextInt(bytes.length - length), bytes, at, length);
                }
                default -> bytes = random.nextInt(4) == 0 ? Arrays.copyOf(bytes, at) : bytes;
            }
        }
        return bytes;
    }

    private static void put(byte[] bytes, int at, long value, int length) {
        for (int i = 0; i < length; i++) {
            bytes[at + i] = (byte) (value >>> (8 * i));
        }
    }
}
