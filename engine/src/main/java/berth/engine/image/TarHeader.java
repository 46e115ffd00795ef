package berth.engine.image;

import java.util.Arrays;

/** One header block of a tar archive: v7, ustar, pax or GNU. Source: POSIX pax(1), GNU tar manual "Basic Tar Format". */
final class TarHeader {
    static final int BLOCK = 512;
    static final int MAGIC = 257;

    private static final int NAME = 0;
    private static final int MODE = 100;
    private static final int UID = 108;
    private static final int GID = 116;
    private static final int SIZE = 124;
    private static final int MTIME = 136;
    private static final int CHECKSUM = 148;
    private static final int TYPE = 156;
    private static final int LINK = 157;
    private static final int PREFIX = 345;
    private static final int SPARSE_MAP = 386;
    private static final int SPARSE_MORE = 482;
    private static final int SPARSE_SIZE = 483;

    private final byte[] block;

    private TarHeader(byte[] block) {
        this.block = block;
    }

    /** @throws CorruptArchiveException if the checksum is wrong */
    static TarHeader of(byte[] block) throws CorruptArchiveException {
        long unsigned = 0;
        long signed = 0;
        for (int i = 0; i < BLOCK; i++) {
            int b = i >= CHECKSUM && i < CHECKSUM + 8 ? ' ' : block[i];
            unsigned += b & 0xff;
            signed += b;
        }
        TarHeader header = new TarHeader(block);
        long written = header.number(CHECKSUM, 8);
        if (written != unsigned && written != signed) {
            throw new CorruptArchiveException("a header's checksum is wrong");
        }
        return header;
    }

    char type() {
        return (char) (block[TYPE] & 0xff);
    }

    /** The bytes of the name; a longer one may come from the records before the header. */
    byte[] name() {
        byte[] name = text(NAME, 100);
        boolean ustar = block[MAGIC + 5] == 0 && startsWith("ustar");
        byte[] prefix = ustar ? text(PREFIX, 155) : new byte[0];
        if (prefix.length == 0) {
            return name;
        }
        byte[] whole = Arrays.copyOf(prefix, prefix.length + 1 + name.length);
        whole[prefix.length] = '/';
        System.arraycopy(name, 0, whole, prefix.length + 1, name.length);
        return whole;
    }

    byte[] link() {
        return text(LINK, 100);
    }

    int mode() throws CorruptArchiveException {
        return (int) (number(MODE, 8) & 07777);
    }

    long uid() throws CorruptArchiveException {
        return number(UID, 8);
    }

    long gid() throws CorruptArchiveException {
        return number(GID, 8);
    }

    long size() throws CorruptArchiveException {
        return number(SIZE, 12);
    }

    long mtime() throws CorruptArchiveException {
        return number(MTIME, 12);
    }

    /** The whole size of a sparse file in GNU tar's old format. */
    long sparseSize() throws CorruptArchiveException {
        return number(SPARSE_SIZE, 12);
    }

    /** Whether blocks of further extents follow, in GNU tar's old format. */
    boolean hasMoreExtents() {
        return block[SPARSE_MORE] != 0;
    }

    /** Adds the header's own extents of a sparse file in GNU tar's old format. */
    void addExtents(SparseMap map) throws CorruptArchiveException {
        addExtents(block, SPARSE_MAP, 4, map);
    }

    /** Adds {@code count} extents that stand in {@code block} from {@code offset} on; the first unused one is the last. */
    static void addExtents(byte[] block, int offset, int count, SparseMap map) throws CorruptArchiveException {
        for (int at = offset; at < offset + count * 24 && block[at + 12] != 0; at += 24) {
            map.add(number(block, at, 12), number(block, at + 12, 12));
        }
    }

    private long number(int offset, int length) throws CorruptArchiveException {
        return number(block, offset, length);
    }

    /** A number: octal digits, or base 256 if the first bit is set. */
    private static long number(byte[] block, int offset, int length) throws CorruptArchiveException {
        return block[offset] < 0 ? base256(block, offset, length) : octal(block, offset, length);
    }

    private static long octal(byte[] block, int offset, int length) throws CorruptArchiveException {
        long value = 0;
        int i = offset;
        int end = offset + length;
        while (i < end && block[i] == ' ') {
            i++;
        }
        for (; i < end && block[i] != 0 && block[i] != ' '; i++) {
            if (block[i] < '0' || block[i] > '7') {
                throw new CorruptArchiveException("a header holds a malformed number");
            }
            value = (value << 3) | (block[i] - '0');
        }
        return value;
    }

    private static long base256(byte[] block, int offset, int length) throws CorruptArchiveException {
        boolean negative = (block[offset] & 0x40) != 0;
        int filler = negative ? 0xff : 0;
        long value = negative ? -1 : 0;
        for (int i = offset; i < offset + length; i++) {
            int b = i == offset ? (block[i] & 0x7f) | (negative ? 0x80 : 0) : block[i] & 0xff;
            if (i < offset + length - 8 && b != filler) {
                throw new CorruptArchiveException("a header holds a number that is too large");
            }
            value = (value << 8) | b;
        }
        if (value < 0 != negative) {
            throw new CorruptArchiveException("a header holds a number that is too large");
        }
        return value;
    }

    private boolean startsWith(String magic) {
        for (int i = 0; i < magic.length(); i++) {
            if (block[MAGIC + i] != magic.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private byte[] text(int offset, int length) {
        int end = offset;
        while (end < offset + length && block[end] != 0) {
            end++;
        }
        return Arrays.copyOfRange(block, offset, end);
    }
}
