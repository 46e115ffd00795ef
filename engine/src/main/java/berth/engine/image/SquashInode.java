package berth.engine.image;

import berth.engine.image.ArchiveEntry.Kind;
import java.io.IOException;
import java.time.Instant;

/**
 * One inode of a squashfs.
 *
 * @param mode permission bits
 * @param owner index of its owner in the table of ids
 * @param group index of its group there
 * @param links how many names it has
 * @param size bytes of a file, of a link's target, of a directory's list
 * @param start where a file's blocks begin in the file system's file, or a directory's list in the directory table
 * @param offset where a file's end begins in its fragment, or a directory's list in its block
 * @param fragment the fragment that holds a file's end; {@link #NONE}
 * @param xattrs index of its extended attributes; {@link #NONE}
 * @param rest at the words of a file's blocks, or at a link's target
 */
record SquashInode(
        Kind kind,
        int mode,
        int owner,
        int group,
        Instant mtime,
        long links,
        long size,
        long start,
        int offset,
        long fragment,
        long xattrs,
        SquashCursor rest) {
    /** No fragment; no attributes. */
    static final long NONE = 0xffffffffL;

    private static final int MAX_TARGET = 1 << 16;

    /** What all kinds begin with. */
    private record Common(Kind kind, int mode, int owner, int group, Instant mtime) {
        SquashInode with(long links, long size, long start, long offset, long fragment, long xattrs, SquashCursor at) {
            return new SquashInode(
                    kind, mode, owner, group, mtime, links, size, start, (int) offset, fragment, xattrs, at.copy());
        }
    }

    /** The inode that {@code at} is at. @throws CorruptArchiveException if it is of no kind */
    static SquashInode read(SquashCursor at) throws IOException {
        int type = at.u16();
        int mode = at.u16() & 07777;
        int owner = at.u16();
        int group = at.u16();
        Instant mtime = Instant.ofEpochSecond(at.u32());
        at.u32();
        Common common = new Common(kind(type), mode, owner, group, mtime);
        return switch (type) {
            case 1 -> directory(common, at);
            case 2 -> file(common, at);
            case 3 -> symlink(common, at);
            case 4, 5 -> common.with(at.u32(), 0, at.u32(), 0, NONE, NONE, at);
            case 6, 7 -> common.with(at.u32(), 0, 0, 0, NONE, NONE, at);
            case 8 -> largeDirectory(common, at);
            case 9 -> largeFile(common, at);
            case 10 -> largeSymlink(common, at);
            case 11, 12 -> common.with(at.u32(), 0, at.u32(), 0, NONE, at.u32(), at);
            default -> common.with(at.u32(), 0, 0, 0, NONE, at.u32(), at);
        };
    }

    private static Kind kind(int type) throws CorruptArchiveException {
        return switch (type) {
            case 1, 8 -> Kind.DIRECTORY;
            case 2, 9 -> Kind.FILE;
            case 3, 10 -> Kind.SYMLINK;
            case 4, 5, 11, 12 -> Kind.DEVICE;
            case 6, 13 -> Kind.FIFO;
            case 7, 14 -> Kind.SOCKET;
            default -> throw new CorruptArchiveException("an inode is of unknown type " + type);
        };
    }

    private static SquashInode directory(Common common, SquashCursor at) throws IOException {
        long start = at.u32();
        long links = at.u32();
        int size = at.u16();
        int offset = at.u16();
        return common.with(links, size, start, offset, NONE, NONE, at);
    }

    private static SquashInode largeDirectory(Common common, SquashCursor at) throws IOException {
        long links = at.u32();
        long size = at.u32();
        long start = at.u32();
        at.u32();
        at.u16();
        int offset = at.u16();
        return common.with(links, size, start, offset, NONE, at.u32(), at);
    }

    private static SquashInode file(Common common, SquashCursor at) throws IOException {
        long start = at.u32();
        long fragment = at.u32();
        long offset = at.u32();
        long size = at.u32();
        return common.with(1, size, start, offset, fragment, NONE, at);
    }

    private static SquashInode largeFile(Common common, SquashCursor at) throws IOException {
        long start = at.u64();
        long size = at.u64();
        at.u64();
        long links = at.u32();
        long fragment = at.u32();
        long offset = at.u32();
        return common.with(links, size, start, offset, fragment, at.u32(), at);
    }

    private static SquashInode symlink(Common common, SquashCursor at) throws IOException {
        long links = at.u32();
        return common.with(links, targetSize(at), 0, 0, NONE, NONE, at);
    }

    private static SquashInode largeSymlink(Common common, SquashCursor at) throws IOException {
        long links = at.u32();
        long size = targetSize(at);
        SquashCursor target = at.copy();
        at.skip(size);
        return common.with(links, size, 0, 0, NONE, at.u32(), target);
    }

    private static long targetSize(SquashCursor at) throws IOException {
        long size = at.u32();
        if (size > MAX_TARGET) {
            throw new CorruptArchiveException("the target of a link has %d bytes".formatted(size));
        }
        return size;
    }
}
