package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.operation.Progress;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The images of one pool: {@code <id>/tree} and {@code <id>/image.yml} for each, {@code names.yml} for their tags, in a directory
 * that only root may enter, since the trees hold other people's setuid programs.
 *
 * <p>An image is never changed after it is there. One of a content is kept however often it is imported. A name belongs to the
 * image it was given to last; the image it leaves stays until it is deleted.
 *
 * <p>Safe for several threads: imports run one at a time, everything else beside them.
 */
public final class Images implements AutoCloseable {
    private static final int MODE = 0700;

    private final Path path;
    private final Directory directory;
    private final Catalogue catalogue;
    /** Held while the catalogue and the directory change together. */
    private final ReentrantLock changing = new ReentrantLock();

    private final Intake intake;
    private final Removal removal;

    private Images(
            Path path, Directory directory, ImageUsers users, Clock clock, Catalogue catalogue, ImageShelf shelf) {
        this.path = path;
        this.directory = directory;
        this.catalogue = catalogue;
        this.removal = new Removal(path, directory, catalogue, shelf, users, changing);
        this.intake = new Intake(path, directory, catalogue, shelf, removal, changing, clock);
    }

    /**
     * Opens the images in {@code path}, a trusted directory whose parent exists, and removes what earlier daemons did not finish.
     *
     * @param users asked before an image is deleted
     */
    public static Images open(Path path, ImageUsers users, Clock clock) {
        createPrivate(path);
        Directory directory = Directory.open(path, Resolution.NO_LINKS);
        ImageShelf shelf = ImageShelf.load(path, directory);
        Catalogue catalogue = Catalogue.load(path, directory, shelf);
        try {
            Staging.sweep(directory);
        } catch (KernelException e) {
            catalogue.addProblem("leftovers of imports in %s stay: %s".formatted(path, e.getMessage()));
        }
        return new Images(path, directory, users, clock, catalogue, shelf);
    }

    private static void createPrivate(Path path) {
        Path parent = path.toAbsolutePath().getParent();
        String name = String.valueOf(path.getFileName());
        try (Directory above = Directory.open(parent == null ? path : parent, Resolution.BENEATH)) {
            if (above.stat(name).isEmpty()) {
                above.createDirectory(name, MODE);
            }
            // A pool that turned read-only still serves what is in it.
            if (above.stat(name).filter(stat -> stat.mode() == MODE).isEmpty()) {
                above.chmod(name, MODE);
            }
        }
    }

    /** All images, named ones first by name, then the others by age. */
    public List<Image> list() {
        return catalogue.list();
    }

    /** Problems found when the images were loaded, one line each, for the log. */
    public List<String> problems() {
        return catalogue.problems();
    }

    /** The image of a name, an id, or the only one whose id begins so, of six digits or more. */
    public Optional<Image> find(String reference) {
        return catalogue.find(reference);
    }

    /** As {@link #find}. @throws BerthException NOT_FOUND if there is none; INVALID if several ids begin so */
    public Image get(String reference) {
        return catalogue.get(reference);
    }

    /** The root of an image's tree; never written to. */
    public Path tree(Image image) {
        return Staging.tree(path, image.id());
    }

    /**
     * Imports an archive of any format that {@link Archives} and {@link Packages} know, whatever it is called.
     *
     * @param archive read to its end; closing it is the caller's
     * @throws BerthException UNTRUSTED if it is broken or holds what is refused, saying which entry; UNSUPPORTED if it is a
     *     package that cannot be used; EXHAUSTED if the disk is full; CANCELLED if the thread is interrupted. Nothing is left
     */
    public Imported importArchive(InputStream archive, ImportRequest request, Progress progress) {
        return intake.take(
                staging -> {
                    Archives archives = new Archives(staging.path(), request.maxSize());
                    return request.base().isEmpty()
                            ? new Flattened(archives.open(archive))
                            : archives.openLayer(archive, staging.open());
                },
                new Intake.Import(request),
                progress);
    }

    /**
     * Imports as a layer what {@code present} has other than the image that {@code request} names as its base.
     *
     * @throws BerthException as {@link #importArchive}; UNSUPPORTED if a file belongs to an id beyond 65535
     */
    public Imported importDifference(TreeView present, ImportRequest request, Progress progress) {
        Intake.Import made = new Intake.Import(request);
        try (TreeView base = view(get(request.base().orElseThrow()))) {
            return intake.take(_ -> present.layerOn(base, made.notes()), made, progress);
        }
    }

    /**
     * Opens an archive that {@link PackedTree} wrote.
     *
     * @param archive read to its end; closing it is the caller's
     * @param maxSize the most bytes of content that it may unpack to
     * @throws BerthException UNTRUSTED if it is none
     */
    public PackedArchive openPacked(InputStream archive, long maxSize) {
        Staging scratch = Staging.scratch(directory, path);
        try {
            ArchiveReader reader = new Archives(scratch.path(), maxSize).open(archive);
            return new PackedArchive(scratch, new CheckedArchive(reader), maxSize);
        } catch (IOException | RuntimeException e) {
            scratch.close();
            throw e instanceof IOException broken ? Unpacker.broken(broken) : (RuntimeException) e;
        }
    }

    /**
     * Imports what {@code entries} yields, to its end, and closes it; otherwise as {@link #importArchive}. What that adds is gone after
     * the daemon ended before it was {@link #keep kept}.
     */
    Imported importEntries(ArchiveReader entries, ImportRequest request, Progress progress) {
        return intake.take(
                _ -> entries,
                new Intake.Import(request, Optional.empty(), new Notes(), Intake.Fate.UNTIL_KEPT),
                progress);
    }

    /**
     * Imports an image that LXD or Incus has in two archives.
     *
     * @param metadata the one with {@code metadata.yaml}; closing it is the caller's
     * @param rootfs the other, as for {@link #importArchive}
     * @throws BerthException as {@link #importArchive}
     */
    public Imported importSplit(InputStream metadata, InputStream rootfs, ImportRequest request, Progress progress) {
        LxdMetadata described;
        try (Staging scratch = Staging.scratch(directory, path)) {
            described = LxdMetadata.find(metadata, new Archives(scratch.path(), request.maxSize()));
        }
        return intake.take(
                staging -> new Archives(staging.path(), request.maxSize()).open(rootfs),
                new Intake.Import(request, Optional.of(described), new Notes(), Intake.Fate.KEPT),
                progress);
    }

    /**
     * Imports a directory: a copy of its tree, with holes and hard links, without other file systems mounted in it; or, of a
     * {@link Packages package}, what is in it.
     *
     * @param source a descriptor of the directory, which stays the caller's
     * @throws BerthException as {@link #importArchive}
     */
    public Imported importDirectory(Fd source, ImportRequest request, Progress progress) {
        Notes notes = new Notes();
        try (Directory start = Directory.of(source.dup(), Resolution.NO_LINKS)) {
            Intake.Import wanted = new Intake.Import(request, Optional.empty(), notes, Intake.Fate.KEPT);
            if (!Packages.isOne(start)) {
                return intake.take(_ -> new DirectoryReader(start, notes), wanted, progress);
            }
            return request.base().isEmpty()
                    ? intake.takePackage(start, wanted, progress)
                    : intake.take(
                            staging -> new Packages(new Archives(staging.path(), request.maxSize()), notes).open(start),
                            wanted,
                            progress);
        }
    }

    /** Copies {@code image} of {@code others}, other images than these, without its names, unless they have it. */
    Imported take(Images others, Image image, Progress progress) {
        Optional<Image> known = find(image.id());
        if (known.isPresent()) {
            return new Imported(known.get(), Imported.Outcome.KNOWN, List.of());
        }
        ImportRequest request = ImportRequest.of(image.source()).upTo(Long.MAX_VALUE);
        try (TreeView tree = others.view(image);
                DirectoryReader reader = new DirectoryReader(tree.tree(), new Notes())) {
            Imported copy = importEntries(reader, request, progress);
            if (!copy.image().id().equals(image.id())) {
                deletePassing(copy.image().id());
                throw new BerthException(
                        ErrorCode.FAILED,
                        "image '%s' is not what it was when it was made: its files have another checksum"
                                .formatted(image.label()),
                        "import it anew");
            }
            return copy;
        }
    }

    /** The tree of {@code image}. */
    TreeView view(Image image) {
        return new TreeView(intake.openTree(image.id()), Owners.SAME);
    }

    /** Deletes image {@code id} if {@link #importEntries} made it, nobody {@link #keep kept} it and nothing needs it. */
    public void deletePassing(String id) {
        removal.deletePassing(id);
    }

    /**
     * Imports what {@code builder} makes, as a layer if {@code request} says on what.
     *
     * @throws BerthException UNSUPPORTED if the machine lacks a program; FAILED if building fails; as {@link #importArchive}
     */
    public Imported build(ImageBuilder builder, Sandbox sandbox, ImportRequest request, Progress progress) {
        try (Staging scratch = Staging.scratch(directory, path);
                ImageBuilder.Build build = builder.start(
                        new ImageBuilder.Site(scratch.path().toAbsolutePath(), sandbox, this, progress))) {
            if (request.base().isEmpty()) {
                return intake.takeBeside(_ -> build.reader(), new Intake.Import(request), progress);
            }
            try (Staging whole = Staging.create(directory, path)) {
                intake.unpackBeside(build.reader(), whole, new Intake.Import(request), progress);
                try (Directory tree = whole.openTree();
                        Directory unfollowed = tree.with(Resolution.NO_LINKS)) {
                    return importDifference(new TreeView(unfollowed, Owners.SAME), request, progress);
                }
            }
        }
    }

    /**
     * Writes the tree of {@code image} as a tar archive, which imports as the same image; of one that stands on another only the
     * difference, as a layer.
     *
     * @param out stays open
     * @throws BerthException UNSUPPORTED of a layer with a file whose name means something else in layers
     * @throws IOException if it cannot be written
     */
    public void export(Image image, OutputStream out, Progress progress) throws IOException {
        progress.step("packing " + image.label());
        if (image.base().isEmpty()) {
            exportWhole(image, out);
            return;
        }
        try (TreeView tree = view(image);
                TreeView base = view(get(image.base().get()));
                ArchiveReader layer = tree.layerOn(base, new Notes())) {
            TarWriter.writeLayer(layer, out);
        }
    }

    /** Writes the whole tree of {@code image} as a tar archive. @throws IOException if it cannot be written */
    void exportWhole(Image image, OutputStream out) throws IOException {
        try (TreeView tree = view(image);
                DirectoryReader reader = new DirectoryReader(tree.tree(), new Notes())) {
            TarWriter.writeAll(reader, out);
        }
    }

    /** What {@code image} is made of: those that it stands on, the lowest first, and itself. */
    public List<Image> stack(Image image) {
        Deque<Image> stack = new ArrayDeque<>(List.of(image));
        while (stack.element().base().isPresent()) {
            stack.push(get(stack.element().base().get()));
        }
        return List.copyOf(stack);
    }

    /** Has what {@link #importEntries} made stay. */
    public void keep(Image image) {
        Staging.keep(directory, image.id());
    }

    /** Whether {@code image} has no name and nothing stands on it. */
    public boolean isUnneeded(Image image) {
        return removal.isUnneeded(image);
    }

    /** Gives {@code image} the tag {@code name}, which moves from another if that has it. */
    public Image tag(Image image, String name) {
        changing.lock();
        try {
            return catalogue.tag(get(image.id()).id(), name);
        } finally {
            changing.unlock();
        }
    }

    /**
     * Deletes what {@code reference} names: of an image with several names that name only; otherwise, and by id, the image.
     *
     * @throws BerthException NOT_FOUND, INVALID as {@link #get}; IN_USE if containers need it or images stand on it
     */
    public void delete(String reference) {
        removal.delete(reference);
    }

    /** How images go, and come back from the trash. */
    Removal removal() {
        return removal;
    }

    @Override
    public void close() {
        directory.close();
    }
}
