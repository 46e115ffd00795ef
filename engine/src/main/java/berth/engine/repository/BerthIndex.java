package berth.engine.repository;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.store.Yaml;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The index of a repository of Berth's own. Its file is one line, base64 of an Ed25519 signature of all that follows, and JSON: in
 * one file they change in one step, and nobody meets the one without the other.
 *
 * @param format what rules it is written by
 * @param serial larger than that of any index that was there before
 * @param images what there is
 */
record BerthIndex(int format, long serial, List<Entry> images) {
    static final int FORMAT = 2;
    static final String FILE = "berth-index";
    /** The public half of the key that signs, for people to copy; nothing trusts it. */
    static final String KEY = "key.pub";

    /**
     * What an image is made of.
     *
     * @param image the id of the image that it makes with those below it
     * @param file its archive: of the lowest a tree, of others a layer
     */
    record Layer(String image, String file, long size, String sha256) {
        Layer {
            Objects.requireNonNull(image, "a layer has no image");
            Objects.requireNonNull(file, "a layer has no file");
            Objects.requireNonNull(sha256, "a layer has no sha256");
        }
    }

    /**
     * An image.
     *
     * @param layers the lowest first
     */
    record Entry(
            String vendor,
            String variant,
            String arch,
            String distribution,
            String version,
            List<String> tags,
            List<Layer> layers) {
        Entry {
            Objects.requireNonNull(vendor, "an image has no vendor");
            Objects.requireNonNull(variant, "an image has no variant");
            Objects.requireNonNull(arch, "an image has no arch");
            Objects.requireNonNull(distribution, "an image has no distribution");
            Objects.requireNonNull(version, "an image has no version");
            layers = List.copyOf(layers);
            if (layers.isEmpty()) {
                throw new BerthException(ErrorCode.INVALID, "an image has no layers");
            }
        }

        /** Whether {@code other} is an older or newer one of the same image. */
        boolean replaces(Entry other) {
            return vendor.equals(other.vendor)
                    && variant.equals(other.variant)
                    && arch.equals(other.arch)
                    && distribution.equals(other.distribution)
                    && version.equals(other.version);
        }
    }

    /**
     * The index of {@code repository}.
     *
     * @throws BerthException UNTRUSTED if the pinned key's owner did not sign it, or it breaks its rules
     */
    static BerthIndex read(Repository repository, IndexDocument documents) throws IOException {
        Signed signed = Signed.of(documents.read(FILE));
        if (repository.key().isPresent()) {
            verify(repository, repository.key().get(), signed);
        }
        BerthIndex index = signed.index();
        if (index.format() != FORMAT) {
            throw new BerthException(
                    ErrorCode.UNSUPPORTED,
                    "repository '%s' is of format %d, which this version does not know"
                            .formatted(repository.name(), index.format()));
        }
        return index;
    }

    /** What it lists, being that of {@code repository}. @throws BerthException UNTRUSTED if it breaks its rules */
    List<RemoteImage> offered(Repository repository) {
        return images.stream()
                .map(entry -> new RemoteImage(
                        repository.name(),
                        entry.vendor(),
                        entry.variant(),
                        entry.arch(),
                        entry.distribution(),
                        entry.version(),
                        entry.tags(),
                        entry.layers().stream()
                                .map(layer -> new RemoteLayer(
                                        new RemoteFile(
                                                repository.resolve(layer.file()),
                                                Optional.of(layer.sha256()),
                                                layer.size()),
                                        Optional.of(layer.image())))
                                .toList(),
                        Optional.empty()))
                .toList();
    }

    /** The file's content, signed by {@code key}. */
    byte[] signedBy(SigningKey key) {
        byte[] document = Yaml.writeJson(this).getBytes(StandardCharsets.UTF_8);
        String signature = Base64.getEncoder().encodeToString(key.sign(document));
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes((signature + "\n").getBytes(StandardCharsets.US_ASCII));
        file.writeBytes(document);
        return file.toByteArray();
    }

    /** A file's two parts. */
    static final class Signed {
        private final String signature;
        private final byte[] document;

        private Signed(String signature, byte[] document) {
            this.signature = signature;
            this.document = document;
        }

        static Signed of(byte[] file) {
            int end = 0;
            while (end < file.length && file[end] != '\n') {
                end++;
            }
            return new Signed(
                    new String(file, 0, end, StandardCharsets.US_ASCII),
                    Arrays.copyOfRange(file, Math.min(end + 1, file.length), file.length));
        }

        BerthIndex index() {
            return Yaml.readJson(new String(document, StandardCharsets.UTF_8), BerthIndex.class);
        }

        boolean isBy(PublicKey key) {
            try {
                return key.signed(document, Base64.getDecoder().decode(signature));
            } catch (IllegalArgumentException e) {
                return false;
            }
        }
    }

    private static void verify(Repository repository, PublicKey key, Signed signed) {
        if (!signed.isBy(key)) {
            throw new BerthException(
                    ErrorCode.UNTRUSTED,
                    "the index of repository '%s' is not signed by the key that is pinned".formatted(repository.name()),
                    "ask whoever keeps it; a new key needs 'osctl repository del' and 'add'");
        }
    }
}
