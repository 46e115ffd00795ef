package berth.engine.image;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The header of one entry of a cpio archive, whichever way it is written. Source: cpio(5) of FreeBSD, POSIX cpio of 1997, and
 * Documentation/driver-api/early-userspace/buffer-format.rst of Linux.
 *
 * @param device where the file was; with {@code inode} what several names of one file have in common
 * @param inode see {@code device}
 * @param mode type and permissions, as st_mode
 * @param uid owner
 * @param gid group
 * @param links how many names the file had
 * @param mtime seconds since 1970
 * @param nameSize length of the name that follows, its NUL included
 * @param size bytes of data after the name
 * @param checksum sum of the bytes of data, where the format has one
 */
record CpioHeader(
        long device,
        long inode,
        int mode,
        long uid,
        long gid,
        long links,
        long mtime,
        int nameSize,
        long size,
        Optional<Long> checksum) {

    /** The longest name that is read. */
    private static final int MAX_NAME = 1 << 16;

    /** A way to write it. */
    enum Format {
        /** What {@code cpio -o} writes unless told: 16-bit words in the order of the machine's bytes. */
        BINARY("c771", 26, 2),
        BINARY_SWAPPED("71c7", 26, 2),
        /** Octal digits; {@code cpio -o -H odc}, POSIX. */
        OCTAL("303730373037", 76, 1),
        /** Hexadecimal digits; {@code cpio -o -H newc}. Data stand with the last name of a file only. */
        NEW("303730373031", 110, 4),
        /** The same with checksums; {@code cpio -o -H crc}. */
        NEW_CHECKED("303730373032", 110, 4);

        private final String magic;
        private final int length;
        private final int alignment;

        Format(String magic, int length, int alignment) {
            this.magic = magic;
            this.length = length;
            this.alignment = alignment;
        }

        /** How the archive that starts with these bytes is written; empty if it is none. */
        static Optional<Format> of(byte[] start) {
            String hex = HexFormat.of().formatHex(start, 0, Math.min(6, start.length));
            return Arrays.stream(values())
                    .filter(format -> hex.startsWith(format.magic))
                    .findFirst();
        }

        /** Bytes of a header, the name left out. */
        int length() {
            return length;
        }

        /** What header with name, and data, are padded to a multiple of. */
        int alignment() {
            return alignment;
        }

        /** Whether of several names of a file only the last one comes with the data. */
        boolean dataComeLast() {
            return this == NEW || this == NEW_CHECKED;
        }

        /** The header in {@code block}. @throws CorruptArchiveException if there is none */
        CpioHeader read(byte[] block) throws CorruptArchiveException {
            if (!of(block).equals(Optional.of(this))) {
                throw new CorruptArchiveException("a header does not begin as one");
            }
            CpioHeader header = switch (this) {
                case BINARY -> binary(block, 0);
                case BINARY_SWAPPED -> binary(block, 1);
                case OCTAL -> octal(block);
                case NEW -> hexadecimal(block, Optional.empty());
                case NEW_CHECKED -> hexadecimal(block, Optional.of(digits(block, 102, 8, 16)));
            };
            if (header.nameSize == 0 || header.nameSize > MAX_NAME) {
                throw new CorruptArchiveException("a name of %d bytes is no name".formatted(header.nameSize));
            }
            return header;
        }
    }

    /** @param low where in each word its low byte is */
    private static CpioHeader binary(byte[] block, int low) {
        int[] words = new int[13];
        for (int i = 0; i < words.length; i++) {
            words[i] = (block[2 * i + low] & 0xff) | (block[2 * i + 1 - low] & 0xff) << 8;
        }
        return new CpioHeader(
                words[1],
                words[2],
                words[3],
                words[4],
                words[5],
                words[6],
                (long) words[8] << 16 | words[9],
                words[10],
                (long) words[11] << 16 | words[12],
                Optional.empty());
    }

    private static CpioHeader octal(byte[] block) throws CorruptArchiveException {
        return new CpioHeader(
                digits(block, 6, 6, 8),
                digits(block, 12, 6, 8),
                (int) digits(block, 18, 6, 8),
                digits(block, 24, 6, 8),
                digits(block, 30, 6, 8),
                digits(block, 36, 6, 8),
                digits(block, 48, 11, 8),
                (int) digits(block, 59, 6, 8),
                digits(block, 65, 11, 8),
                Optional.empty());
    }

    private static CpioHeader hexadecimal(byte[] block, Optional<Long> checksum) throws CorruptArchiveException {
        return new CpioHeader(
                digits(block, 62, 8, 16) << 32 | digits(block, 70, 8, 16),
                digits(block, 6, 8, 16),
                (int) digits(block, 14, 8, 16),
                digits(block, 22, 8, 16),
                digits(block, 30, 8, 16),
                digits(block, 38, 8, 16),
                digits(block, 46, 8, 16),
                (int) Math.min(Integer.MAX_VALUE, digits(block, 94, 8, 16)),
                digits(block, 54, 8, 16),
                checksum);
    }

    private static long digits(byte[] block, int offset, int length, int radix) throws CorruptArchiveException {
        long value = 0;
        for (int i = offset; i < offset + length; i++) {
            int digit = Character.digit(block[i], radix);
            if (digit < 0) {
                throw new CorruptArchiveException("a header holds a number that is none");
            }
            value = value * radix + digit;
        }
        return value;
    }
}
