package berth.engine.image;

import berth.engine.BerthException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Lets so much of a stream pass and no more: what is skipped, or stands in headers, takes time too and is counted by nobody
 * else.
 */
final class Bounded extends FilterInputStream {
    /** What headers, padding and names may come to beside the content. */
    private static final long OVERHEAD = 1L << 30;

    private final long maxSize;
    private long left;

    /** @param maxSize the most bytes of content that are wanted */
    Bounded(InputStream in, long maxSize) {
        super(in);
        this.maxSize = maxSize;
        this.left = maxSize + Math.min(OVERHEAD, Long.MAX_VALUE - maxSize);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /** @throws BerthException UNTRUSTED if it is too much */
    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int count = super.read(buffer, offset, length);
        left -= Math.max(0, count);
        if (left < 0) {
            throw new Limits(maxSize, 0).tooLarge();
        }
        return count;
    }

    @Override
    public long skip(long count) throws IOException {
        byte[] buffer = new byte[(int) Math.min(count, 1 << 16)];
        return Math.max(0, read(buffer, 0, buffer.length));
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
