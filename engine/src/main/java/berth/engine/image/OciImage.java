package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.image.OciDocuments.Config;
import berth.engine.image.OciDocuments.Descriptor;
import berth.engine.image.OciDocuments.Index;
import berth.engine.image.OciDocuments.Manifest;
import berth.engine.image.OciDocuments.Saved;
import berth.engine.store.Yaml;
import berth.linux.FdInputStream;
import berth.linux.KernelException;
import berth.linux.Sha256;
import berth.linux.file.Directory;
import berth.linux.file.FileName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the layers of the one image in an OCI image layout, or in what {@code docker save} writes, and proves their digests. */
final class OciImage {
    private static final Pattern DIGEST = Pattern.compile("sha256:([0-9a-f]{64})");
    private static final int MAX_DOCUMENT = 4 << 20;
    private static final int MAX_LAYERS = 1000;
    private static final int MAX_NESTING = 4;

    private final Directory directory;
    private final Notes notes;

    /** @param directory of the layout; stays open and the caller's */
    OciImage(Directory directory, Notes notes) {
        this.directory = directory;
        this.notes = notes;
    }

    /** Whether {@code directory} is an OCI image layout. */
    static boolean isLayout(Directory directory) {
        return Packages.holdsFile(directory, "oci-layout") && Packages.holdsFile(directory, "index.json");
    }

    /** Whether {@code directory} is what {@code docker save} writes. */
    static boolean isSaved(Directory directory) {
        return Packages.holdsFile(directory, "manifest.json") && !Packages.holdsFile(directory, "oci-layout");
    }

    /** The paths of the layers of the only image of this machine's architecture, the lowest first. */
    List<String> layersOfLayout() throws IOException {
        Manifest manifest = manifest(document("index.json", Index.class), 0);
        if (manifest.config().isPresent()) {
            tellCommand(document(blob(manifest.config().get()), Config.class));
        }
        List<String> layers = new ArrayList<>();
        for (Descriptor layer : manifest.layers()) {
            if (!layer.mediaType().orElse("").matches(".*(layer|rootfs|tar).*")) {
                throw new CorruptArchiveException("it is no image of a file system, but an artifact of kind "
                        + layer.mediaType().orElse("unknown"));
            }
            layers.add(blob(layer));
        }
        return checked(layers);
    }

    /** The paths of the layers of the only image that was saved, the lowest first. */
    List<String> layersOfSaved() throws IOException {
        Saved[] images = document("manifest.json", Saved[].class);
        if (images.length != 1) {
            throw several(List.of(images).stream()
                    .flatMap(image -> image.tags().stream())
                    .toList());
        }
        if (images[0].config().isPresent()) {
            tellCommand(document(images[0].config().get(), Config.class));
        }
        return checked(images[0].layers());
    }

    private static List<String> checked(List<String> layers) throws CorruptArchiveException {
        if (layers.isEmpty() || layers.size() > MAX_LAYERS) {
            throw new CorruptArchiveException("an image of %d layers is none".formatted(layers.size()));
        }
        return layers;
    }

    private Manifest manifest(Index index, int nesting) throws IOException {
        if (nesting > MAX_NESTING) {
            throw new CorruptArchiveException("its indexes are nested more than %d deep".formatted(MAX_NESTING));
        }
        List<Descriptor> fitting =
                index.manifests().stream().filter(OciImage::isForThisMachine).toList();
        if (fitting.size() > 1) {
            throw several(fitting.stream()
                    .map(d -> d.annotations().getOrDefault("org.opencontainers.image.ref.name", "unnamed"))
                    .toList());
        }
        if (fitting.isEmpty()) {
            throw new BerthException(
                    ErrorCode.UNSUPPORTED, "it holds no image for Linux on this machine's " + architecture());
        }
        Descriptor chosen = fitting.getFirst();
        return chosen.isIndex()
                ? manifest(document(blob(chosen), Index.class), nesting + 1)
                : document(blob(chosen), Manifest.class);
    }

    private static boolean isForThisMachine(Descriptor descriptor) {
        return descriptor
                .platform()
                .map(p -> p.os().orElse("linux").equals("linux")
                        && p.architecture().orElse(architecture()).equals(architecture()))
                .orElse(true);
    }

    private static String architecture() {
        String name = System.getProperty("os.arch", "amd64");
        return name.equals("aarch64") ? "arm64" : name;
    }

    private static BerthException several(List<String> tags) {
        return new BerthException(
                ErrorCode.INVALID,
                "it holds several images: " + FileName.printable(String.join(", ", tags)),
                "save the one that is wanted by itself");
    }

    private void tellCommand(Config config) {
        List<String> command = new ArrayList<>();
        config.config().ifPresent(run -> {
            command.addAll(run.entrypoint());
            command.addAll(run.cmd());
        });
        if (!command.isEmpty()) {
            notes.add("the image is made to run '%s'; Berth starts an init, 'ct set init-cmd' says which"
                    .formatted(FileName.printable(String.join(" ", command))));
        }
    }

    /** The path of a blob whose content is what {@code descriptor} says. */
    private String blob(Descriptor descriptor) throws IOException {
        String digest = descriptor.digest().orElse("");
        Matcher matcher = DIGEST.matcher(digest);
        if (!matcher.matches()) {
            throw new CorruptArchiveException(
                    "'%s' is no digest that Berth knows".formatted(FileName.printable(digest)));
        }
        String path = "blobs/sha256/" + matcher.group(1);
        try (InputStream in = open(path)) {
            MessageDigest hash = Sha256.create();
            byte[] buffer = new byte[1 << 16];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                FileSink.checkInterrupt();
                hash.update(buffer, 0, count);
            }
            if (!HexFormat.of().formatHex(hash.digest()).equals(matcher.group(1))) {
                throw new CorruptArchiveException("blob %s has another content than its name says".formatted(digest));
            }
        }
        return path;
    }

    private InputStream open(String path) throws CorruptArchiveException {
        return open(directory, path);
    }

    static InputStream open(Directory directory, String path) throws CorruptArchiveException {
        try {
            return new FdInputStream(directory.openRead(path).fd());
        } catch (KernelException e) {
            throw new CorruptArchiveException(
                    "'%s' is missing from it: %s".formatted(FileName.printable(path), e.reason()));
        }
    }

    private <T> T document(String path, Class<T> type) throws CorruptArchiveException {
        try {
            String text = new String(directory.readFile(path, MAX_DOCUMENT), StandardCharsets.UTF_8);
            return Yaml.readJson(text, type);
        } catch (KernelException | BerthException e) {
            throw new CorruptArchiveException(
                    "its document '%s' cannot be read: %s".formatted(FileName.printable(path), e.getMessage()));
        }
    }
}
