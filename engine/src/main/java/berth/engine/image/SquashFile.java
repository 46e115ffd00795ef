package berth.engine.image;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The file of a squashfs 4.0: its superblock, and its blocks, decompressed. Trusts no offset. Source:
 * Documentation/filesystems/squashfs.rst of Linux.
 */
final class SquashFile implements Closeable {
    /** The first bytes of each squashfs, in hexadecimal. */
    static final String MAGIC = "68737173";

    static final int METADATA = 8192;

    private static final int SUPERBLOCK = 96;
    private static final int MAX_BLOCK = 1 << 20;
    private static final int MIN_BLOCK = 1 << 12;
    private static final int PLAIN_METADATA = 1 << 15;
    private static final int PLAIN_DATA = 1 << 24;
    private static final int CACHED = 256;

    private final FileChannel file;
    private final ByteBuffer superblock;
    private final int blockSize;
    private final SquashCompression compression;
    /** The blocks of metadata used last: a directory and its inodes lie in few. */
    private final Map<Long, Metadata> cache = new LinkedHashMap<>(CACHED, 0.75f, true);

    private long dataAt = -1;
    private byte[] data = new byte[0];

    /** A block of metadata and where the one after it begins. */
    static final class Metadata {
        private final byte[] bytes;
        private final long next;

        Metadata(byte[] bytes, long next) {
            this.bytes = bytes;
            this.next = next;
        }

        int length() {
            return bytes.length;
        }

        int at(int position) {
            return bytes[position] & 0xff;
        }

        long next() {
            return next;
        }
    }

    private SquashFile(FileChannel file, ByteBuffer superblock) throws IOException {
        this.file = file;
        this.superblock = superblock;
        this.blockSize = superblock.getInt(12);
        this.compression = SquashCompression.of(superblock.getShort(20));
    }

    /** @throws CorruptArchiveException if it is none, or of another version */
    static SquashFile open(Path path) throws IOException {
        FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
        try {
            ByteBuffer start = read(file, 0, SUPERBLOCK).order(ByteOrder.LITTLE_ENDIAN);
            int size = start.getInt(12);
            if (start.getShort(28) != 4 || start.getShort(30) != 0) {
                throw new CorruptArchiveException("only version 4.0 of squashfs is read");
            }
            if (size < MIN_BLOCK || size > MAX_BLOCK || Integer.bitCount(size) != 1) {
                throw new CorruptArchiveException("a squashfs has no blocks of %d bytes".formatted(size));
            }
            return new SquashFile(file, start);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    int blockSize() {
        return blockSize;
    }

    int ids() {
        return Short.toUnsignedInt(superblock.getShort(26));
    }

    long fragments() {
        return Integer.toUnsignedLong(superblock.getInt(16));
    }

    long rootInode() {
        return superblock.getLong(32);
    }

    long idTable() {
        return superblock.getLong(48);
    }

    /** -1 if no file has extended attributes. */
    long xattrTable() {
        return superblock.getLong(56);
    }

    long inodeTable() {
        return superblock.getLong(64);
    }

    long directoryTable() {
        return superblock.getLong(72);
    }

    long fragmentTable() {
        return superblock.getLong(80);
    }

    /** {@code length} bytes that are not compressed. */
    ByteBuffer plain(long offset, int length) throws IOException {
        return read(file, offset, length).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The block of metadata that begins at {@code offset}. */
    Metadata metadata(long offset) throws IOException {
        Metadata known = cache.get(offset);
        if (known != null) {
            return known;
        }
        int header = Short.toUnsignedInt(plain(offset, 2).getShort(0));
        int stored = header & (PLAIN_METADATA - 1);
        byte[] bytes = read(file, offset + 2, stored).array();
        byte[] content = (header & PLAIN_METADATA) != 0 ? bytes : compression.decompress(bytes, METADATA);
        if (content.length == 0 || content.length > METADATA) {
            throw new CorruptArchiveException("a block of metadata has %d bytes".formatted(content.length));
        }
        Metadata block = new Metadata(content, offset + 2 + stored);
        cache.put(offset, block);
        if (cache.size() > CACHED) {
            cache.remove(cache.keySet().iterator().next());
        }
        return block;
    }

    /**
     * The block of data at {@code offset}, which the caller must not change.
     *
     * @param word its length and whether it is compressed, as the file system stores both
     */
    byte[] data(long offset, int word) throws IOException {
        if (offset != dataAt) {
            int stored = word & (PLAIN_DATA - 1);
            if (stored > MAX_BLOCK) {
                throw new CorruptArchiveException("a block of data has %d bytes".formatted(stored));
            }
            byte[] bytes = read(file, offset, stored).array();
            data = (word & PLAIN_DATA) != 0
                    ? Arrays.copyOf(bytes, Math.min(bytes.length, blockSize))
                    : compression.decompress(bytes, blockSize);
            dataAt = offset;
        }
        return data;
    }

    /** Where in the file the block of a data word ends. */
    static long after(long offset, int word) {
        return offset + (word & (PLAIN_DATA - 1));
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private static ByteBuffer read(FileChannel file, long offset, int length) throws IOException {
        if (offset < 0 || offset > file.size() - length) {
            throw new CorruptArchiveException("it ends too early, or a place in it is wrong");
        }
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (file.read(bytes, offset + bytes.position()) < 0) {
                throw new EOFException("it became shorter while it was read");
            }
        }
        return bytes.flip();
    }
}
