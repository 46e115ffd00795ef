package berth.engine.runtime;

import java.util.Arrays;

/** The newest bytes that a terminal showed, for who comes later. Not safe for use by several threads. */
final class Scrollback {
    private final byte[] ring;
    private int next;
    private boolean full;

    /** @param size how many bytes are kept */
    Scrollback(int size) {
        this.ring = new byte[size];
    }

    void add(byte[] bytes) {
        int from = Math.max(0, bytes.length - ring.length);
        for (int i = from; i < bytes.length; i++) {
            ring[next] = bytes[i];
            next = (next + 1) % ring.length;
            full |= next == 0;
        }
    }

    /** What is kept, oldest first. */
    byte[] bytes() {
        if (!full) {
            return Arrays.copyOf(ring, next);
        }
        byte[] all = new byte[ring.length];
        System.arraycopy(ring, next, all, 0, ring.length - next);
        System.arraycopy(ring, 0, all, ring.length - next, next);
        return all;
    }
}
