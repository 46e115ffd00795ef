package berth.engine.repository;

import berth.engine.store.Yaml;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The index of a repository of vpsAdminOS, which has neither hashes nor signatures.
 *
 * @param images what there is
 */
record VpsAdminOsIndex(List<Entry> images) {
    private static final String DIRECTORY = "v1/";
    private static final String FILE = DIRECTORY + "INDEX.json";
    private static final String TAR = "tar";

    /** An image in one or several formats. */
    record Entry(
            String vendor,
            String variant,
            String arch,
            String distribution,
            String version,
            List<String> tags,
            Map<String, String> image) {
        Entry {
            Objects.requireNonNull(vendor, "an image has no vendor");
            Objects.requireNonNull(variant, "an image has no variant");
            Objects.requireNonNull(arch, "an image has no arch");
            Objects.requireNonNull(distribution, "an image has no distribution");
            Objects.requireNonNull(version, "an image has no version");
        }
    }

    /** What {@code repository} lists of format tar. */
    static List<RemoteImage> read(Repository repository, IndexDocument documents) throws IOException {
        String text = new String(documents.read(FILE), StandardCharsets.UTF_8);
        return Yaml.readJson(text, VpsAdminOsIndex.class).images().stream()
                .filter(entry -> entry.image().containsKey(TAR))
                .map(entry -> new RemoteImage(
                        repository.name(),
                        entry.vendor(),
                        entry.variant(),
                        RemoteImage.architecture(entry.arch()),
                        entry.distribution(),
                        entry.version(),
                        entry.tags(),
                        List.of(RemoteLayer.of(new RemoteFile(
                                repository.resolve(DIRECTORY + entry.image().get(TAR)), Optional.empty(), -1))),
                        Optional.empty()))
                .toList();
    }
}
