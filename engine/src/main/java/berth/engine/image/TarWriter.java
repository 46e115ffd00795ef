package berth.engine.image;

import berth.engine.image.ArchiveEntry.Extent;
import berth.engine.image.ArchiveEntry.Kind;
import berth.linux.file.FileName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/**
 * Writes a tree as a tar archive of format pax, so that {@link TarReader} and every tar program read it. The same tree becomes
 * the same bytes. Holes are written as zeros, which compress to nothing. What a layer takes away is written as
 * {@link LayersReader} reads it. Source: POSIX pax(1).
 */
final class TarWriter {
    private static final int BLOCK = TarHeader.BLOCK;
    private static final int MAX_NAME = 100;
    /** Eleven octal digits. */
    private static final long MAX_SIZE = 1L << 33;

    private final OutputStream out;
    private final byte[] zeros = new byte[1 << 16];

    TarWriter(OutputStream out) {
        this.out = out;
    }

    /** Writes all that {@code reader} reads, as one archive. */
    static void writeAll(ArchiveReader reader, OutputStream out) throws IOException {
        TarWriter writer = new TarWriter(out);
        for (var entry = reader.next(); entry.isPresent(); entry = reader.next()) {
            writer.add(entry.get(), reader);
        }
        writer.finish();
    }

    /** Writes {@code entry}, which {@code source} is at. */
    void add(ArchiveEntry entry, ArchiveReader source) throws IOException {
        byte[] name = FileName.encode(name(entry));
        byte[] target = FileName.encode(entry.target());
        byte[] records = records(entry, name, target);
        if (records.length > 0) {
            out.write(header("pax".getBytes(StandardCharsets.US_ASCII), 'x', entry, records.length, new byte[0]));
            out.write(records);
            pad(records.length);
        }
        long size = entry.kind() == Kind.FILE ? entry.size() : 0;
        out.write(header(name, type(entry.kind()), entry, size, target));
        if (entry.kind() == Kind.FILE) {
            copy(entry, source);
            pad(size);
        }
    }

    /** Writes the end mark. */
    void finish() throws IOException {
        out.write(new byte[2 * BLOCK]);
    }

    private static String name(ArchiveEntry entry) {
        if (entry.kind() == Kind.WHITEOUT) {
            int slash = entry.name().lastIndexOf('/') + 1;
            return "./" + entry.name().substring(0, slash) + LayersReader.WHITEOUT
                    + entry.name().substring(slash);
        }
        String path = "./" + entry.name();
        return entry.kind() == Kind.DIRECTORY && !path.endsWith("/") ? path + "/" : path;
    }

    private static char type(Kind kind) {
        return switch (kind) {
            case FILE, WHITEOUT -> '0';
            case HARD_LINK -> '1';
            case SYMLINK -> '2';
            case DIRECTORY -> '5';
            case FIFO -> '6';
            case DEVICE, SOCKET, OPAQUE -> throw new IllegalStateException("a tree of an image holds a " + kind);
        };
    }

    private static byte[] records(ArchiveEntry entry, byte[] name, byte[] target) {
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        if (name.length > MAX_NAME) {
            record(records, "path", name);
        }
        if (target.length > MAX_NAME) {
            record(records, "linkpath", target);
        }
        if (entry.size() >= MAX_SIZE) {
            record(records, "size", Long.toString(entry.size()).getBytes(StandardCharsets.US_ASCII));
        }
        for (Map.Entry<String, byte[]> attribute : entry.xattrs().entrySet()) {
            if (KeptAttributes.keeps(attribute.getKey())) {
                record(records, "SCHILY.xattr." + attribute.getKey(), attribute.getValue());
            }
        }
        return records.toByteArray();
    }

    /** A record begins with its own length in decimal digits, those counted. */
    private static void record(ByteArrayOutputStream records, String key, byte[] value) {
        byte[] keyBytes = FileName.encode(key);
        int fixed = keyBytes.length + value.length + 3;
        int length = fixed + Integer.toString(fixed).length();
        length = fixed + Integer.toString(length).length();
        records.writeBytes((length + " ").getBytes(StandardCharsets.US_ASCII));
        records.writeBytes(keyBytes);
        records.write('=');
        records.writeBytes(value);
        records.write('\n');
    }

    private static byte[] header(byte[] name, char type, ArchiveEntry entry, long size, byte[] target) {
        byte[] block = new byte[BLOCK];
        put(block, 0, Arrays.copyOf(name, Math.min(MAX_NAME, name.length)));
        octal(block, 100, 7, entry.mode());
        octal(block, 108, 7, entry.uid());
        octal(block, 116, 7, entry.gid());
        octal(block, 124, 11, size < MAX_SIZE ? size : 0);
        octal(block, 136, 11, Math.clamp(entry.mtime().getEpochSecond(), 0, MAX_SIZE - 1));
        block[156] = (byte) type;
        put(block, 157, Arrays.copyOf(target, Math.min(MAX_NAME, target.length)));
        put(block, TarHeader.MAGIC, "ustar\00000".getBytes(StandardCharsets.US_ASCII));
        Arrays.fill(block, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte b : block) {
            sum += b & 0xff;
        }
        octal(block, 148, 6, sum);
        block[154] = 0;
        return block;
    }

    private static void octal(byte[] block, int offset, int digits, long value) {
        put(block, offset, ("%0" + digits + "o").formatted(value).getBytes(StandardCharsets.US_ASCII));
    }

    private static void put(byte[] block, int offset, byte[] value) {
        System.arraycopy(value, 0, block, offset, value.length);
    }

    private void copy(ArchiveEntry entry, ArchiveReader source) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long position = 0;
        for (Extent extent : entry.data()) {
            zeros(extent.offset() - position);
            long left = extent.length();
            while (left > 0) {
                FileSink.checkInterrupt();
                int count = source.read(buffer, 0, (int) Math.min(left, buffer.length));
                if (count < 0) {
                    throw new CorruptArchiveException("a file is shorter than it says");
                }
                out.write(buffer, 0, count);
                left -= count;
            }
            position = extent.offset() + extent.length();
        }
        zeros(entry.size() - position);
    }

    private void pad(long size) throws IOException {
        zeros(-size & (BLOCK - 1));
    }

    private void zeros(long count) throws IOException {
        long left = count;
        while (left > 0) {
            int part = (int) Math.min(left, zeros.length);
            out.write(zeros, 0, part);
            left -= part;
        }
    }
}
