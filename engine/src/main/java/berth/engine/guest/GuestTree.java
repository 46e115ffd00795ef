package berth.engine.guest;

import berth.linux.Errno;
import berth.linux.KernelException;
import berth.linux.file.Directory;
import berth.linux.file.DirectoryEntry;
import berth.linux.file.FileStat;
import berth.linux.file.FileType;
import berth.linux.file.WriteResult;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A guest's root file system, as Berth writes into it: with the ids of the guest's own root, never through a link that is the
 * file itself, never over a file that its owner may not write. What cannot be done is told and nothing worse.
 *
 * <p>Text is ISO 8859-1, which keeps every byte of a guest's file as it is.
 */
public final class GuestTree {
    /** Enough for any configuration file, and no burden for the daemon. */
    private static final int LONGEST = 1 << 20;

    private static final int MOST_NAMES = 1000;
    private static final int PERMISSIONS = 0777;
    private static final int OWNER_WRITES = 0200;

    private final Directory rootfs;
    private final int uid;
    private final int gid;
    private final Consumer<String> notes;
    private final Writer writer;

    /** {@link Directory#writeFileAtomically} or the like. */
    private interface Writer {
        WriteResult write(Directory rootfs, String path, byte[] content, int mode, int uid, int gid);
    }

    /**
     * @param rootfs the guest's root, resolving as the guest would
     * @param uid the host uid of its root
     * @param notes is told which file was left alone and why
     */
    public GuestTree(Directory rootfs, int uid, int gid, Consumer<String> notes) {
        this(rootfs, uid, gid, notes, Directory::writeFileAtomically);
    }

    private GuestTree(Directory rootfs, int uid, int gid, Consumer<String> notes, Writer writer) {
        this.rootfs = rootfs;
        this.uid = uid;
        this.gid = gid;
        this.notes = notes;
        this.writer = writer;
    }

    /** What is written to it stays as it is through a power cut; nobody is told what is left alone. */
    public static GuestTree durable(Directory rootfs, int uid, int gid) {
        return new GuestTree(rootfs, uid, gid, _ -> {}, Directory::writeFileDurably);
    }

    /** Whether there is something at {@code path}, after following links. */
    boolean leadsTo(String path) {
        return quietly(() -> rootfs.statTarget(path)).isPresent();
    }

    /** Whether the name {@code path} is taken, be it by a link that leads nowhere. */
    boolean has(String path) {
        return quietly(() -> rootfs.stat(path)).isPresent();
    }

    boolean hasDirectory(String path) {
        return quietly(() -> rootfs.statTarget(path))
                .filter(FileStat::isDirectory)
                .isPresent();
    }

    /** What the link {@code path} says; empty if there is none. */
    Optional<String> linkTarget(String path) {
        return quietly(() ->
                rootfs.stat(path).filter(s -> s.type() == FileType.SYMLINK).map(s -> rootfs.readLink(path)));
    }

    /** The names in a directory, as many as anybody would have there. */
    List<String> names(String path) {
        return quietly(() -> {
                    try (Directory directory = rootfs.openDirectory(path)) {
                        return Optional.of(directory.listSome(MOST_NAMES).stream()
                                .map(DirectoryEntry::name)
                                .sorted()
                                .toList());
                    }
                })
                .orElse(List.of());
    }

    /** The text of a file; empty if there is none, or none that can be read. */
    public Optional<String> read(String path) {
        return quietly(() -> Optional.of(new String(rootfs.readFile(path, LONGEST), StandardCharsets.ISO_8859_1)));
    }

    /** Makes {@code path} a file of the guest's root with this content. */
    public void write(String path, byte[] content, int mode) {
        write(path, content, mode, uid, gid);
    }

    /** As {@link #write(String, byte[], int)}. */
    void write(String path, String text, int mode) {
        write(path, text.getBytes(StandardCharsets.ISO_8859_1), mode);
    }

    /** As {@link #write(String, String, int)}, also in place of a file that its owner may not write, where no guest meant that. */
    void replace(String path, String text, int mode) {
        try {
            if (rootfs.stat(path).filter(FileStat::isRegular).isPresent()) {
                rootfs.remove(path);
            }
        } catch (KernelException e) {
            notes.accept("/%s is not replaced: %s".formatted(path, e.reason()));
            return;
        }
        write(path, text, mode);
    }

    /** Gives a file another text, and leaves its owner and its mode; one that does not exist is made with {@code mode}. */
    void rewrite(String path, String text, int mode) {
        Optional<FileStat> old = quietly(() -> rootfs.stat(path)).filter(FileStat::isRegular);
        byte[] content = text.getBytes(StandardCharsets.ISO_8859_1);
        if (old.isPresent()) {
            write(
                    path,
                    content,
                    old.get().mode() & PERMISSIONS,
                    old.get().uid(),
                    old.get().gid());
        } else {
            write(path, content, mode);
        }
    }

    /** Removes a file. */
    void remove(String path) {
        try {
            Optional<FileStat> old = rootfs.stat(path);
            if (old.isEmpty()) {
                return;
            }
            if (old.get().isRegular() && (old.get().mode() & OWNER_WRITES) == 0) {
                notes.accept("/%s is left alone: its owner may not write it".formatted(path));
            } else {
                rootfs.remove(path);
            }
        } catch (KernelException e) {
            notes.accept("/%s is not removed: %s".formatted(path, e.reason()));
        }
    }

    /** Makes {@code path} a link of the guest's root; what has that name already stays. */
    void link(String path, String target) {
        try {
            rootfs.symlink(target, path);
            rootfs.chown(path, uid, gid);
        } catch (KernelException e) {
            if (!e.is(Errno.EEXIST)) {
                notes.accept("/%s is not made: %s".formatted(path, e.reason()));
            }
        }
    }

    /** Tells what became of a file. */
    void note(String text) {
        notes.accept(text);
    }

    private void write(String path, byte[] content, int mode, int owner, int group) {
        try {
            WriteResult result = writer.write(rootfs, path, content, mode, owner, group);
            switch (result) {
                case WRITTEN, UNCHANGED -> {}
                case PROTECTED -> notes.accept("/%s is left alone: its owner may not write it".formatted(path));
                case NOT_A_FILE -> notes.accept("/%s is left alone: it is not a regular file".formatted(path));
                case NO_DIRECTORY -> notes.accept("/%s is not written: its directory does not exist".formatted(path));
            }
        } catch (KernelException e) {
            notes.accept("/%s is not written: %s".formatted(path, e.reason()));
        }
    }

    /** What a guest has put in the way of a look is not there. */
    private static <T> Optional<T> quietly(Supplier<Optional<T>> look) {
        try {
            return look.get();
        } catch (KernelException e) {
            return Optional.empty();
        }
    }
}
