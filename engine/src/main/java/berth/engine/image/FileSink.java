package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.image.ArchiveEntry.Extent;
import berth.linux.Sha256;
import berth.linux.file.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/** Writes the content of files, holes as holes, and hashes it on the way. One buffer for all of them; one thread. */
final class FileSink {
    private static final int CHUNK = 1 << 17;

    private final Limits limits;
    private final FreeSpace space;
    private final byte[] chunk = new byte[CHUNK];
    private final byte[] zeros = new byte[CHUNK];
    private final ByteBuffer out = ByteBuffer.allocateDirect(CHUNK);
    private final MessageDigest digest = Sha256.create();
    private long total;

    FileSink(Limits limits, FreeSpace space) {
        this.limits = limits;
        this.space = space;
    }

    /** Bytes of content written so far, holes included. */
    long total() {
        return total;
    }

    /** Writes the data of {@code entry}, which {@code source} is at, to the empty {@code file}: the content's SHA-256. */
    byte[] write(ArchiveEntry entry, ArchiveReader source, OpenFile file) throws IOException {
        if (entry.size() > limits.bytes() - total) {
            throw limits.tooLarge();
        }
        space.require(entry);
        long position = 0;
        for (Extent extent : entry.data()) {
            hashZeros(extent.offset() - position);
            if (extent.offset() != position) {
                file.seek(extent.offset());
            }
            copy(source, file, extent.length());
            position = extent.offset() + extent.length();
        }
        if (position < entry.size()) {
            hashZeros(entry.size() - position);
            file.truncate(entry.size());
        }
        total += entry.size();
        return digest.digest();
    }

    /** @throws BerthException CANCELLED if the thread was interrupted */
    static void checkInterrupt() {
        if (Thread.currentThread().isInterrupted()) {
            throw new BerthException(ErrorCode.CANCELLED, "the import was interrupted");
        }
    }

    private void copy(ArchiveReader source, OpenFile file, long length) throws IOException {
        long left = length;
        while (left > 0) {
            checkInterrupt();
            int count = fill(source, (int) Math.min(left, CHUNK));
            digest.update(chunk, 0, count);
            file.write(out.clear().put(chunk, 0, count).flip());
            left -= count;
        }
    }

    private int fill(ArchiveReader source, int wanted) throws IOException {
        int filled = 0;
        while (filled < wanted) {
            int count = source.read(chunk, filled, wanted - filled);
            if (count < 0) {
                throw new CorruptArchiveException("a file is shorter than it says");
            }
            filled += count;
        }
        return filled;
    }

    private void hashZeros(long count) {
        long left = count;
        while (left > 0) {
            checkInterrupt();
            int part = (int) Math.min(left, CHUNK);
            digest.update(zeros, 0, part);
            left -= part;
        }
    }
}
