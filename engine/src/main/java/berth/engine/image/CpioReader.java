package berth.engine.image;

import berth.engine.image.ArchiveEntry.Extent;
import berth.engine.image.ArchiveEntry.Kind;
import berth.linux.file.FileName;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads cpio archives: old binary of either byte order, octal (odc), new (newc) and new with checksums (crc). */
final class CpioReader implements ArchiveReader {
    private static final String TRAILER = "TRAILER!!!";
    private static final int MAX_TARGET = 1 << 16;
    /** Names of files that are waited for; each waits for the data of its last name. */
    private static final int MAX_WAITING = 1 << 17;

    private static final int TYPE = 0170000;

    private final InputStream in;
    private final CpioHeader.Format format;
    /** First names of files with several, the data of which were read. */
    private final Map<Identity, String> written = new HashMap<>();
    /** Names without data, in order, of files with several whose data stand with the last. */
    private final Map<Identity, List<Waiting>> waiting = new LinkedHashMap<>();

    private int waitingNames;
    /** Entries that follow from what was read. */
    private final Deque<ArchiveEntry> ready = new ArrayDeque<>();

    /** Bytes of the current entry's data not read yet, and after them up to the next header. */
    private long left;

    private long padding;
    private long sum;
    private Optional<Long> checksum = Optional.empty();
    private boolean ended;

    /** What names of one file have in common. Old formats cut inode numbers off, so more than the number is compared. */
    private record Identity(long device, long inode, int mode, long uid, long gid, long links, long mtime, long size) {}

    private record Waiting(String name, CpioHeader header) {}

    CpioReader(InputStream in, CpioHeader.Format format) {
        this.in = in;
        this.format = format;
    }

    @Override
    public Optional<ArchiveEntry> next() throws IOException {
        endData();
        while (ready.isEmpty() && !ended) {
            readEntry();
        }
        return Optional.ofNullable(ready.poll());
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
        for (int i = offset; checksum.isPresent() && i < offset + count; i++) {
            sum += buffer[i] & 0xff;
        }
        if (left == 0 && checksum.isPresent() && (sum & 0xffffffffL) != checksum.get()) {
            throw new CorruptArchiveException("the checksum of a file is wrong");
        }
        return count;
    }

    private void readEntry() throws IOException {
        CpioHeader header = format.read(ArchiveBytes.read(in, format.length()));
        byte[] bytes = ArchiveBytes.read(in, header.nameSize());
        skipPadding(format.length() + (long) header.nameSize());
        if (bytes[bytes.length - 1] != 0) {
            throw new CorruptArchiveException("a name does not end");
        }
        String name = FileName.decode(bytes, 0, bytes.length - 1);
        left = header.size();
        padding = -header.size() & (format.alignment() - 1);
        sum = 0;
        checksum = header.checksum();
        if (name.equals(TRAILER)) {
            end();
        } else {
            add(name, header);
        }
    }

    private void add(String name, CpioHeader header) throws IOException {
        Kind kind = kind(name, header.mode());
        if (kind != Kind.FILE) {
            // Only of files is there a sum, even where others have data.
            checksum = Optional.empty();
        }
        if (kind == Kind.SYMLINK) {
            ready.add(entry(name, kind, header, readTarget(name)));
        } else if (kind != Kind.FILE || header.links() < 2) {
            ready.add(entry(name, kind, header, ""));
        } else if (format.dataComeLast()) {
            addNameOfSeveral(name, header);
        } else {
            String first = written.putIfAbsent(identity(header, header.size()), name);
            ready.add(
                    first == null ? entry(name, kind, header, "") : ArchiveEntry.made(name, Kind.HARD_LINK, 0, first));
        }
    }

    private void addNameOfSeveral(String name, CpioHeader header) throws CorruptArchiveException {
        Identity identity = identity(header, 0);
        String first = written.get(identity);
        if (first != null) {
            ready.add(ArchiveEntry.made(name, Kind.HARD_LINK, 0, first));
        } else if (header.size() > 0) {
            written.put(identity, name);
            ready.add(entry(name, Kind.FILE, header, ""));
            List<Waiting> others = waiting.getOrDefault(identity, List.of());
            others.forEach(other -> ready.add(ArchiveEntry.made(other.name(), Kind.HARD_LINK, 0, name)));
            waitingNames -= others.size();
            waiting.remove(identity);
        } else {
            if (++waitingNames > MAX_WAITING) {
                throw new CorruptArchiveException("too many names of files come before their data");
            }
            waiting.computeIfAbsent(identity, _ -> new ArrayList<>()).add(new Waiting(name, header));
        }
    }

    /** What still waits for data is empty. */
    private void end() throws IOException {
        endData();
        ended = true;
        ArchiveBytes.drain(in);
        for (List<Waiting> names : waiting.values()) {
            Iterator<Waiting> each = names.iterator();
            Waiting first = each.next();
            ready.add(entry(first.name(), Kind.FILE, first.header(), ""));
            each.forEachRemaining(other -> ready.add(ArchiveEntry.made(other.name(), Kind.HARD_LINK, 0, first.name())));
        }
    }

    private static Identity identity(CpioHeader header, long size) {
        return new Identity(
                header.device(),
                header.inode(),
                header.mode(),
                header.uid(),
                header.gid(),
                header.links(),
                header.mtime(),
                size);
    }

    private static ArchiveEntry entry(String name, Kind kind, CpioHeader header, String target) {
        long size = kind == Kind.FILE ? header.size() : 0;
        return new ArchiveEntry(
                name,
                kind,
                header.mode() & 07777,
                header.uid(),
                header.gid(),
                size,
                target,
                Instant.ofEpochSecond(header.mtime()),
                Map.of(),
                size == 0 ? List.of() : List.of(new Extent(0, size)));
    }

    private static Kind kind(String name, int mode) throws CorruptArchiveException {
        return switch (mode & TYPE) {
            case 0100000 -> Kind.FILE;
            case 0040000 -> Kind.DIRECTORY;
            case 0120000 -> Kind.SYMLINK;
            case 0010000 -> Kind.FIFO;
            case 0140000 -> Kind.SOCKET;
            case 0020000, 0060000 -> Kind.DEVICE;
            default ->
                throw new CorruptArchiveException(
                        "entry '%s' is of unknown type %o".formatted(FileName.printable(name), mode & TYPE));
        };
    }

    private String readTarget(String name) throws IOException {
        if (left > MAX_TARGET) {
            throw new CorruptArchiveException(
                    "the target of link '%s' is too long".formatted(FileName.printable(name)));
        }
        byte[] target = new byte[(int) left];
        int filled = 0;
        while (filled < target.length) {
            filled += read(target, filled, target.length - filled);
        }
        return FileName.decode(target);
    }

    private void endData() throws IOException {
        ArchiveBytes.skip(in, left + padding);
        left = 0;
        padding = 0;
    }

    private void skipPadding(long length) throws IOException {
        ArchiveBytes.skip(in, -length & (format.alignment() - 1));
    }
}
