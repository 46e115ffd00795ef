package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.operation.Progress;
import berth.engine.store.DurableFile;
import berth.engine.store.FileFailure;
import berth.engine.store.Yaml;
import berth.linux.Errno;
import berth.linux.KernelException;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** How what is imported becomes an image of a pool: one at a time, each complete before it is seen. */
final class Intake {
    static final String DESCRIPTION = "image.yml";

    private final Path path;
    private final Directory directory;
    private final Catalogue catalogue;
    private final ImageShelf shelf;
    private final Removal removal;
    private final ReentrantLock changing;
    private final Clock clock;
    private final ReentrantLock importing = new ReentrantLock(true);

    /** Opens what is imported, with a directory for what cannot be read from front to end. */
    @FunctionalInterface
    interface Source {
        ArchiveReader open(Staging staging) throws IOException;
    }

    /** Whether what is imported stays when the daemon ends. */
    enum Fate {
        KEPT,
        UNTIL_KEPT
    }

    /**
     * What is imported.
     *
     * @param metadata what came beside the archive, if anything did
     */
    record Import(ImportRequest request, Optional<LxdMetadata> metadata, Notes notes, Fate fate) {
        Import(ImportRequest request) {
            this(request, Optional.empty(), new Notes(), Fate.KEPT);
        }
    }

    /** @param changing held while the catalogue and the directory change together */
    Intake(
            Path path,
            Directory directory,
            Catalogue catalogue,
            ImageShelf shelf,
            Removal removal,
            ReentrantLock changing,
            Clock clock) {
        this.path = path;
        this.directory = directory;
        this.catalogue = catalogue;
        this.shelf = shelf;
        this.removal = removal;
        this.changing = changing;
        this.clock = clock;
    }

    /** The tree of image {@code id}, for its own paths. */
    Directory openTree(String id) {
        return Directory.open(Staging.tree(path, id), Resolution.NO_LINKS);
    }

    /**
     * A stratum that is an image now.
     *
     * @param written bytes of content that were unpacked for it
     */
    record Laid(Imported imported, long written) {}

    /** What fills the tree of an image. */
    @FunctionalInterface
    private interface Filling {
        Unpacker.Unpacked fill(Unpacker unpacker, Staging staging, Foundation below) throws IOException;
    }

    /**
     * Makes an image of what {@code source} opens.
     *
     * @throws BerthException as {@link Images#importArchive}; NOT_FOUND if the base is not there
     */
    Imported take(Source source, Import wanted, Progress progress) {
        lockImporting(progress);
        try {
            return takeBeside(source, wanted, progress);
        } finally {
            importing.unlock();
        }
    }

    /** As {@link #take}, while others import: what is built may take as long as it likes. */
    Imported takeBeside(Source source, Import wanted, Progress progress) {
        Optional<Image> base = wanted.request().base().map(this::get);
        return make(
                (unpacker, staging, below) -> unpack(source, unpacker, base, staging, below), base, wanted, progress);
    }

    /** Makes an image, or several that stand on each other, of {@code source}, which is a package; otherwise as {@link #take}. */
    Imported takePackage(Directory source, Import wanted, Progress progress) {
        lockImporting(progress);
        try {
            return make(
                    (unpacker, staging, below) -> unpacker.unpackPackage(source, staging, below),
                    Optional.empty(),
                    wanted,
                    progress);
        } finally {
            importing.unlock();
        }
    }

    private Imported make(Filling filling, Optional<Image> base, Import wanted, Progress progress) {
        try (Staging staging = Staging.create(directory, path);
                Foundation below = new Foundation(this, wanted, progress)) {
            progress.step("unpacking");
            Unpacker.Unpacked unpacked = filled(filling, unpacker(wanted, progress), staging, below);
            progress.step("writing to disk");
            Image image = describe(unpacked, wanted.request(), base.or(below::top));
            boolean isNew = below.hasAdded(image);
            Imported imported = add(staging, image, wanted);
            below.keep();
            return isNew ? new Imported(imported.image(), Imported.Outcome.ADDED, imported.notes()) : imported;
        } catch (IOException e) {
            throw FileFailure.of("store an image in", path, e);
        } catch (KernelException e) {
            boolean full = e.is(Errno.ENOSPC) || e.is(Errno.EDQUOT);
            throw new BerthException(
                    full ? ErrorCode.EXHAUSTED : ErrorCode.FAILED,
                    "cannot store an image in %s: %s".formatted(path, e.getMessage()),
                    null,
                    e);
        }
    }

    private static Unpacker unpacker(Import wanted, Progress progress) {
        return new Unpacker(wanted.request().maxSize(), wanted.metadata(), wanted.notes(), progress);
    }

    private static Unpacker.Unpacked filled(Filling filling, Unpacker unpacker, Staging staging, Foundation below) {
        try {
            return filling.fill(unpacker, staging, below);
        } catch (IOException e) {
            throw Unpacker.broken(e);
        }
    }

    private Unpacker.Unpacked unpack(
            Source source, Unpacker unpacker, Optional<Image> base, Staging staging, Foundation below)
            throws IOException {
        try (ArchiveReader reader = source.open(staging)) {
            if (base.isEmpty()) {
                return unpacker.unpack(reader, staging, below);
            }
            try (Directory tree = openTree(base.get().id())) {
                return unpacker.unpackOn(tree, reader, staging);
            }
        }
    }

    /** Unpacks {@code entries} into {@code staging}, which becomes no image by itself. */
    void unpackBeside(ArchiveReader entries, Staging staging, Import wanted, Progress progress) {
        try (Foundation below = new Foundation(this, wanted, progress)) {
            filled(
                    (unpacker, tree, on) -> unpacker.unpack(entries, tree, on),
                    unpacker(wanted, progress),
                    staging,
                    below);
        }
    }

    /** Makes an image without a name of {@code stratum} on {@code below}, until it is {@link #keep kept}. Empty if it holds nothing. */
    Optional<Laid> lay(Stratum stratum, Foundation below, Import wanted, Progress progress) throws IOException {
        Import passing = new Import(wanted.request().unnamed(), Optional.empty(), wanted.notes(), Fate.UNTIL_KEPT);
        try (Staging staging = Staging.create(directory, path)) {
            Unpacker.Unpacked unpacked = unpacker(passing, progress).unpackStratum(stratum, staging, below);
            if (unpacked.manifest().entries() == 0) {
                return Optional.empty();
            }
            Image image = describe(unpacked, passing.request(), below.top());
            return Optional.of(new Laid(add(staging, image, passing), unpacked.written()));
        }
    }

    /** Has {@code image}, which was {@link #lay laid}, stay. */
    void keep(Image image) {
        Staging.keep(directory, image.id());
    }

    /** Deletes {@code image}, which was {@link #lay laid}, unless somebody needs it by now. */
    void forget(Image image) {
        removal.deletePassing(image.id());
    }

    private Imported add(Staging staging, Image image, Import wanted) throws IOException {
        changing.lock();
        try {
            if (shelf.find(image.id()).isPresent()) {
                shelf.restore(image.id(), List.of(), catalogue);
            }
            boolean known = catalogue.find(image.id()).isPresent();
            if (!known) {
                // It may have been deleted meanwhile.
                image.base().ifPresent(this::get);
                DurableFile.write(staging.path().resolve(DESCRIPTION), Yaml.write(image), DurableFile.PRIVATE);
                if (wanted.fate() == Fate.UNTIL_KEPT) {
                    staging.markPassing();
                }
                staging.moveTo(image.id());
                catalogue.add(image);
            }
            String name = wanted.request().name();
            Image named = name == null ? catalogue.get(image.id()) : catalogue.tag(image.id(), name);
            return new Imported(
                    named,
                    known ? Imported.Outcome.KNOWN : Imported.Outcome.ADDED,
                    wanted.notes().lines());
        } finally {
            changing.unlock();
        }
    }

    private Image describe(Unpacker.Unpacked unpacked, ImportRequest request, Optional<Image> base) {
        TreeFacts facts = base.map(below -> unpacked.facts().orThoseOf(below)).orElse(unpacked.facts());
        return new Image(
                unpacked.manifest().id(),
                List.of(),
                clock.instant(),
                request.source(),
                unpacked.manifest().bytes(),
                unpacked.manifest().entries(),
                facts.distribution(),
                facts.version(),
                facts.architecture(),
                facts.init(),
                base.map(below -> new Image.Difference(below.id(), unpacked.written()))
                        .orElse(null));
    }

    private Image get(String id) {
        return catalogue
                .find(id)
                .orElseThrow(() -> new BerthException(
                        ErrorCode.NOT_FOUND, "the image that the layer stands on, '%s', is gone".formatted(id)));
    }

    private void lockImporting(Progress progress) {
        try {
            if (!importing.tryLock()) {
                progress.step("waiting for another import");
                importing.lockInterruptibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BerthException(ErrorCode.CANCELLED, "the import was interrupted");
        }
    }
}
