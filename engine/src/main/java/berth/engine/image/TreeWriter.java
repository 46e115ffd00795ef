package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.image.ArchiveEntry.Kind;
import berth.linux.Errno;
import berth.linux.KernelException;
import berth.linux.file.Directory;
import berth.linux.file.FileStat;
import berth.linux.file.OpenFile;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Writes an archive's entries into a tree, and nowhere else. Paths are resolved by the kernel with the tree as {@code /}, so a
 * link can lead an entry to another place of the tree but never out of it. What cannot be written as it is described is refused
 * with the entry's name; of entries of one name the last wins.
 */
final class TreeWriter implements AutoCloseable {
    private static final int MAX_ID = 65535;
    private static final int MAX_TARGET = 4095;
    private static final int OMITTED_KEPT = 10_000;

    private final Directory root;
    private final Limits limits;
    private final Notes notes;
    private final FileHashes hashes;
    private final Owners owners;
    private final FileSink sink;
    private final ParentDirectories parents;
    private final DirectoryTimes times;
    /** Paths of nodes left out, whose further names must be left out as well. */
    private final Set<EntryPath> omitted = new HashSet<>();

    private int entries;
    private boolean removed;

    /** @param root opened with {@link berth.linux.file.Resolution#IN_ROOT}, empty; stays open */
    TreeWriter(Directory root, Limits limits, FreeSpace space, Notes notes, FileHashes hashes) {
        this(root, Owners.SAME, limits, space, notes, hashes);
    }

    /** As above, with other ids on the disk than in the archive: those that {@code owners} tells. */
    TreeWriter(Directory root, Owners owners, Limits limits, FreeSpace space, Notes notes, FileHashes hashes) {
        this.root = root;
        this.owners = owners;
        this.limits = limits;
        this.notes = notes;
        this.hashes = hashes;
        this.sink = new FileSink(limits, space);
        this.parents = new ParentDirectories(root);
        this.times = new DirectoryTimes(root);
    }

    /** Bytes of content written so far. */
    long bytes() {
        return sink.total();
    }

    /** Entries seen so far. */
    int entries() {
        return entries;
    }

    /**
     * Writes {@code entry}, which {@code source} is at.
     *
     * @throws BerthException UNTRUSTED if it is refused; EXHAUSTED if the disk is full
     * @throws IOException if {@code source} fails
     */
    void add(ArchiveEntry entry, ArchiveReader source) throws IOException {
        if (++entries > limits.entries()) {
            throw limits.tooMany();
        }
        FileSink.checkInterrupt();
        EntryPath path = EntryPath.of(entry);
        try {
            if (!isOmitted(entry, path)) {
                write(entry, path, source);
            }
            if (removed) {
                parents.forget();
                removed = false;
            }
        } catch (KernelException e) {
            if (e.is(Errno.ENOSPC) || e.is(Errno.EDQUOT)) {
                throw new BerthException(
                        ErrorCode.EXHAUSTED,
                        "no space left for entry '%s'".formatted(entry.shown()),
                        "free some space in the pool, for instance by 'osctl trash prune', and try again",
                        e);
            }
            throw new BerthException(
                    ErrorCode.UNTRUSTED, "entry '%s' is refused: %s".formatted(entry.shown(), reason(e)), null, e);
        }
    }

    /** Sets the times of directories that nothing more comes into. */
    void finish() {
        times.finish();
    }

    @Override
    public void close() {
        parents.close();
    }

    private boolean isOmitted(ArchiveEntry entry, EntryPath path) {
        boolean omit = notes.leavesOut(entry)
                || (entry.kind() == Kind.HARD_LINK
                        && !omitted.isEmpty()
                        && omitted.contains(EntryPath.ofTarget(entry)));
        if (omit && omitted.size() < OMITTED_KEPT) {
            omitted.add(path);
        }
        return omit;
    }

    private void write(ArchiveEntry entry, EntryPath path, ArchiveReader source) throws IOException {
        if (entry.kind() != Kind.HARD_LINK && !(isId(entry.uid()) && isId(entry.gid()))) {
            throw EntryPath.refused(
                    entry.name(), "its owner %d:%d is not within 0..%d".formatted(entry.uid(), entry.gid(), MAX_ID));
        }
        if (uid(entry) < 0 || gid(entry) < 0) {
            throw EntryPath.refused(
                    entry.name(), "its owner %d:%d has no id on this host".formatted(entry.uid(), entry.gid()));
        }
        if (path.isRoot()) {
            writeRoot(entry);
            return;
        }
        times.entering(path);
        Directory parent = parents.of(path);
        switch (entry.kind()) {
            case FILE -> writeFile(entry, parent, path.name(), source);
            case DIRECTORY -> writeDirectory(entry, parent, path);
            case SYMLINK -> writeSymlink(entry, parent, path.name());
            case HARD_LINK -> writeHardLink(entry, parent, path);
            case FIFO -> {
                clear(parent, path.name());
                parent.createFifo(path.name(), 0600);
                setAttributes(entry, parent, path.name());
            }
            case WHITEOUT -> clear(parent, path.name());
            case OPAQUE -> empty(parent, path.name());
            case DEVICE, SOCKET -> throw new IllegalStateException("left out before");
        }
    }

    private void writeRoot(ArchiveEntry entry) {
        if (entry.kind() == Kind.OPAQUE) {
            empty(root, ".");
            return;
        }
        if (entry.kind() != Kind.DIRECTORY) {
            throw EntryPath.refused(entry.name(), "the root of the tree must be a directory");
        }
        setAttributes(entry, root, ".");
        times.later(new EntryPath(""), entry.mtime());
    }

    private void writeFile(ArchiveEntry entry, Directory parent, String name, ArchiveReader source) throws IOException {
        try (OpenFile file = create(parent, name)) {
            byte[] hash = sink.write(entry, source, file);
            if (entry.size() > 0) {
                hashes.put(file.stat().inode(), hash);
            }
            file.chown(uid(entry), gid(entry));
            file.chmod(entry.mode());
            setXattrs(entry, parent, name);
            file.setTime(entry.mtime());
        }
    }

    private OpenFile create(Directory parent, String name) {
        try {
            return parent.create(name, 0600);
        } catch (KernelException e) {
            if (!e.is(Errno.EEXIST)) {
                throw e;
            }
        }
        clear(parent, name);
        return parent.create(name, 0600);
    }

    private void writeDirectory(ArchiveEntry entry, Directory parent, EntryPath path) {
        boolean exists = parent.stat(path.name()).filter(FileStat::isDirectory).isPresent();
        if (!exists) {
            clear(parent, path.name());
            parent.createDirectory(path.name(), 0700);
        }
        setAttributes(entry, parent, path.name());
        times.later(path, entry.mtime());
    }

    private void writeSymlink(ArchiveEntry entry, Directory parent, String name) {
        if (entry.target().isEmpty() || entry.target().length() > MAX_TARGET) {
            throw EntryPath.refused(entry.name(), "a link's target must have 1 to %d bytes".formatted(MAX_TARGET));
        }
        clear(parent, name);
        parent.symlink(entry.target(), name);
        setAttributes(entry, parent, name);
    }

    private void writeHardLink(ArchiveEntry entry, Directory parent, EntryPath path) {
        String target = EntryPath.ofTarget(entry).text();
        Optional<FileStat> existing = target.isEmpty() ? Optional.empty() : root.stat(target);
        if (existing.isEmpty() || existing.get().isDirectory()) {
            throw EntryPath.refused(entry.name(), "it is a hard link to something that is not a file of the archive");
        }
        Optional<FileStat> old = parent.stat(path.name());
        if (old.isEmpty() || !old.get().isSameFile(existing.get())) {
            clear(parent, path.name());
            root.link(target, path.text());
        }
    }

    /** Makes room for an entry of this name: what stands there goes, be it a whole tree. */
    private void clear(Directory parent, String name) {
        if (parent.stat(name).isPresent()) {
            parent.removeTree(name);
            removed = true;
        }
    }

    private void empty(Directory parent, String name) {
        if (parent.stat(name).filter(FileStat::isDirectory).isEmpty()) {
            return;
        }
        try (Directory directory = parent.openDirectory(name)) {
            directory.list().forEach(entry -> directory.removeTree(entry.name()));
        }
        removed = true;
    }

    /** Owner first: the kernel takes setuid bits and capabilities away when it changes. */
    private void setAttributes(ArchiveEntry entry, Directory parent, String name) {
        parent.chown(name, uid(entry), gid(entry));
        if (entry.kind() != Kind.SYMLINK) {
            parent.chmod(name, entry.mode());
        }
        setXattrs(entry, parent, name);
        parent.setTime(name, entry.mtime());
    }

    private void setXattrs(ArchiveEntry entry, Directory parent, String name) {
        for (Map.Entry<String, byte[]> attribute :
                owners.attributes(entry.xattrs()).entrySet()) {
            if (!KeptAttributes.keeps(attribute.getKey())) {
                notes.omitted(Omission.ATTRIBUTE, attribute.getKey() + " of " + entry.name());
                continue;
            }
            try {
                parent.setXattr(name, attribute.getKey(), attribute.getValue());
            } catch (KernelException e) {
                notes.omitted(Omission.UNSTORED_ATTRIBUTE, attribute.getKey() + " of " + entry.name());
            }
        }
    }

    private int uid(ArchiveEntry entry) {
        return (int) owners.uid().applyAsLong(entry.uid());
    }

    private int gid(ArchiveEntry entry) {
        return (int) owners.gid().applyAsLong(entry.gid());
    }

    private static boolean isId(long id) {
        return id >= 0 && id <= MAX_ID;
    }

    private static String reason(KernelException e) {
        if (e.is(Errno.ENOTDIR) || e.is(Errno.EEXIST)) {
            return "what should be its directory is a file or a link that leads nowhere";
        }
        return e.is(Errno.ELOOP) ? "links on its way go in a circle" : e.reason();
    }
}
