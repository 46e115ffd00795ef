package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.image.ArchiveEntry.Extent;
import berth.engine.image.ArchiveEntry.Kind;
import berth.linux.file.FileName;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Writes a tree as a cpio archive of format newc, as the kernel's initramfs has it. It has no room for extended attributes, holes and
 * files of 4 GiB; names of one file but the first come without data. Source: Linux
 * Documentation/driver-api/early-userspace/buffer-format.rst.
 */
final class CpioWriter implements ArchiveWriter {
    private static final String TRAILER = "TRAILER!!!";
    private static final int ALIGNMENT = 4;
    private static final long MOST = 0xffffffffL;

    private final OutputStream out;
    private final BooleanSupplier hasOtherNames;
    private final Notes notes;
    /** Files with several names, by the first. */
    private final Map<String, Named> named = new HashMap<>();

    private long inode;

    /** @param inode what all its names have, 0 if each is written as a file of its own */
    private record Named(ArchiveEntry entry, long inode) {}

    /**
     * @param hasOtherNames whether the entry to be written has other names, which come later
     * @param notes told of what was left out
     */
    CpioWriter(OutputStream out, BooleanSupplier hasOtherNames, Notes notes) {
        this.out = out;
        this.hasOtherNames = hasOtherNames;
        this.notes = notes;
    }

    @Override
    public ArchiveEntry carried(ArchiveEntry entry) {
        if (entry.size() > MOST) {
            throw new BerthException(
                    ErrorCode.UNSUPPORTED,
                    "'%s' is too large for a cpio archive, which takes files up to 4 GiB".formatted(entry.shown()),
                    "use --format tar");
        }
        if (entry.kind() == Kind.HARD_LINK) {
            Named first = named.get(entry.target());
            return first == null || first.inode() > 0 ? entry : renamed(first.entry(), entry.name());
        }
        entry.xattrs().keySet().stream()
                .filter(KeptAttributes::keeps)
                .forEach(name -> notes.omitted(Omission.CPIO_ATTRIBUTE, name + " of " + entry.name()));
        return new ArchiveEntry(
                entry.name(),
                entry.kind(),
                entry.mode(),
                entry.uid(),
                entry.gid(),
                entry.size(),
                entry.target(),
                Instant.ofEpochSecond(Math.clamp(entry.mtime().getEpochSecond(), 0, MOST)),
                Map.of(),
                entry.data());
    }

    @Override
    public void add(ArchiveEntry entry, ArchiveReader source) throws IOException {
        if (entry.kind() == Kind.HARD_LINK) {
            Named first = named.get(entry.target());
            if (first == null) {
                throw new IllegalStateException("a link to what was not written");
            }
            write(renamed(first.entry(), entry.name()), first.inode(), 2, 0);
            return;
        }
        boolean several = hasOtherNames.getAsBoolean();
        boolean shared = several && entry.kind() == Kind.FILE && entry.size() > 0;
        inode++;
        if (several) {
            // Of an empty file nothing would tell readers which name comes with its data.
            named.put(entry.name(), new Named(entry, shared ? inode : 0));
        }
        byte[] target = FileName.encode(entry.target());
        long size = entry.kind() == Kind.SYMLINK ? target.length : entry.size();
        write(entry, inode, shared ? 2 : 1, size);
        if (entry.kind() == Kind.SYMLINK) {
            out.write(target);
        } else if (entry.kind() == Kind.FILE) {
            copy(entry, source);
        }
        pad(size);
    }

    @Override
    public void finish() throws IOException {
        header(0, 0, 0, 0, 1, 0, 0, FileName.encode(TRAILER));
    }

    private static ArchiveEntry renamed(ArchiveEntry entry, String name) {
        return new ArchiveEntry(
                name,
                entry.kind(),
                entry.mode(),
                entry.uid(),
                entry.gid(),
                0,
                entry.target(),
                entry.mtime(),
                Map.of(),
                List.of());
    }

    private void write(ArchiveEntry entry, long number, int links, long size) throws IOException {
        String name = entry.name().endsWith("/")
                ? entry.name().substring(0, entry.name().length() - 1)
                : entry.name();
        header(
                number,
                type(entry.kind()) | entry.mode(),
                entry.uid(),
                entry.gid(),
                links,
                entry.mtime().getEpochSecond(),
                size,
                FileName.encode(name));
    }

    private static int type(Kind kind) {
        return switch (kind) {
            case FILE -> 0100000;
            case DIRECTORY -> 0040000;
            case SYMLINK -> 0120000;
            case FIFO -> 0010000;
            case HARD_LINK, DEVICE, SOCKET, WHITEOUT, OPAQUE ->
                throw new IllegalStateException("no entry of its own is a " + kind);
        };
    }

    private void header(long number, int mode, long uid, long gid, int links, long mtime, long size, byte[] name)
            throws IOException {
        Deque<Long> fields = new ArrayDeque<>(List.of(number, (long) mode, uid, gid, (long) links, mtime, size));
        // The device that it was on, and that it stands for; the length of its name; no checksum.
        fields.addAll(List.of(0L, 0L, 0L, 0L, name.length + 1L, 0L));
        StringBuilder header = new StringBuilder("070701");
        fields.forEach(field -> header.append("%08x".formatted(field)));
        byte[] bytes = header.toString().getBytes(StandardCharsets.US_ASCII);
        out.write(bytes);
        out.write(name);
        out.write(0);
        pad(bytes.length + name.length + 1L);
    }

    private void copy(ArchiveEntry entry, ArchiveReader source) throws IOException {
        long position = 0;
        for (Extent extent : entry.data()) {
            ArchiveBytes.zeros(extent.offset() - position, out);
            ArchiveBytes.copy(source, extent.length(), out);
            position = extent.offset() + extent.length();
        }
        ArchiveBytes.zeros(entry.size() - position, out);
    }

    private void pad(long length) throws IOException {
        ArchiveBytes.zeros(-length & (ALIGNMENT - 1), out);
    }
}
