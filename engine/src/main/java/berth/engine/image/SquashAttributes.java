package berth.engine.image;

import berth.linux.file.FileName;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** The extended attributes that files of a squashfs have. */
final class SquashAttributes {
    private static final int ENTRY = 16;
    private static final int ELSEWHERE = 0x100;
    /** XATTR_SIZE_MAX of Linux, in bytes. */
    private static final int MAX_VALUE = 1 << 16;

    private static final int MAX_COUNT = 1 << 12;

    private final SquashFile file;

    SquashAttributes(SquashFile file) {
        this.file = file;
    }

    /** The attributes of an inode. */
    Map<String, byte[]> of(SquashInode inode) throws IOException {
        long header = file.xattrTable();
        if (inode.xattrs() == SquashInode.NONE || header == -1) {
            return Map.of();
        }
        long table = file.plain(header, ENTRY).getLong(0);
        long entries = Integer.toUnsignedLong(file.plain(header, ENTRY).getInt(8));
        if (inode.xattrs() >= entries) {
            throw new CorruptArchiveException("a file's extended attributes are not there");
        }
        SquashCursor entry = SquashCursor.entry(file, header + ENTRY, inode.xattrs(), ENTRY);
        long reference = entry.u64();
        long count = entry.u32();
        if (count > MAX_COUNT) {
            throw new CorruptArchiveException("a file has %d extended attributes".formatted(count));
        }
        return read(table, SquashCursor.at(file, table, reference), count);
    }

    private Map<String, byte[]> read(long table, SquashCursor at, long count) throws IOException {
        Map<String, byte[]> found = new TreeMap<>();
        for (long i = 0; i < count; i++) {
            int type = at.u16();
            String name = prefix(type & 0xff) + FileName.decode(at.bytes(at.u16()));
            byte[] stored = value(at);
            if ((type & ELSEWHERE) != 0) {
                if (stored.length != 8) {
                    throw new CorruptArchiveException("an extended attribute leads nowhere");
                }
                long reference = 0;
                for (int b = 7; b >= 0; b--) {
                    reference = (reference << 8) | (stored[b] & 0xff);
                }
                stored = value(SquashCursor.at(file, table, reference));
            }
            found.put(name, stored);
        }
        return found;
    }

    private static byte[] value(SquashCursor at) throws IOException {
        long size = at.u32();
        if (size > MAX_VALUE) {
            throw new CorruptArchiveException("an extended attribute has %d bytes".formatted(size));
        }
        return at.bytes((int) size);
    }

    private static String prefix(int type) throws CorruptArchiveException {
        return switch (type) {
            case 0 -> "user.";
            case 1 -> "trusted.";
            case 2 -> "security.";
            default -> throw new CorruptArchiveException("an extended attribute is of unknown kind " + type);
        };
    }
}
