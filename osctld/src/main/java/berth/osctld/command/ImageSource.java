package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.image.Image;
import berth.engine.image.Images;
import berth.engine.image.ImportRequest;
import berth.engine.image.Imported;
import berth.linux.Fd;
import berth.linux.socket.FdStreams;
import java.io.BufferedInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/** Imports what a caller has, with the caller's own rights. */
final class ImageSource {
    private static final int BUFFER = 1 << 16;

    private ImageSource() {}

    /**
     * Imports the archive or directory {@code file} into {@code pool}.
     *
     * @param name the image's name; made of the file's if empty
     * @param maxSize the most bytes that it may unpack to
     * @throws berth.linux.KernelException if the caller cannot open the file
     */
    static Imported importFile(Call call, String pool, String file, Optional<String> name, long maxSize) {
        Images images = call.services().images().of(pool);
        ImportRequest request = request(file, name.or(() -> nameOf(file)), maxSize);
        try (Fd opened = call.session().openForReading(file)) {
            return naming(file, () -> {
                if (Files.isDirectory(Path.of(opened.procPath()))) {
                    return images.importDirectory(opened, request, call.caller().progress());
                }
                InputStream archive = new BufferedInputStream(FdStreams.input(opened), BUFFER);
                return images.importArchive(archive, request, call.caller().progress());
            });
        }
    }

    /**
     * Imports an image of LXD or Incus in two files into {@code pool}.
     *
     * @param name the image's name; made of the first file's if empty
     * @param maxSize the most bytes that it may unpack to
     * @throws BerthException NOT_FOUND if the caller cannot open a file
     */
    static Imported importSplit(
            Call call, String pool, String metadata, String rootfs, Optional<String> name, long maxSize) {
        ImportRequest request = request(metadata, name.or(() -> nameOf(metadata)), maxSize);
        try (Fd description = call.open(metadata);
                Fd root = call.open(rootfs)) {
            return naming(
                    metadata + " and " + rootfs,
                    () -> call.services()
                            .images()
                            .of(pool)
                            .importSplit(
                                    new BufferedInputStream(FdStreams.input(description), BUFFER),
                                    new BufferedInputStream(FdStreams.input(root), BUFFER),
                                    request,
                                    call.caller().progress()));
        }
    }

    /**
     * Imports the archive {@code file}, or the caller's standard input if it is {@code -}, as a layer on {@code base}.
     *
     * @throws BerthException NOT_FOUND if the caller cannot open the file
     */
    static Imported importLayer(Call call, String pool, String file, Image base, String name, long maxSize) {
        Images images = call.services().images().of(pool);
        ImportRequest request = request(file, Optional.of(name), maxSize).on(base);
        if (file.equals("-")) {
            InputStream archive = new BufferedInputStream(call.session().in(), BUFFER);
            return images.importArchive(archive, request, call.caller().progress());
        }
        try (Fd opened = call.open(file)) {
            InputStream archive = new BufferedInputStream(FdStreams.input(opened), BUFFER);
            return naming(
                    file,
                    () -> images.importArchive(archive, request, call.caller().progress()));
        }
    }

    /** What {@code work} imports; if that fails, the message begins with {@code files}. */
    private static Imported naming(String files, Supplier<Imported> work) {
        try {
            return work.get();
        } catch (BerthException e) {
            throw new BerthException(
                    e.code(),
                    "%s: %s".formatted(files, e.getMessage()),
                    e.hint().orElse(null),
                    e);
        }
    }

    /** Imports the archive on the caller's standard input. */
    static Imported importInput(Call call, String pool, Optional<String> name, long maxSize) {
        InputStream archive = new BufferedInputStream(call.session().in(), BUFFER);
        return call.services()
                .images()
                .of(pool)
                .importArchive(
                        archive,
                        request("standard input", name, maxSize),
                        call.caller().progress());
    }

    /** Says what an import came to. */
    static void tell(Call call, Imported imported) {
        imported.notes().forEach(note -> call.out().note("%s", note));
        String what = imported.outcome() == Imported.Outcome.ADDED ? "is there" : "was there already";
        call.out()
                .done(
                        "image %s %s (%s)",
                        imported.image().label(), what, imported.image().shortId());
    }

    private static ImportRequest request(String source, Optional<String> name, long maxSize) {
        ImportRequest request = ImportRequest.of(source).upTo(maxSize);
        return name.map(request::named).orElse(request);
    }

    /** The file's name without its directories and endings, if that can be an image's name. */
    static Optional<String> nameOf(String file) {
        String bare = file.replaceAll("/+$", "")
                .replaceAll("^.*/", "")
                .replaceAll("\\.(tar|tgz|txz|tbz2?|tzst|cpio|squashfs|sqfs|oci)?(\\.(gz|xz|zst|bz2))?$", "")
                .toLowerCase(Locale.ROOT);
        return Optional.of(bare).filter(ImportRequest::isName);
    }
}
