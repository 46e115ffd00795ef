package berth.engine.image;

import berth.engine.image.ArchiveEntry.Extent;
import berth.engine.image.ArchiveEntry.Kind;
import berth.linux.Sha256;
import berth.linux.file.FileName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The SHA-256 of files in the order in which an archive has them: of each its kind, path, mode, owner, group, time in seconds,
 * size, target, attributes that are kept, and content with its holes as zeros. So it does not matter how the archive stores them.
 */
final class TreeDigest {
    private static final byte[] ZEROS = new byte[1 << 16];
    /** As late as a tar archive can tell without more words. */
    private static final long LATEST = (1L << 33) - 1;

    private final MessageDigest digest = Sha256.create();

    /** {@code entry}, which {@code source} is at, comes next: what is read through the result is counted. */
    ArchiveReader through(ArchiveEntry entry, ArchiveReader source) {
        boolean link = entry.kind() == Kind.HARD_LINK;
        string(entry.kind().name().getBytes(StandardCharsets.US_ASCII));
        string(FileName.encode(EntryPath.of(entry).text()));
        number(link ? 0 : entry.mode());
        number(link ? 0 : entry.uid());
        number(link ? 0 : entry.gid());
        number(link ? 0 : Math.clamp(entry.mtime().getEpochSecond(), 0, LATEST));
        number(entry.kind() == Kind.FILE ? entry.size() : 0);
        string(FileName.encode(link ? EntryPath.ofTarget(entry).text() : entry.target()));
        Map<String, byte[]> attributes = new TreeMap<>(entry.xattrs());
        attributes.keySet().removeIf(name -> !KeptAttributes.keeps(name));
        number(attributes.size());
        attributes.forEach((name, value) -> {
            string(FileName.encode(name));
            string(value);
        });
        return new Counted(entry, source);
    }

    /** The sum of all that came. */
    String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }

    private void number(long value) {
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(value).flip());
    }

    private void string(byte[] value) {
        number(value.length);
        digest.update(value);
    }

    private void zeros(long count) {
        for (long left = count; left > 0; left -= ZEROS.length) {
            digest.update(ZEROS, 0, (int) Math.min(left, ZEROS.length));
        }
    }

    /** A file's stored data, counted as they pass, and the holes between them. */
    private final class Counted implements ArchiveReader {
        private final ArchiveReader source;
        private final Deque<Extent> data;
        private final long size;
        private long position;
        /** Bytes of the current stretch of data that have not passed yet. */
        private long left;

        Counted(ArchiveEntry entry, ArchiveReader source) {
            this.source = source;
            this.data = new ArrayDeque<>(entry.data());
            this.size = entry.kind() == Kind.FILE ? entry.size() : 0;
            advance();
        }

        /** Counts the hole before the next stretch of data, or that at the end. */
        private void advance() {
            while (left == 0 && !data.isEmpty()) {
                Extent extent = data.remove();
                zeros(extent.offset() - position);
                position = extent.offset();
                left = extent.length();
            }
            if (left == 0) {
                zeros(size - position);
                position = size;
            }
        }

        @Override
        public Optional<ArchiveEntry> next() throws IOException {
            throw new IllegalStateException("one file only");
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int count = source.read(buffer, offset, (int) Math.min(length, left));
            if (count > 0) {
                digest.update(buffer, offset, count);
                position += count;
                left -= count;
                advance();
            }
            return count;
        }
    }
}
