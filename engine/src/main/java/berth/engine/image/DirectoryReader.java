package berth.engine.image;

import berth.engine.image.ArchiveEntry.Extent;
import berth.engine.image.ArchiveEntry.Kind;
import berth.linux.KernelException;
import berth.linux.file.Directory;
import berth.linux.file.FileStat;
import berth.linux.file.FileType;
import berth.linux.file.OpenFile;
import berth.linux.file.TreeWalk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads a directory as if it were an archive. Links in it are not followed, other file systems are not entered. */
final class DirectoryReader implements ArchiveReader {
    private static final int CHUNK = 1 << 17;

    private final TreeWalk walk;
    private final Notes notes;
    private final Map<Inode, String> firstNames = new HashMap<>();
    private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK).limit(0);
    private @Nullable ArchiveEntry start;
    private @Nullable OpenFile file;
    private List<Extent> extents = List.of();
    private int extent;
    /** Bytes of the current extent not read yet. */
    private long left;

    private record Inode(long device, long number) {}

    /** @param directory stays open and the caller's */
    DirectoryReader(Directory directory, Notes notes) {
        this.notes = notes;
        this.start = entry("", directory, ".", directory.stat(), List.of());
        this.walk = new TreeWalk(directory);
    }

    @Override
    public Optional<ArchiveEntry> next() throws IOException {
        closeFile();
        if (start != null) {
            ArchiveEntry root = start;
            start = null;
            return Optional.of(root);
        }
        Optional<TreeWalk.Entry> met = walk.next();
        if (met.isEmpty()) {
            walk.mounts().forEach(path -> notes.omitted(Omission.MOUNT, path));
            return Optional.empty();
        }
        return Optional.of(entry(met.get()));
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        OpenFile from = file;
        while (from != null && left == 0 && extent < extents.size()) {
            from.seek(extents.get(extent).offset());
            left = extents.get(extent).length();
            extent++;
            chunk.limit(0);
        }
        if (from == null || left == 0) {
            return -1;
        }
        if (!chunk.hasRemaining()) {
            chunk.clear().limit((int) Math.min(CHUNK, left));
            int count = from.read(chunk);
            chunk.flip();
            if (count == 0) {
                throw new CorruptArchiveException("a file became shorter while it was read");
            }
        }
        int count = Math.min(length, chunk.remaining());
        chunk.get(buffer, offset, count);
        left -= count;
        return count;
    }

    @Override
    public void close() {
        closeFile();
        walk.close();
    }

    private ArchiveEntry entry(TreeWalk.Entry met) throws IOException {
        FileStat stat = met.stat();
        if (stat.links() > 1 && !stat.isDirectory() && isEverKept(stat.type())) {
            String first = firstNames.putIfAbsent(new Inode(stat.device(), stat.inode()), met.path());
            if (first != null) {
                return ArchiveEntry.made(met.path(), Kind.HARD_LINK, 0, first);
            }
        }
        if (stat.isRegular()) {
            try {
                OpenFile opened = met.parent().openRead(met.name());
                file = opened;
                stat = opened.stat();
                extents = extents(opened, stat);
            } catch (KernelException e) {
                throw new CorruptArchiveException("it changed while it was read: " + e.getMessage());
            }
        }
        return entry(met.path(), met.parent(), met.name(), stat, extents);
    }

    /** Others are never a first name that a link could be to, since nobody takes them. */
    private static boolean isEverKept(FileType type) {
        Kind kind = kind(type);
        return kind != Kind.DEVICE && kind != Kind.SOCKET;
    }

    private static ArchiveEntry entry(String path, Directory parent, String name, FileStat stat, List<Extent> extents) {
        return new ArchiveEntry(
                path,
                kind(stat.type()),
                stat.mode(),
                Integer.toUnsignedLong(stat.uid()),
                Integer.toUnsignedLong(stat.gid()),
                stat.isRegular() ? stat.size() : 0,
                stat.type() == FileType.SYMLINK ? parent.readLink(name) : "",
                stat.mtime(),
                parent.xattrs(name),
                extents);
    }

    static Kind kind(FileType type) {
        return switch (type) {
            case REGULAR -> Kind.FILE;
            case DIRECTORY -> Kind.DIRECTORY;
            case SYMLINK -> Kind.SYMLINK;
            case FIFO -> Kind.FIFO;
            case SOCKET -> Kind.SOCKET;
            case CHARACTER_DEVICE, BLOCK_DEVICE, UNKNOWN -> Kind.DEVICE;
        };
    }

    private static List<Extent> extents(OpenFile file, FileStat stat) {
        if (stat.blocks() >= stat.size()) {
            return stat.size() == 0 ? List.of() : List.of(new Extent(0, stat.size()));
        }
        List<Extent> found = new ArrayList<>();
        long data = file.nextData(0);
        while (data < stat.size()) {
            long hole = Math.min(file.nextHole(data), stat.size());
            found.add(new Extent(data, hole - data));
            data = file.nextData(hole);
        }
        return found;
    }

    private void closeFile() {
        if (file != null) {
            file.close();
        }
        file = null;
        extents = List.of();
        extent = 0;
        left = 0;
        chunk.limit(0);
    }
}
