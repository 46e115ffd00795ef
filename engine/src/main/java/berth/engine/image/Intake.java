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
    Intake(Path path, Directory directory, Catalogue catalogue, ImageShelf shelf, ReentrantLock changing, Clock clock) {
        this.path = path;
        this.directory = directory;
        this.catalogue = catalogue;
        this.shelf = shelf;
        this.changing = changing;
        this.clock = clock;
    }

    /** The tree of image {@code id}, for its own paths. */
    Directory openTree(String id) {
        return Directory.open(Staging.tree(path, id), Resolution.NO_LINKS);
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
        try (Staging staging = Staging.create(directory, path)) {
            progress.step("unpacking");
            ImportRequest request = wanted.request();
            Optional<Image> base = request.base().map(this::get);
            Unpacker unpacker = new Unpacker(request.maxSize(), wanted.metadata(), wanted.notes(), progress);
            Unpacker.Unpacked unpacked = unpack(source, unpacker, base, staging);
            progress.step("writing to disk");
            return add(staging, describe(unpacked, request, base), wanted);
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

    private Unpacker.Unpacked unpack(Source source, Unpacker unpacker, Optional<Image> base, Staging staging) {
        try (ArchiveReader reader = source.open(staging)) {
            if (base.isEmpty()) {
                return unpacker.unpack(reader, staging);
            }
            try (Directory below = openTree(base.get().id())) {
                return unpacker.unpackOn(below, reader, staging);
            }
        } catch (IOException e) {
            throw Unpacker.broken(e);
        }
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
