package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
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
 * the same bytes. Files with holes are stored as GNU tar's format 1.0 does. What a layer takes away is written as
 * {@link LayersReader} reads it. Source: POSIX pax(1); GNU tar manual, "Storing Sparse Files".
 */
final class TarWriter implements ArchiveWriter {
    private static final int BLOCK = TarHeader.BLOCK;
    private static final int MAX_NAME = 100;
    /** Eleven octal digits. */
    private static final long MAX_SIZE = 1L << 33;

    private final OutputStream out;

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

    /**
     * As {@link #writeAll}, of a layer.
     *
     * @throws BerthException UNSUPPORTED if a file is called what means something else in layers
     */
    static void writeLayer(ArchiveReader reader, OutputStream out) throws IOException {
        TarWriter writer = new TarWriter(out);
        for (var next = reader.next(); next.isPresent(); next = reader.next()) {
            ArchiveEntry entry = next.get();
            if (("/" + entry.name()).contains("/" + LayersReader.WHITEOUT)) {
                throw new BerthException(
                        ErrorCode.UNSUPPORTED,
                        "'%s' cannot be in a layer: a name that begins so takes another one away there"
                                .formatted(entry.shown()),
                        "rename the file");
            }
            writer.add(entry, reader);
        }
        writer.finish();
    }

    @Override
    public ArchiveEntry carried(ArchiveEntry entry) {
        return entry;
    }

    @Override
    public void add(ArchiveEntry entry, ArchiveReader source) throws IOException {
        byte[] map = map(entry);
        byte[] name = FileName.encode(name(entry));
        byte[] target = FileName.encode(entry.target());
        long stored = entry.kind() == Kind.FILE ? stored(entry) + map.length : 0;
        byte[] records = records(entry, name, target, stored, map.length > 0);
        if (records.length > 0) {
            out.write(header("pax".getBytes(StandardCharsets.US_ASCII), 'x', entry, records.length, new byte[0]));
            out.write(records);
            pad(records.length);
        }
        out.write(header(name, type(entry.kind()), entry, stored, target));
        out.write(map);
        for (Extent extent : entry.data()) {
            ArchiveBytes.copy(source, extent.length(), out);
        }
        pad(stored);
    }

    @Override
    public void finish() throws IOException {
        out.write(new byte[2 * BLOCK]);
    }

    private static long stored(ArchiveEntry entry) {
        return entry.data().stream().mapToLong(Extent::length).sum();
    }

    /** Where the data of a file with holes belong, in whole blocks; nothing for one without. */
    private static byte[] map(ArchiveEntry entry) {
        if (entry.kind() != Kind.FILE || stored(entry) == entry.size()) {
            return new byte[0];
        }
        StringBuilder lines = new StringBuilder();
        // The last one tells readers where the file ends.
        lines.append(entry.data().size() + 1).append('\n');
        entry.data()
                .forEach(e ->
                        lines.append(e.offset()).append('\n').append(e.length()).append('\n'));
        lines.append(entry.size()).append("\n0\n");
        byte[] text = lines.toString().getBytes(StandardCharsets.US_ASCII);
        return Arrays.copyOf(text, (text.length + BLOCK - 1) / BLOCK * BLOCK);
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
            // Of no device, as in the layers of an overlay: what was of that name is gone.
            case DEVICE -> '3';
            case SOCKET, OPAQUE -> throw new IllegalStateException("no archive holds a " + kind);
        };
    }

    private static byte[] records(ArchiveEntry entry, byte[] name, byte[] target, long stored, boolean sparse) {
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        if (sparse) {
            record(records, "GNU.sparse.major", ascii("1"));
            record(records, "GNU.sparse.minor", ascii("0"));
            record(records, "GNU.sparse.name", name);
            record(records, "GNU.sparse.realsize", ascii(Long.toString(entry.size())));
        }
        if (name.length > MAX_NAME) {
            record(records, "path", name);
        }
        if (target.length > MAX_NAME) {
            record(records, "linkpath", target);
        }
        if (stored >= MAX_SIZE) {
            record(records, "size", ascii(Long.toString(stored)));
        }
        for (Map.Entry<String, byte[]> attribute : entry.xattrs().entrySet()) {
            if (KeptAttributes.keeps(attribute.getKey())) {
                record(records, "SCHILY.xattr." + attribute.getKey(), attribute.getValue());
            }
        }
        return records.toByteArray();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
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

    private void pad(long size) throws IOException {
        ArchiveBytes.zeros(-size & (BLOCK - 1), out);
    }
}
