package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.image.ArchiveEntry.Kind;
import berth.engine.operation.Progress;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * File systems of a container in an archive that a {@link CheckedWriter} writes, with a description of whose they are. Those without
 * their past are in {@value #TREE}, which imports as an image like any archive, and {@code datasets/NAME}: any tar or cpio program
 * reads them. Those with it are a tar archive: {@value #IMAGE} is the image that the root stands on, {@code states/0} what changed of
 * that in the oldest state, and so on, and {@code datasets/NAME/0} the oldest state of another; a character device stands for a file
 * that is gone. {@code NAME} has {@code :} for each slash.
 */
public final class PackedTree {
    static final String TREE = "rootfs";
    static final String IMAGE = "image";

    private static final String STATES = "states";
    private static final String DATASETS = "datasets/";
    private static final int MAX_ID = 65_535;
    private static final int ENTRIES_PER_STEP = 5000;

    private PackedTree() {}

    /** The kinds of archives that one root file system can be packed into. */
    public enum Format {
        TAR,
        CPIO
    }

    /** What the file system {@code name} is in, without its past. */
    static String place(String name) {
        return name.equals(TreeHistory.ROOT) ? TREE : dataset(name);
    }

    /** What {@code number}, from 0 on, of the states of the file system {@code name} is in. */
    static String state(String name, int number) {
        return (name.equals(TreeHistory.ROOT) ? STATES : dataset(name)) + "/" + number;
    }

    private static String dataset(String name) {
        return DATASETS + name.replace('/', ':');
    }

    /** What the dataset is called that is in {@code directory} of the directory for them. */
    static String named(String directory) {
        return directory.replace(':', '/');
    }

    /**
     * Packs what {@code files} are last. Device nodes and sockets are left out.
     *
     * @param files the root's first
     * @param description what {@link PackedArchive} tells of it
     * @param out stays open
     * @return what was left out, one line each
     * @throws BerthException UNSUPPORTED if a file belongs to an id beyond 65535, or has no room in such an archive; CANCELLED if the
     *     thread is interrupted
     * @throws IOException if {@code out} cannot be written
     */
    public static List<String> write(
            List<TreeHistory> files, String description, Format format, OutputStream out, Progress progress)
            throws IOException {
        Notes notes = new Notes();
        Walk walk = new Walk();
        ArchiveWriter archive = switch (format) {
            case TAR -> new TarWriter(out);
            case CPIO -> new CpioWriter(out, walk::hasOtherNames, notes);
        };
        CheckedWriter writer = new CheckedWriter(archive, description);
        for (TreeHistory tree : files) {
            try (TreeView present = tree.states().getLast().get();
                    DirectoryReader reader = new DirectoryReader(present.tree(), notes)) {
                walk.at = Optional.of(reader);
                add(writer, present, reader, place(tree.name()), notes, progress);
            }
        }
        writer.finish();
        return notes.lines();
    }

    /** The tree that is being packed. */
    private static final class Walk {
        private Optional<DirectoryReader> at = Optional.empty();

        boolean hasOtherNames() {
            return at.filter(DirectoryReader::hasOtherNames).isPresent();
        }
    }

    /** Packs {@code image} of {@code images} and all states of {@code files}, of which the first stands on it; otherwise as {@link #write}. */
    public static List<String> writeStates(
            Images images,
            Image image,
            List<TreeHistory> files,
            String description,
            OutputStream out,
            Progress progress)
            throws IOException {
        Notes notes = new Notes();
        CheckedWriter writer = new CheckedWriter(new TarWriter(out), description);
        try (TreeView base = images.view(image);
                DirectoryReader reader = new DirectoryReader(base.tree(), notes)) {
            progress.step("packing the image");
            add(writer, base, reader, IMAGE, notes, progress);
        }
        int count = files.stream().mapToInt(h -> h.states().size()).sum();
        int done = 0;
        for (TreeHistory history : files) {
            Optional<Supplier<TreeView>> former =
                    history.isRoot() ? Optional.of(() -> images.view(image)) : Optional.empty();
            int number = 0;
            for (Supplier<TreeView> present : history.states()) {
                progress.step("packing state %d of %d".formatted(++done, count));
                addChanges(writer, former, present, state(history.name(), number++), notes);
                former = Optional.of(present);
            }
        }
        writer.finish();
        return notes.lines();
    }

    private static void addChanges(
            CheckedWriter writer,
            Optional<Supplier<TreeView>> former,
            Supplier<TreeView> state,
            String top,
            Notes notes)
            throws IOException {
        Optional<TreeView> was = former.map(Supplier::get);
        try (TreeView present = state.get();
                ArchiveReader changes = present.changesSince(was, notes)) {
            for (var next = changes.next(); next.isPresent(); next = changes.next()) {
                writer.add(moved(next.get(), top), changes);
            }
        } finally {
            was.ifPresent(TreeView::close);
        }
    }

    private static void add(
            CheckedWriter writer, TreeView tree, DirectoryReader reader, String top, Notes notes, Progress progress)
            throws IOException {
        long count = 0;
        for (var next = reader.next(); next.isPresent(); next = reader.next()) {
            if (notes.leavesOut(next.get())) {
                continue;
            }
            writer.add(moved(tree.inside(next.get()), top), reader);
            if (++count % ENTRIES_PER_STEP == 0) {
                progress.step("packing: %d files".formatted(count));
            }
        }
    }

    static ArchiveEntry moved(ArchiveEntry entry, String top) {
        boolean link = entry.kind() == Kind.HARD_LINK;
        return new ArchiveEntry(
                top + "/" + entry.name(),
                entry.kind() == Kind.WHITEOUT ? Kind.DEVICE : entry.kind(),
                entry.mode(),
                link ? 0 : id(entry.uid(), entry),
                link ? 0 : id(entry.gid(), entry),
                entry.size(),
                link ? top + "/" + entry.target() : entry.target(),
                entry.mtime(),
                entry.xattrs(),
                entry.data());
    }

    /** {@code entry} as it belongs where it is to go. @throws BerthException UNSUPPORTED if its owner could not be imported */
    static ArchiveEntry owned(ArchiveEntry entry, Owners owners) {
        ArchiveEntry owned = owners.inside(entry);
        if (owned.kind() != Kind.HARD_LINK) {
            id(owned.uid(), entry);
            id(owned.gid(), entry);
        }
        return owned;
    }

    private static long id(long id, ArchiveEntry entry) {
        if (id > MAX_ID) {
            throw new BerthException(
                    ErrorCode.UNSUPPORTED,
                    "'%s' belongs to id %d, which could not be imported".formatted(entry.shown(), id),
                    "give it to an id up to %d".formatted(MAX_ID));
        }
        return id;
    }
}
