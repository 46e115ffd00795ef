package berth.engine.image;

import berth.engine.image.ArchiveEntry.Extent;
import berth.engine.image.ArchiveEntry.Kind;
import berth.linux.file.FileName;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Reads tar archives as GNU tar, BSD tar, pax and star write them: long names, large numbers, pax records, extended attributes,
 * and all four ways to store sparse files. Names and attributes stay the bytes they are, which is why this does not use a
 * library's reader: those decode pax records as UTF-8 and lose capabilities that way.
 */
final class TarReader implements ArchiveReader {
    private static final int BLOCK = TarHeader.BLOCK;
    /** Longest name or set of pax records that is read, in bytes; XATTR_SIZE_MAX is 64 KiB for one attribute. */
    private static final int MAX_RECORDS = 1 << 20;
    /** What file systems can store, in seconds around 1970. */
    private static final long MAX_TIME = 1L << 34;

    private final InputStream in;
    private final PaxRecords global = new PaxRecords();
    private int globalSize;
    /** Stored bytes of the current entry not read yet. */
    private long left;
    /** Bytes after them up to the next block. */
    private int padding;

    private boolean ended;

    private record Content(long size, List<Extent> extents) {}

    /** What the blocks before an entry's header say about it. */
    private static final class Preamble {
        private final PaxRecords pax = new PaxRecords();
        private Optional<byte[]> name = Optional.empty();
        private Optional<byte[]> link = Optional.empty();
    }

    TarReader(InputStream in) {
        this.in = in;
    }

    @Override
    public Optional<ArchiveEntry> next() throws IOException {
        skipData();
        Preamble preamble = new Preamble();
        while (!ended) {
            byte[] block = readBlock();
            if (Arrays.equals(block, new byte[BLOCK])) {
                ended = true;
                ArchiveBytes.drain(in);
                break;
            }
            TarHeader header = TarHeader.of(block);
            switch (header.type()) {
                case 'x', 'X' -> preamble.pax.add(readRecords(header));
                case 'g' -> addGlobal(readRecords(header));
                case 'L' -> preamble.name = Optional.of(untilNul(readRecords(header)));
                case 'K' -> preamble.link = Optional.of(untilNul(readRecords(header)));
                case 'V' -> startData(header.size());
                case 'M', 'N' -> throw new CorruptArchiveException("it is one part of a multi-volume archive");
                default -> {
                    return Optional.of(entry(header, preamble));
                }
            }
            skipData();
        }
        return Optional.empty();
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (left == 0) {
            return -1;
        }
        int count = in.read(buffer, offset, (int) Math.min(length, left));
        if (count < 0) {
            throw ArchiveBytes.truncated();
        }
        left -= count;
        return count;
    }

    private ArchiveEntry entry(TarHeader header, Preamble preamble) throws IOException {
        PaxRecords pax = global.with(preamble.pax);
        byte[] name = pax.bytes("GNU.sparse.name")
                .or(() -> pax.bytes("path"))
                .or(() -> preamble.name)
                .orElse(header.name());
        byte[] link = pax.bytes("linkpath").or(() -> preamble.link).orElse(header.link());
        Kind kind = kind(header.type(), name);
        boolean hasData = kind == Kind.FILE || header.type() == 'D';
        startData(hasData ? pax.number("size").orElse(header.size()) : 0);
        Content content = kind == Kind.FILE ? content(header, pax) : new Content(0, List.of());
        Optional<Instant> mtime = pax.time("mtime");
        return new ArchiveEntry(
                FileName.decode(name),
                kind,
                header.mode(),
                pax.number("uid").orElse(header.uid()),
                pax.number("gid").orElse(header.gid()),
                content.size,
                FileName.decode(link),
                mtime.isPresent() ? mtime.get() : seconds(header.mtime()),
                pax.xattrs(),
                content.extents);
    }

    private static Kind kind(char type, byte[] name) throws CorruptArchiveException {
        boolean slash = name.length > 0 && name[name.length - 1] == '/';
        return switch (type) {
            case 0, '0', '7' -> slash ? Kind.DIRECTORY : Kind.FILE;
            case 'S' -> Kind.FILE;
            case '1' -> Kind.HARD_LINK;
            case '2' -> Kind.SYMLINK;
            case '3', '4' -> Kind.DEVICE;
            case '5', 'D' -> Kind.DIRECTORY;
            case '6' -> Kind.FIFO;
            default ->
                throw new CorruptArchiveException("entry '%s' is of unknown type %d"
                        .formatted(FileName.printable(FileName.decode(name)), (int) type));
        };
    }

    /** The content of a file, whose data come next, sparse or not. Source: GNU tar manual, "Storing Sparse Files". */
    private Content content(TarHeader header, PaxRecords pax) throws IOException {
        boolean oldGnu = header.type() == 'S';
        long size = oldGnu
                ? header.sparseSize()
                : pax.number("GNU.sparse.realsize")
                        .orElse(pax.number("GNU.sparse.size").orElse(-1));
        if (size < 0) {
            return new Content(left, left == 0 ? List.of() : List.of(new Extent(0, left)));
        }
        SparseMap map = new SparseMap(size);
        if (oldGnu) {
            readOldGnuMap(header, map);
        } else if (pax.number("GNU.sparse.major").orElse(0) == 1) {
            readStoredMap(map);
        } else {
            List<Long> numbers = new ArrayList<>(pax.sparseNumbers());
            for (String number : pax.text("GNU.sparse.map").orElse("").split(",")) {
                if (!number.isEmpty()) {
                    numbers.add(decimal(number));
                }
            }
            map.addAll(numbers);
        }
        return new Content(size, map.extents(left));
    }

    private void readOldGnuMap(TarHeader header, SparseMap map) throws IOException {
        header.addExtents(map);
        boolean more = header.hasMoreExtents();
        while (more) {
            byte[] block = readBlock();
            TarHeader.addExtents(block, 0, 21, map);
            more = block[504] != 0;
        }
    }

    /** Format 1.0: decimal lines in whole blocks before the data: how many extents, then offset and length of each. */
    private void readStoredMap(SparseMap map) throws IOException {
        StoredLines lines = new StoredLines();
        long count = lines.next();
        for (long i = 0; i < count; i++) {
            map.add(lines.next(), lines.next());
        }
    }

    private final class StoredLines {
        private byte[] block = new byte[0];
        private int position;

        long next() throws IOException {
            StringBuilder line = new StringBuilder();
            while (true) {
                if (position == block.length) {
                    block = left < BLOCK ? new byte[0] : readBlock();
                    left -= block.length;
                    position = 0;
                }
                if (block.length == 0 || line.length() > 20) {
                    throw new CorruptArchiveException("a sparse file's map is malformed");
                }
                char c = (char) block[position++];
                if (c == '\n') {
                    return decimal(line.toString());
                }
                line.append(c);
            }
        }
    }

    private static long decimal(String number) throws CorruptArchiveException {
        if (!number.matches("[0-9]{1,18}")) {
            throw new CorruptArchiveException("a sparse file's map is malformed");
        }
        return Long.parseLong(number);
    }

    private static Instant seconds(long time) {
        return Instant.ofEpochSecond(Math.clamp(time, -MAX_TIME, MAX_TIME));
    }

    private byte[] readRecords(TarHeader header) throws IOException {
        startData(header.size());
        if (left > MAX_RECORDS) {
            throw new CorruptArchiveException("a name or record is longer than %d bytes".formatted(MAX_RECORDS));
        }
        byte[] records = ArchiveBytes.read(in, (int) left);
        left = 0;
        return records;
    }

    private void addGlobal(byte[] records) throws CorruptArchiveException {
        globalSize += records.length;
        if (globalSize > MAX_RECORDS) {
            throw new CorruptArchiveException("its global records are longer than %d bytes".formatted(MAX_RECORDS));
        }
        global.add(records);
    }

    private static byte[] untilNul(byte[] text) {
        int end = 0;
        while (end < text.length && text[end] != 0) {
            end++;
        }
        return Arrays.copyOf(text, end);
    }

    private void startData(long size) throws CorruptArchiveException {
        if (size < 0) {
            throw new CorruptArchiveException("a header holds a negative size");
        }
        left = size;
        padding = (int) (-size & (BLOCK - 1));
    }

    private void skipData() throws IOException {
        ArchiveBytes.skip(in, left);
        ArchiveBytes.skip(in, padding);
        left = 0;
        padding = 0;
    }

    private byte[] readBlock() throws IOException {
        return ArchiveBytes.read(in, BLOCK);
    }
}
