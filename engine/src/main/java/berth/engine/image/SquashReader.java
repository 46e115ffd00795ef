package berth.engine.image;

import berth.engine.image.ArchiveEntry.Extent;
import berth.engine.image.ArchiveEntry.Kind;
import berth.linux.file.FileName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a squashfs without the kernel's driver and without squashfs-tools: neither is made to meet a hostile one, and both are C.
 * What hostile references could make endless is ended by the limits on files, bytes and the length of a path.
 */
final class SquashReader implements ArchiveReader {
    private static final int MAX_DEPTH = 2048;

    private final SquashFile file;
    private final SquashAttributes attributes;
    private final long maxSize;
    private final Map<Long, String> firstNames = new HashMap<>();
    private final Deque<Listing> path = new ArrayDeque<>();
    private boolean started;
    private @Nullable Content content;

    /** A directory that is being read. */
    private static final class Listing {
        private final String prefix;
        private final SquashCursor at;
        private final long size;
        private long leftInRun;
        private long block;

        Listing(String prefix, SquashCursor at, long size) {
            this.prefix = prefix;
            this.at = at;
            this.size = size;
        }

        boolean hasNext() {
            return at.bytesRead() < size;
        }
    }

    /** The data of a file, block by block, holes left out. */
    private final class Content {
        private final SquashInode inode;
        private final SquashCursor words;
        private long offset;
        private long left;
        private byte[] block = new byte[0];
        private int position;
        private int end;

        Content(SquashInode inode) {
            this.inode = inode;
            this.words = inode.rest().copy();
            this.offset = inode.start();
            this.left = inode.size();
        }

        int read(byte[] buffer, int at, int length) throws IOException {
            while (position == end) {
                if (left == 0) {
                    return -1;
                }
                advance();
            }
            int count = Math.min(length, end - position);
            System.arraycopy(block, position, buffer, at, count);
            position += count;
            return count;
        }

        private void advance() throws IOException {
            int length = (int) Math.min(left, file.blockSize());
            left -= length;
            if (length < file.blockSize() && inode.fragment() != SquashInode.NONE) {
                take(fragment(inode.fragment()), inode.offset(), length);
                return;
            }
            int word = (int) words.u32();
            if (word != 0) {
                take(file.data(offset, word), 0, length);
                offset = SquashFile.after(offset, word);
            }
        }

        private void take(byte[] bytes, int from, int length) throws CorruptArchiveException {
            if (from < 0 || from > bytes.length - length) {
                throw new CorruptArchiveException("a block is shorter than the file that it is part of");
            }
            block = bytes;
            position = from;
            end = from + length;
        }
    }

    /** @param maxSize the most bytes that a file can have and still be wanted */
    SquashReader(Path path, long maxSize) throws IOException {
        this.file = SquashFile.open(path);
        this.attributes = new SquashAttributes(file);
        this.maxSize = maxSize;
    }

    @Override
    public Optional<ArchiveEntry> next() throws IOException {
        content = null;
        if (!started) {
            started = true;
            return Optional.of(entry("", file.rootInode()));
        }
        while (!path.isEmpty() && !path.element().hasNext()) {
            path.pop();
        }
        return path.isEmpty() ? Optional.empty() : Optional.of(nextOf(path.element()));
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        Content from = content;
        return from == null ? -1 : from.read(buffer, offset, length);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private ArchiveEntry nextOf(Listing listing) throws IOException {
        if (listing.leftInRun == 0) {
            listing.leftInRun = listing.at.u32() + 1;
            listing.block = listing.at.u32();
            listing.at.u32();
        }
        listing.leftInRun--;
        int offset = listing.at.u16();
        listing.at.u16();
        listing.at.u16();
        byte[] name = listing.at.bytes(listing.at.u16() + 1);
        for (byte b : name) {
            if (b == '/' || b == 0) {
                throw new CorruptArchiveException("a name in a directory holds a '/' or NUL");
            }
        }
        return entry(listing.prefix + FileName.decode(name), listing.block << 16 | offset);
    }

    private ArchiveEntry entry(String name, long reference) throws IOException {
        SquashInode inode = SquashInode.read(SquashCursor.at(file, file.inodeTable(), reference));
        if (inode.kind() == Kind.DIRECTORY) {
            enter(name, inode);
        } else if (inode.links() > 1) {
            String first = firstNames.putIfAbsent(reference, name);
            if (first != null) {
                return ArchiveEntry.made(name, Kind.HARD_LINK, 0, first);
            }
        }
        List<Extent> data = List.of();
        if (inode.kind() == Kind.FILE) {
            data = extents(inode);
            content = new Content(inode);
        }
        return new ArchiveEntry(
                name,
                inode.kind(),
                inode.mode(),
                id(inode.owner()),
                id(inode.group()),
                inode.kind() == Kind.FILE ? inode.size() : 0,
                inode.kind() == Kind.SYMLINK
                        ? FileName.decode(inode.rest().copy().bytes((int) inode.size()))
                        : "",
                inode.mtime(),
                attributes.of(inode),
                data);
    }

    /** The size of a directory's list counts the entries {@code .} and {@code ..}, which are not stored, as 3 bytes. */
    private void enter(String name, SquashInode inode) throws IOException {
        if (path.size() == MAX_DEPTH) {
            throw new CorruptArchiveException("its directories are nested more than %d deep".formatted(MAX_DEPTH));
        }
        if (inode.size() > 3) {
            SquashCursor at = new SquashCursor(file, file.directoryTable() + inode.start(), inode.offset());
            path.push(new Listing(name.isEmpty() ? "" : name + "/", at, inode.size() - 3));
        }
    }

    private List<Extent> extents(SquashInode inode) throws IOException {
        if (inode.size() < 0 || inode.size() > maxSize) {
            throw new Limits(maxSize, 0).tooLarge();
        }
        SparseMap map = new SparseMap(inode.size());
        SquashCursor words = inode.rest().copy();
        long begin = 0;
        long stored = 0;
        for (long at = 0; at < inode.size(); at += file.blockSize()) {
            boolean last = inode.size() - at < file.blockSize();
            boolean hole = !(last && inode.fragment() != SquashInode.NONE) && words.u32() == 0;
            if (hole) {
                map.add(begin, at - begin);
                stored += at - begin;
                begin = Math.min(inode.size(), at + file.blockSize());
            }
        }
        map.add(begin, inode.size() - begin);
        return map.extents(stored + inode.size() - begin);
    }

    private byte[] fragment(long index) throws IOException {
        if (index >= file.fragments()) {
            throw new CorruptArchiveException("a fragment is not there");
        }
        SquashCursor entry = SquashCursor.entry(file, file.fragmentTable(), index, 16);
        long start = entry.u64();
        return file.data(start, (int) entry.u32());
    }

    private long id(int index) throws IOException {
        if (index >= file.ids()) {
            throw new CorruptArchiveException("an owner is not there");
        }
        return SquashCursor.entry(file, file.idTable(), index, 4).u32();
    }
}
