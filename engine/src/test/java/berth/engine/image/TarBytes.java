package berth.engine.image;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes tar archives byte by byte, also ones that no tar program would write. */
final class TarBytes {
    private static final int BLOCK = 512;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int mode = 0644;
    private long uid;
    private long gid;

    /** The mode of the entries that follow. */
    TarBytes mode(int bits) {
        mode = bits;
        return this;
    }

    /** The owner of the entries that follow. */
    TarBytes owner(long user, long group) {
        uid = user;
        gid = group;
        return this;
    }

    TarBytes file(String name, String content) {
        return file(bytes(name), bytes(content));
    }

    TarBytes file(byte[] name, byte[] content) {
        return entry('0', name, content.length, new byte[0]).data(content);
    }

    TarBytes directory(String name) {
        return entry('5', bytes(name), 0, new byte[0]);
    }

    TarBytes symlink(String name, String target) {
        return entry('2', bytes(name), 0, bytes(target));
    }

    TarBytes hardLink(String name, String target) {
        return entry('1', bytes(name), 0, bytes(target));
    }

    TarBytes fifo(String name) {
        return entry('6', bytes(name), 0, new byte[0]);
    }

    TarBytes device(String name) {
        return entry('3', bytes(name), 0, new byte[0]);
    }

    /** Pax records for the entry that follows. */
    TarBytes pax(String key, byte[] value) {
        byte[] record = record(key, value);
        return entry('x', bytes("PaxHeader"), record.length, new byte[0]).data(record);
    }

    /** A GNU long name for the entry that follows. */
    TarBytes longName(byte[] name) {
        return entry('L', bytes("././@LongLink"), name.length + 1, new byte[0])
                .data(Arrays.copyOf(name, name.length + 1));
    }

    /** A header that says what it likes. */
    TarBytes entry(char type, byte[] name, long size, byte[] link) {
        byte[] header = new byte[BLOCK];
        put(header, 0, Arrays.copyOf(name, Math.min(100, name.length)));
        number(header, 100, 8, mode);
        number(header, 108, 8, uid);
        number(header, 116, 8, gid);
        number(header, 124, 12, size);
        number(header, 136, 12, 1_000_000_000);
        header[156] = (byte) type;
        put(header, 157, Arrays.copyOf(link, Math.min(100, link.length)));
        put(header, 257, bytes("ustar\00000"));
        return header(header);
    }

    /** A whole header block, whose checksum is set here. */
    TarBytes header(byte[] header) {
        Arrays.fill(header, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, 148, bytes("%06o\0 ".formatted(sum)));
        out.writeBytes(header);
        return this;
    }

    /** Data of the entry before, padded to whole blocks. */
    TarBytes data(byte[] content) {
        out.writeBytes(content);
        out.writeBytes(new byte[-content.length & (BLOCK - 1)]);
        return this;
    }

    /** The archive with its end mark. */
    byte[] toBytes() {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(out.toByteArray());
        whole.writeBytes(new byte[2 * BLOCK]);
        return whole.toByteArray();
    }

    /** What was written so far, without an end mark. */
    byte[] unfinished() {
        return out.toByteArray();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static void number(byte[] header, int offset, int length, long value) {
        if (value < 1L << (3 * (length - 1)) && value >= 0) {
            put(header, offset, bytes(("%0" + (length - 1) + "o").formatted(value)));
            return;
        }
        for (int i = 0; i < length; i++) {
            int shift = 8 * (length - 1 - i);
            header[offset + i] = shift > 56 ? (byte) (value >> 63) : (byte) (value >> shift);
        }
        header[offset] |= (byte) 0x80;
    }

    private static byte[] record(String key, byte[] value) {
        int fixed = bytes(key).length + value.length + 3;
        int length = fixed + Integer.toString(fixed).length();
        length = fixed + Integer.toString(length).length();
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        record.writeBytes(bytes(length + " " + key + "="));
        record.writeBytes(value);
        record.write('\n');
        return record.toByteArray();
    }

    private static void put(byte[] header, int offset, byte[] value) {
        System.arraycopy(value, 0, header, offset, value.length);
    }
}
