package berth.engine.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Reads the blocks of an archive: whole, or not at all. */
final class ArchiveBytes {
    /** How much is read after the end mark, so that whoever writes the stream can finish, in bytes. */
    private static final long MAX_TRAILER = 64 << 20;

    private ArchiveBytes() {}

    /** The next {@code length} bytes. @throws CorruptArchiveException if there are less */
    static byte[] read(InputStream in, int length) throws IOException {
        byte[] block = in.readNBytes(length);
        if (block.length < length) {
            throw truncated();
        }
        return block;
    }

    /** Passes over {@code count} bytes. @throws CorruptArchiveException if there are less */
    static void skip(InputStream in, long count) throws IOException {
        long rest = count;
        while (rest > 0) {
            long skipped = in.skip(rest);
            if (skipped == 0 && in.read() < 0) {
                throw truncated();
            }
            rest -= Math.max(1, skipped);
        }
    }

    /** Reads what follows the end mark, which also lets a decompressor compare its checksum. */
    static void drain(InputStream in) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long total = 0;
        int count = 0;
        while (count >= 0 && total < MAX_TRAILER) {
            total += count;
            count = in.read(buffer, 0, buffer.length);
        }
    }

    /** An error that says that the archive ends before its end. */
    static CorruptArchiveException truncated() {
        return new CorruptArchiveException("it ends too early");
    }

    /** Copies {@code length} bytes of the data of the entry that {@code source} is at. */
    static void copy(ArchiveReader source, long length, OutputStream out) throws IOException {
        byte[] buffer = new byte[(int) Math.min(length, 1 << 16)];
        long left = length;
        while (left > 0) {
            FileSink.checkInterrupt();
            int count = source.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (count < 0) {
                throw new CorruptArchiveException("a file is shorter than it says");
            }
            out.write(buffer, 0, count);
            left -= count;
        }
    }

    /** Writes {@code count} zeros. */
    static void zeros(long count, OutputStream out) throws IOException {
        byte[] buffer = new byte[(int) Math.min(count, 1 << 16)];
        for (long left = count; left > 0; left -= buffer.length) {
            out.write(buffer, 0, (int) Math.min(left, buffer.length));
        }
    }
}
