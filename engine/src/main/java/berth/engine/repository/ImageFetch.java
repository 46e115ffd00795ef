package berth.engine.repository;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.image.Image;
import berth.engine.image.Images;
import berth.engine.image.ImportRequest;
import berth.engine.image.Imported;
import berth.engine.operation.Progress;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;

/** Makes images of a pool of those that repositories offer. Of layers only those travel that the pool has not. */
final class ImageFetch {
    /** The largest description of an image in a file of its own. */
    private static final int MAX_METADATA = 64 << 20;

    private final Downloads downloads;

    ImageFetch(Downloads downloads) {
        this.downloads = downloads;
    }

    /**
     * The image {@code wanted} in {@code images}, fetched if it is not there.
     *
     * @throws BerthException as {@link Downloads#fetch} and {@link Images#importArchive}; UNTRUSTED if a file makes another image
     *     than the index says
     */
    Image image(RemoteImage wanted, Images images, Progress progress) {
        Optional<Image> known = known(wanted, images);
        if (known.isPresent()) {
            return ImportRequest.isName(wanted.tag()) ? images.tag(known.get(), wanted.tag()) : known.get();
        }
        List<RemoteLayer> layers = wanted.layers();
        int missing = firstMissing(layers, images);
        Optional<Image> made = missing == 0 ? Optional.empty() : find(layers.get(missing - 1), images);
        Optional<Image> passing = Optional.empty();
        try {
            for (int i = missing; i < layers.size(); i++) {
                boolean last = i == layers.size() - 1;
                progress.step("fetching " + wanted.source()
                        + (layers.size() == 1 ? "" : ", layer %d of %d".formatted(i + 1, layers.size())));
                ImportRequest request = ImportRequest.of(wanted.source());
                request = last && ImportRequest.isName(wanted.tag()) ? request.named(wanted.tag()) : request;
                request = made.map(request::on).orElse(request);
                Image next = fetch(wanted, layers.get(i), request, images, progress);
                passing = Optional.of(next);
                made = passing;
            }
            return made.orElseThrow();
        } catch (RuntimeException e) {
            passing.ifPresent(image -> removeUnneeded(image, images));
            throw e;
        }
    }

    /** What the pool has of the very archive, or of the id that the index says. */
    private static Optional<Image> known(RemoteImage wanted, Images images) {
        return wanted.mark()
                .flatMap(mark -> images.list().stream()
                        .filter(image -> image.source().endsWith(mark))
                        .findFirst())
                .or(() -> find(wanted.layers().getLast(), images));
    }

    private static Optional<Image> find(RemoteLayer layer, Images images) {
        return layer.image().flatMap(images::find);
    }

    /** The lowest of {@code layers} above the highest that the pool has. */
    private static int firstMissing(List<RemoteLayer> layers, Images images) {
        int missing = layers.size();
        while (missing > 0 && find(layers.get(missing - 1), images).isEmpty()) {
            missing--;
        }
        return missing;
    }

    private Image fetch(
            RemoteImage wanted, RemoteLayer layer, ImportRequest request, Images images, Progress progress) {
        try (Downloads.Fetched archive = downloads.fetch(layer.file(), request.maxSize(), progress)) {
            Imported imported = wanted.metadata().isPresent()
                    ? importSplit(wanted.metadata().get(), archive, images, request, progress)
                    : importWhole(archive, images, request, progress);
            imported.notes().forEach(progress::note);
            Image image = imported.image();
            if (layer.image().filter(id -> !id.equals(image.id())).isPresent()) {
                if (imported.outcome() == Imported.Outcome.ADDED) {
                    images.delete(image.id());
                }
                throw new BerthException(
                        ErrorCode.UNTRUSTED,
                        "%s makes another image than the index of repository '%s' says"
                                .formatted(layer.file().address(), wanted.repository()),
                        "tell whoever keeps the repository");
            }
            return image;
        }
    }

    private static Imported importWhole(
            Downloads.Fetched archive, Images images, ImportRequest request, Progress progress) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(archive.path()))) {
            return images.importArchive(in, request, progress);
        } catch (IOException e) {
            throw new BerthException(ErrorCode.FAILED, "what was fetched cannot be read", null, e);
        }
    }

    private Imported importSplit(
            RemoteFile metadata, Downloads.Fetched rootfs, Images images, ImportRequest request, Progress progress) {
        try (Downloads.Fetched described = downloads.fetch(metadata, MAX_METADATA, progress);
                InputStream description = new BufferedInputStream(Files.newInputStream(described.path()));
                InputStream archive = new BufferedInputStream(Files.newInputStream(rootfs.path()))) {
            return images.importSplit(description, archive, request, progress);
        } catch (IOException e) {
            throw new BerthException(ErrorCode.FAILED, "what was fetched cannot be read", null, e);
        }
    }

    /** Also those below it, which came with it. */
    private static void removeUnneeded(Image image, Images images) {
        for (Image part : images.stack(image).reversed()) {
            if (images.isUnneeded(part)) {
                images.delete(part.id());
            }
        }
    }
}
