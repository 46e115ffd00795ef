package berth.engine.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stream on a thread of its own, a few buffers ahead, so that decompressing and writing use two processors. Whatever
 * goes wrong there, a defect of a decompressor included, is thrown to the reader as an {@link IOException}.
 */
final class ReadAhead extends InputStream {
    private static final int CHUNK = 1 << 18;
    private static final int AHEAD = 4;

    private final InputStream source;
    private final BlockingQueue<Chunk> filled = new ArrayBlockingQueue<>(AHEAD);
    private final BlockingQueue<byte[]> empty = new ArrayBlockingQueue<>(AHEAD + 2);
    private final Thread thread;
    private Chunk current = new Chunk(new byte[0], 0, null);
    private int position;

    private static final class Chunk {
        private final byte[] bytes;
        /** Bytes read; -1 at the end. */
        private final int length;

        private final @Nullable IOException failure;

        Chunk(byte[] bytes, int length, @Nullable IOException failure) {
            this.bytes = bytes;
            this.length = length;
            this.failure = failure;
        }
    }

    private ReadAhead(InputStream source) {
        this.source = source;
        this.thread = Thread.ofPlatform().daemon().name("image-read-ahead").unstarted(this::fill);
    }

    /** Starts reading {@code source}; the thread closes it at its end or once the result is closed. */
    static ReadAhead of(InputStream source) {
        ReadAhead reader = new ReadAhead(source);
        reader.thread.start();
        return reader;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (position == current.length) {
            advance();
        }
        if (current.length < 0) {
            return -1;
        }
        int count = Math.min(length, current.length - position);
        System.arraycopy(current.bytes, position, buffer, offset, count);
        position += count;
        return count;
    }

    /** Returns at once: a source that does not answer would hold its reader for ever. */
    @Override
    public void close() {
        thread.interrupt();
    }

    private void advance() throws IOException {
        try {
            if (current.bytes.length > 0) {
                empty.offer(current.bytes);
            }
            current = filled.take();
            position = 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
        if (current.failure != null) {
            throw current.failure;
        }
    }

    private void fill() {
        try (source) {
            int length = 0;
            while (length >= 0) {
                byte[] bytes = empty.poll();
                bytes = bytes == null ? new byte[CHUNK] : bytes;
                length = source.readNBytes(bytes, 0, CHUNK);
                length = length == 0 ? -1 : length;
                filled.put(new Chunk(bytes, length, null));
            }
        } catch (InterruptedException e) {
            // The reader has gone.
        } catch (IOException e) {
            fail(e);
        } catch (RuntimeException | OutOfMemoryError e) {
            fail(new CorruptArchiveException("it cannot be decompressed: " + e.getMessage()));
        }
    }

    private void fail(IOException failure) {
        try {
            filled.put(new Chunk(new byte[0], 0, failure));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
