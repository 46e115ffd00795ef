package berth.engine.image;

import berth.engine.image.ArchiveEntry.Extent;
import berth.engine.image.ArchiveEntry.Kind;
import berth.linux.KernelException;
import berth.linux.file.Directory;
import berth.linux.file.FileStat;
import berth.linux.file.FileType;
import berth.linux.file.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A file on the disk as an archive's entry, and its data. One after the other; used by one thread. */
final class FoundFile implements AutoCloseable {
    private static final int CHUNK = 1 << 17;

    private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK).limit(0);
    private @Nullable OpenFile file;
    private List<Extent> extents = List.of();
    private int extent;
    /** Bytes of the current extent not read yet. */
    private long left;

    /** What all names of one file have in common. */
    record Inode(long device, long number) {
        static Inode of(FileStat stat) {
            return new Inode(stat.device(), stat.inode());
        }
    }

    /** The entry of {@code directory} itself, as the root of a tree. */
    static ArchiveEntry root(Directory directory) {
        return entry("", directory, ".", directory.stat(), List.of());
    }

    /** What it is as an archive tells it. */
    static Kind kind(FileStat stat) {
        return switch (stat.type()) {
            case REGULAR -> Kind.FILE;
            case DIRECTORY -> Kind.DIRECTORY;
            case SYMLINK -> Kind.SYMLINK;
            case FIFO -> Kind.FIFO;
            case SOCKET -> Kind.SOCKET;
            case CHARACTER_DEVICE, BLOCK_DEVICE, UNKNOWN -> Kind.DEVICE;
        };
    }

    /** Whether other names of it could be links to the first; what nobody takes is never a first name. */
    static boolean mayHaveOtherNames(FileStat stat) {
        return stat.links() > 1 && !stat.isDirectory() && isEverKept(kind(stat));
    }

    /** Whether a tree can hold it. */
    static boolean isEverKept(Kind kind) {
        return kind != Kind.DEVICE && kind != Kind.SOCKET;
    }

    /** The entry of {@code name} in {@code parent}, called {@code path}; its data can be read until the next call. */
    ArchiveEntry open(Directory parent, String name, String path, FileStat stat) throws IOException {
        close();
        if (!stat.isRegular()) {
            return entry(path, parent, name, stat, List.of());
        }
        try {
            OpenFile opened = parent.openRead(name);
            file = opened;
            FileStat now = opened.stat();
            extents = extents(opened, now);
            return entry(path, parent, name, now, extents);
        } catch (KernelException e) {
            throw new CorruptArchiveException("it changed while it was read: " + e.getMessage());
        }
    }

    /** What it is. @throws IllegalStateException unless it is a regular file */
    FileStat stat() {
        if (file == null) {
            throw new IllegalStateException("no file is open");
        }
        return file.stat();
    }

    /** As {@link ArchiveReader#read}. */
    int read(byte[] buffer, int offset, int length) throws IOException {
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
        if (file != null) {
            file.close();
        }
        file = null;
        extents = List.of();
        extent = 0;
        left = 0;
        chunk.limit(0);
    }

    private static ArchiveEntry entry(String path, Directory parent, String name, FileStat stat, List<Extent> extents) {
        return new ArchiveEntry(
                path,
                kind(stat),
                stat.mode(),
                Integer.toUnsignedLong(stat.uid()),
                Integer.toUnsignedLong(stat.gid()),
                stat.isRegular() ? stat.size() : 0,
                stat.type() == FileType.SYMLINK ? parent.readLink(name) : "",
                stat.mtime(),
                parent.xattrs(name),
                extents);
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
}
