package berth.engine.image;

import berth.linux.file.FileName;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A file as its archive describes it.
 *
 * @param name its path, unchecked, in the form of {@link FileName}
 * @param kind what it is
 * @param mode permission, setuid, setgid and sticky bits
 * @param uid owner, any number
 * @param gid group, any number
 * @param size length of a regular file, holes included
 * @param target what a link points to
 * @param mtime when its content last changed
 * @param xattrs extended attributes
 * @param data where in the file its stored data belong, ascending
 */
record ArchiveEntry(
        String name,
        Kind kind,
        int mode,
        long uid,
        long gid,
        long size,
        String target,
        Instant mtime,
        Map<String, byte[]> xattrs,
        List<Extent> data) {

    /** What an archive can hold. */
    enum Kind {
        FILE,
        DIRECTORY,
        SYMLINK,
        /** A second name of a file that came before. */
        HARD_LINK,
        FIFO,
        DEVICE,
        SOCKET,
        /** What layers below have of this name is gone. */
        WHITEOUT,
        /** What layers below have in this directory is gone. */
        OPAQUE
    }

    /** A stretch of data in a file, in bytes. */
    record Extent(long offset, long length) {}

    /** A directory, link or the like, owned by root, that Berth itself adds to a tree. */
    static ArchiveEntry made(String name, Kind kind, int mode, String target) {
        return new ArchiveEntry(name, kind, mode, 0, 0, 0, target, Instant.EPOCH, Map.of(), List.of());
    }

    /** A regular file of {@code size} bytes, owned by root, that Berth itself adds to a tree. */
    static ArchiveEntry madeFile(String name, int mode, long size) {
        List<Extent> data = List.of(new Extent(0, size));
        return new ArchiveEntry(name, Kind.FILE, mode, 0, 0, size, "", Instant.EPOCH, Map.of(), data);
    }

    /** The same called {@code other}, and leading to {@code elsewhere} if it is a link. */
    ArchiveEntry renamed(String other, String elsewhere) {
        return new ArchiveEntry(other, kind, mode, uid, gid, size, elsewhere, mtime, xattrs, data);
    }

    /** Its name for a message. */
    String shown() {
        return FileName.printable(name);
    }
}
