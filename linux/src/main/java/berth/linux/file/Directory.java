package berth.linux.file;

import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.Libc;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An open directory, the door to the tree beneath it. Every path is relative to it and resolved by the kernel under one
 * {@link Resolution}; the last component of a path is never followed if it is a link, unless a method says so, and may not
 * be {@code ..}. {@code .} is the directory itself.
 *
 * <p>All methods throw {@link KernelException} with the kernel's reason: ENOENT, ENOTDIR, EXDEV (the path leads out), ELOOP,
 * EACCES and so on. Safe for several threads until it is closed. Source: openat2(2), path_resolution(7).
 */
public final class Directory implements AutoCloseable {

    private final Fd fd;
    private final Resolution resolution;

    private Directory(Fd fd, Resolution resolution) {
        this.fd = fd;
        this.resolution = resolution;
    }

    /** Takes ownership of {@code fd}, a directory opened in any way, also with O_PATH. */
    public static Directory of(Fd fd, Resolution resolution) {
        return new Directory(fd, resolution);
    }

    /** Opens {@code path}, every part of which is trusted: links are followed. */
    public static Directory open(Path path, Resolution resolution) {
        long flags = FileCalls.O_PATH | FileCalls.O_DIRECTORY;
        return of(FileCalls.openat2(FileCalls.AT_FDCWD, path.toString(), flags, 0, 0), resolution);
    }

    /** Its descriptor (O_PATH unless made from another), which stays the directory's to close. */
    public Fd fd() {
        return fd;
    }

    /** The same directory under another resolution, with a descriptor of its own. */
    public Directory with(Resolution other) {
        return of(fd.dup(), other);
    }

    /** Opens the directory {@code path}, following links under the resolution, which it inherits. */
    public Directory openDirectory(String path) {
        long flags = FileCalls.O_PATH | FileCalls.O_DIRECTORY;
        return of(FileCalls.openat2(fd.number(), path, flags, 0, resolution.flags()), resolution);
    }

    /** Opens whatever {@code path} is as a place only (O_PATH), for instance to mount something there; of a link, the link. */
    public Fd openPlace(String path) {
        return FileCalls.openat2(fd.number(), path, FileCalls.O_PATH | FileCalls.O_NOFOLLOW, 0, resolution.flags());
    }

    /**
     * Opens the regular file {@code path} for reading, following links under the resolution.
     *
     * @throws KernelException ENXIO if it is not a regular file: FIFOs and devices are never opened
     */
    public OpenFile openRead(String path) {
        try (Fd found = FileCalls.openat2(fd.number(), path, FileCalls.O_PATH, 0, resolution.flags())) {
            FileStat stat = FileCalls.fstat(found.number());
            if (!stat.isRegular()) {
                Errno reason = stat.isDirectory() ? Errno.EISDIR : Errno.ENXIO;
                throw new KernelException("openat2", FileName.printable(path), reason.number());
            }
            long flags = FileCalls.O_RDONLY | FileCalls.O_NOCTTY | FileCalls.O_NONBLOCK;
            return new OpenFile(FileCalls.openat2(FileCalls.AT_FDCWD, found.procPath(), flags, 0, 0));
        }
    }

    /** Makes the file {@code path}, which must not exist, and opens it for writing. {@code mode} is cut by the umask. */
    public OpenFile create(String path, int mode) {
        try (Place place = place(path)) {
            long flags = FileCalls.O_RDWR | FileCalls.O_CREAT | FileCalls.O_EXCL | FileCalls.O_NOFOLLOW;
            return new OpenFile(FileCalls.openat2(
                    place.directory(), place.name(), flags, mode & 07777, Resolution.BENEATH.flags()));
        }
    }

    /** Makes the directory {@code path}, which must not exist. {@code mode} is cut by the umask. */
    public void createDirectory(String path, int mode) {
        try (Place place = place(path)) {
            FileCalls.mkdirat(place.directory(), place.name(), mode);
        }
    }

    /** Makes {@code path} a link that says {@code target}, which is not looked at. */
    public void symlink(String target, String path) {
        try (Place place = place(path)) {
            FileCalls.symlinkat(target, place.directory(), place.name());
        }
    }

    /** Gives the file {@code existing} a second name; a link gets one itself, not what it points to. */
    public void link(String existing, String path) {
        try (Place from = place(existing);
                Place to = place(path)) {
            FileCalls.linkat(from.directory(), from.name(), to.directory(), to.name());
        }
    }

    /** Gives the file {@code existing} a second name in {@code target}, a directory of the same mount; otherwise as {@link #link}. */
    public void linkTo(String existing, Directory target, String path) {
        try (Place from = place(existing);
                Place to = target.place(path)) {
            FileCalls.linkat(from.directory(), from.name(), to.directory(), to.name());
        }
    }

    /** Makes a FIFO. {@code mode} is cut by the umask. */
    public void createFifo(String path, int mode) {
        try (Place place = place(path)) {
            FileCalls.mknodat(place.directory(), place.name(), FileType.FIFO, mode, 0);
        }
    }

    /** Makes a file that stands for device {@code number}. {@code mode} is cut by the umask. @throws KernelException EPERM in a user namespace */
    public void createDevice(String path, FileType type, DeviceNumber number, int mode) {
        try (Place place = place(path)) {
            long device = (long) number.major() << 32 | number.minor();
            FileCalls.mknodat(place.directory(), place.name(), type, mode, device);
        }
    }

    /** Makes the marker by which an overlay's upper layer hides a name of the lower ones. Source: kernel, overlayfs.rst. */
    public void createWhiteout(String path) {
        try (Place place = place(path)) {
            FileCalls.mknodat(place.directory(), place.name(), FileType.CHARACTER_DEVICE, 0, 0);
        }
    }

    /** What the directory itself is. */
    public FileStat stat() {
        return FileCalls.fstat(fd.number());
    }

    /** What {@code path} is; of a link, the link. Empty if there is no such file. */
    public Optional<FileStat> stat(String path) {
        try (Place place = place(path)) {
            return Optional.of(FileCalls.statx(place.directory(), place.name()));
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** What {@code path} is after following links under the resolution. Empty if they lead nowhere. */
    public Optional<FileStat> statTarget(String path) {
        try (Fd found = FileCalls.openat2(fd.number(), path, FileCalls.O_PATH, 0, resolution.flags())) {
            return Optional.of(FileCalls.fstat(found.number()));
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** What the link {@code path} says. @throws KernelException EINVAL if it is not a link */
    public String readLink(String path) {
        try (Place place = place(path)) {
            return FileCalls.readlinkat(place.directory(), place.name());
        }
    }

    /** Gives {@code path} to {@code uid} and {@code gid}; of a link, the link. Drops setuid, setgid and capabilities. */
    public void chown(String path, int uid, int gid) {
        try (Place place = place(path)) {
            FileCalls.fchownat(place.directory(), place.name(), uid, gid, FileCalls.AT_SYMLINK_NOFOLLOW);
        }
    }

    /** Sets permission, setuid, setgid and sticky bits. @throws KernelException ENOTSUP if it is a link */
    public void chmod(String path, int mode) {
        try (Place place = place(path);
                Fd file = FileCalls.openat2(
                        place.directory(),
                        place.name(),
                        FileCalls.O_PATH | FileCalls.O_NOFOLLOW,
                        0,
                        Resolution.BENEATH.flags())) {
            if (FileCalls.fstat(file.number()).type() == FileType.SYMLINK) {
                throw new KernelException("chmod", FileName.printable(path), Errno.ENOTSUP.number());
            }
            // fchmodat2(2) is in Linux 6.6 and Berth runs on 6.1; our own magic link names the very inode as well.
            FileCalls.chmod(file.procPath(), mode);
        }
    }

    /** Sets when {@code path} last changed; of a link, the link. */
    public void setTime(String path, Instant mtime) {
        try (Place place = place(path)) {
            FileCalls.utimensat(place.directory(), place.name(), mtime, FileCalls.AT_SYMLINK_NOFOLLOW);
        }
    }

    /** All extended attributes of {@code path} that this process may see; of a link, the link's. */
    public Map<String, byte[]> xattrs(String path) {
        try (Place place = place(path)) {
            return ExtendedAttributes.all(place.procPath());
        }
    }

    /** Sets one extended attribute. @throws KernelException ENOTSUP or EPERM if such a file cannot have it */
    public void setXattr(String path, String name, byte[] value) {
        try (Place place = place(path)) {
            ExtendedAttributes.set(place.procPath(), name, value);
        }
    }

    /** Removes one extended attribute. @throws KernelException ENODATA if there is none of that name */
    public void removeXattr(String path, String name) {
        try (Place place = place(path)) {
            ExtendedAttributes.remove(place.procPath(), name);
        }
    }

    /** Renames {@code from} to {@code to}, replacing a file or an empty directory there. */
    public void rename(String from, String to) {
        rename(from, to, 0);
    }

    /**
     * Renames {@code from} to {@code to}. On file systems that cannot do that in one step (ZFS before 2.2, zfs-fuse) nobody else
     * may make {@code to} meanwhile.
     *
     * @throws KernelException EEXIST if {@code to} exists
     */
    public void renameToNew(String from, String to) {
        try {
            rename(from, to, FileCalls.RENAME_NOREPLACE);
        } catch (KernelException e) {
            if (!e.is(Errno.EINVAL)) {
                throw e;
            }
            if (stat(to).isPresent()) {
                throw new KernelException("renameat2", FileName.printable(to), Errno.EEXIST.number());
            }
            rename(from, to);
        }
    }

    /** Removes a file, a link, or an empty directory. */
    public void remove(String path) {
        try (Place place = place(path)) {
            long result = FileCalls.tryUnlinkat(place.directory(), place.name(), 0);
            if (result == -Errno.EISDIR.number()) {
                FileCalls.unlinkat(place.directory(), place.name(), FileCalls.AT_REMOVEDIR);
            } else {
                Libc.check(result, "unlinkat", FileName.printable(path));
            }
        }
    }

    /**
     * Removes {@code path} with all beneath it, if it exists. Follows no link and enters no mount.
     *
     * @throws KernelException EXDEV or EBUSY if something is mounted in it; part of the tree may be gone then
     */
    public void removeTree(String path) {
        try (Place place = place(path)) {
            TreeRemoval.remove(place);
        }
    }

    /** The names in it, in no order. For a directory of an untrusted tree use {@link #listSome} or {@link TreeWalk}. */
    public List<DirectoryEntry> list() {
        return listSome(Integer.MAX_VALUE);
    }

    /** The first {@code most} of the names in it, in no order. */
    public List<DirectoryEntry> listSome(int most) {
        try (Listing listing = new Listing(fd)) {
            List<DirectoryEntry> entries = new ArrayList<>();
            for (var entry = listing.next(); entry != null && entries.size() < most; entry = listing.next()) {
                entries.add(entry);
            }
            return entries;
        }
    }

    /**
     * The content of the regular file {@code path}, following links under the resolution.
     *
     * @throws KernelException EFBIG if it is longer than {@code limit} bytes; as {@link #openRead}
     */
    public byte[] readFile(String path, int limit) {
        try (OpenFile file = openRead(path)) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(
                    (int) Math.min(limit + 1L, file.stat().size() + 1));
            while (buffer.hasRemaining() && file.read(buffer) > 0) {}
            if (buffer.position() > limit) {
                throw new KernelException("read", FileName.printable(path), Errno.EFBIG.number());
            }
            byte[] content = new byte[buffer.flip().remaining()];
            buffer.get(content);
            return content;
        }
    }

    /**
     * Makes {@code path} a regular file with {@code content}: it is written beside, then renamed over, so that a reader sees
     * the old or the new one. Links on the way to its directory are followed under the resolution; the file itself is never
     * reached through one. Not synced: after a power cut the file may be empty, and is then written again by the next call.
     *
     * @param mode all of the new file's mode
     * @return what was done, or why it was refused
     */
    public WriteResult writeFileAtomically(String path, byte[] content, int mode, int uid, int gid) {
        return write(path, AtomicWrite.Sync.NO, content, mode, uid, gid);
    }

    /** As {@link #writeFileAtomically}, but on return the file is on disk: a power cut leaves it as it is now. */
    public WriteResult writeFileDurably(String path, byte[] content, int mode, int uid, int gid) {
        return write(path, AtomicWrite.Sync.YES, content, mode, uid, gid);
    }

    private WriteResult write(String path, AtomicWrite.Sync sync, byte[] content, int mode, int uid, int gid) {
        try (Place place = place(path)) {
            return new AtomicWrite(place, content, mode, uid, gid, sync).write();
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR) || e.is(Errno.EXDEV) || e.is(Errno.ELOOP)) {
                return WriteResult.NO_DIRECTORY;
            }
            throw e;
        }
    }

    /**
     * Copies all that is in this directory into {@code target}, which should be empty: owners, modes, times, extended
     * attributes, hard links, holes, overlay whiteouts. Blocks are shared where the file system can. Sockets and devices are
     * left out, mounts are copied as empty directories.
     *
     * @return the names of what was left out, at most a hundred of them
     */
    public List<String> copyTo(Directory target) {
        return new TreeCopy(TreeCopy.Files.COPIED).copy(this, target);
    }

    /**
     * As {@link #copyTo}, but files and links are not copied: they get a second name in {@code target}, which is on the same file
     * system, and so nothing may be written to them any more.
     *
     * @return the names of what was left out, at most a hundred of them
     * @throws KernelException EMLINK if one has as many names as the file system allows
     */
    public List<String> linkTreeTo(Directory target) {
        return new TreeCopy(TreeCopy.Files.LINKED).copy(this, target);
    }

    /** Returns when everything written to this file system is on disk. Source: syncfs(2). */
    public void syncFileSystem() {
        FileCalls.syncfs(fd.number());
    }

    /** Returns when the directory's own names are on disk. Source: fsync(2). */
    public void sync() {
        FileCalls.fsync(fd.number());
    }

    @Override
    public void close() {
        fd.close();
    }

    private void rename(String from, String to, int flags) {
        try (Place source = place(from);
                Place target = place(to)) {
            FileCalls.renameat2(source.directory(), source.name(), target.directory(), target.name(), flags);
        }
    }

    private Place place(String path) {
        return Place.of(fd, path, resolution);
    }
}
