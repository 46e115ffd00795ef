package berth.engine.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.IntFunction;

/** Writes OCI image layouts by hand, also such as no program writes. */
final class OciBytes {
    private final Path directory;
    private final List<String> layers = new ArrayList<>();
    private final List<String> manifests = new ArrayList<>();

    OciBytes(Path directory) throws IOException {
        this.directory = directory;
        Files.createDirectories(directory.resolve("blobs/sha256"));
        Files.writeString(directory.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    }

    OciBytes layer(TarBytes tar) throws IOException {
        return layer(tar.toBytes(), "application/vnd.oci.image.layer.v1.tar");
    }

    /** {@code count} layers, by their number. */
    OciBytes layers(int count, IntFunction<TarBytes> tar) throws IOException {
        for (int i = 0; i < count; i++) {
            layer(tar.apply(i));
        }
        return this;
    }

    OciBytes layer(byte[] content, String mediaType) throws IOException {
        layers.add(descriptor(mediaType, blob(content), content.length, ""));
        return this;
    }

    /** Makes an image of the layers so far. */
    OciBytes image(String tag, String architecture) throws IOException {
        byte[] config = bytes("{\"config\":{\"Entrypoint\":[\"/bin/server\"],\"Cmd\":[\"-x\"]}}");
        byte[] manifest = bytes("{\"schemaVersion\":2,\"config\":%s,\"layers\":[%s]}"
                .formatted(
                        descriptor("application/vnd.oci.image.config.v1+json", blob(config), config.length, ""),
                        String.join(",", layers)));
        manifests.add(descriptor(
                "application/vnd.oci.image.manifest.v1+json",
                blob(manifest),
                manifest.length,
                ",\"platform\":{\"architecture\":\"%s\",\"os\":\"linux\"},\"annotations\":{\"org.opencontainers.image.ref.name\":\"%s\"}"
                        .formatted(architecture, tag)));
        return this;
    }

    /** Makes an index of the images so far the only image. */
    OciBytes nested() throws IOException {
        byte[] index = bytes("{\"manifests\":[%s]}".formatted(String.join(",", manifests)));
        manifests.clear();
        manifests.add(descriptor("application/vnd.oci.image.index.v1+json", blob(index), index.length, ""));
        return this;
    }

    /** Writes the index. */
    Path finish() throws IOException {
        return index("{\"schemaVersion\":2,\"manifests\":[%s]}".formatted(String.join(",", manifests)));
    }

    Path index(String json) throws IOException {
        Files.writeString(directory.resolve("index.json"), json);
        return directory;
    }

    /** The name of the blob of this content. */
    static String digest(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private String blob(byte[] content) throws IOException {
        String digest = digest(content);
        Files.write(directory.resolve("blobs/sha256").resolve(digest), content);
        return "sha256:" + digest;
    }

    private static String descriptor(String mediaType, String digest, int size, String more) {
        return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d%s}".formatted(mediaType, digest, size, more);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
