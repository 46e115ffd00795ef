package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.image.ArchiveEntry.Kind;
import berth.engine.operation.Progress;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.function.Supplier;

/**
 * Root file systems in an archive that a {@link CheckedWriter} writes, with a description of whose they are. One alone is in
 * {@value #TREE}: any tar or cpio program reads it, and it imports as an image like any archive. One with its past is a tar archive:
 * {@value #IMAGE} is the image it stands on, {@code states/0} what changed of that in the oldest state, and so on; a character device
 * stands for a file that is gone.
 */
public final class PackedTree {
    static final String TREE = "rootfs";
    static final String IMAGE = "image";

    private static final String STATES = "states/";
    private static final int MAX_ID = 65_535;
    private static final int ENTRIES_PER_STEP = 5000;

    private PackedTree() {}

    /** The kinds of archives that one root file system can be packed into. */
    public enum Format {
        TAR,
        CPIO
    }

    /** What {@code number}, from 0 on, of the states is in. */
    static String state(int number) {
        return STATES + number;
    }

    /**
     * Packs {@code tree}. Device nodes and sockets are left out.
     *
     * @param description what {@link PackedArchive} tells of it
     * @param out stays open
     * @return what was left out, one line each
     * @throws BerthException UNSUPPORTED if a file belongs to an id beyond 65535, or has no room in such an archive; CANCELLED if the
     *     thread is interrupted
     * @throws IOException if {@code out} cannot be written
     */
    public static List<String> write(
            TreeView tree, String description, Format format, OutputStream out, Progress progress) throws IOException {
        Notes notes = new Notes();
        try (DirectoryReader reader = new DirectoryReader(tree.tree(), notes)) {
            ArchiveWriter archive = switch (format) {
                case TAR -> new TarWriter(out);
                case CPIO -> new CpioWriter(out, reader::hasOtherNames, notes);
            };
            CheckedWriter writer = new CheckedWriter(archive, description);
            add(writer, tree, reader, TREE, notes, progress);
            writer.finish();
        }
        return notes.lines();
    }

    /**
     * Packs {@code image} of {@code images} and {@code states} that stand on it, the oldest first; otherwise as {@link #write}.
     *
     * @param states each mounts one, for reading
     */
    public static List<String> writeStates(
            Images images,
            Image image,
            List<Supplier<TreeView>> states,
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
        for (int i = 0; i < states.size(); i++) {
            progress.step("packing state %d of %d".formatted(i + 1, states.size()));
            try (TreeView former =
                            i == 0 ? images.view(image) : states.get(i - 1).get();
                    TreeView present = states.get(i).get();
                    ArchiveReader changes = present.changesSince(former, notes)) {
                for (var next = changes.next(); next.isPresent(); next = changes.next()) {
                    writer.add(moved(next.get(), state(i)), changes);
                }
            }
        }
        writer.finish();
        return notes.lines();
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
