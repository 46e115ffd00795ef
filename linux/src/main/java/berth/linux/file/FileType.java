package berth.linux.file;

/** What a file is. Source: inode(7), S_IFMT; readdir(3), d_type. */
public enum FileType {
    REGULAR(0100000, 8),
    DIRECTORY(0040000, 4),
    SYMLINK(0120000, 10),
    FIFO(0010000, 1),
    SOCKET(0140000, 12),
    CHARACTER_DEVICE(0020000, 2),
    BLOCK_DEVICE(0060000, 6),
    /** A kind that this list does not know, or that the file system does not tell. */
    UNKNOWN(0, 0);

    private static final int MASK = 0170000;

    private final int bits;
    private final int direntType;

    FileType(int bits, int direntType) {
        this.bits = bits;
        this.direntType = direntType;
    }

    /** The type bits of {@code st_mode}. */
    int bits() {
        return bits;
    }

    static FileType ofMode(int mode) {
        for (FileType type : values()) {
            if (type.bits == (mode & MASK)) {
                return type;
            }
        }
        return UNKNOWN;
    }

    static FileType ofDirent(int dirent) {
        for (FileType type : values()) {
            if (type.direntType == dirent) {
                return type;
            }
        }
        return UNKNOWN;
    }
}
