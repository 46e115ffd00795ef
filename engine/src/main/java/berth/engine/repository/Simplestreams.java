package berth.engine.repository;

import berth.engine.store.Yaml;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The index of images of LXD and Incus. Source: simplestreams' products:1.0, as images.linuxcontainers.org serves it. */
final class Simplestreams {
    private static final String INDEX = "streams/v1/index.json";
    private static final String IMAGES = "image-downloads";

    private Simplestreams() {}

    /** {@code streams/v1/index.json}. */
    private record Index(Map<String, Listing> index) {}

    /** A list of products. */
    private record Listing(Optional<String> datatype, Optional<String> path) {}

    /** A list of products' own document. */
    private record Products(Map<String, Product> products) {}

    /** An image in all its versions. */
    private record Product(
            Optional<String> aliases,
            Optional<String> arch,
            Optional<String> os,
            Optional<String> release,
            Optional<String> releaseTitle,
            Optional<String> variant,
            Map<String, Version> versions) {}

    /** One build. */
    private record Version(Map<String, Item> items) {}

    /** A file. */
    private record Item(Optional<String> ftype, Optional<String> path, Optional<String> sha256, long size) {}

    /** What {@code repository} lists: of each image the newest build. */
    static List<RemoteImage> read(Repository repository, IndexDocument documents) throws IOException {
        List<RemoteImage> images = new ArrayList<>();
        for (Listing list : json(documents.read(INDEX), Index.class).index().values()) {
            if (list.datatype().orElse("").equals(IMAGES) && list.path().isPresent()) {
                Products products = json(documents.read(list.path().get()), Products.class);
                products.products()
                        .values()
                        .forEach(product -> newest(repository, product).ifPresent(images::add));
            }
        }
        return images;
    }

    private static <T> T json(byte[] document, Class<T> type) {
        return Yaml.readJson(new String(document, StandardCharsets.UTF_8), type);
    }

    private static Optional<RemoteImage> newest(Repository repository, Product product) {
        return product.versions().entrySet().stream()
                .sorted(Map.Entry.<String, Version>comparingByKey(Comparator.reverseOrder()))
                .flatMap(build -> image(repository, product, build.getValue()).stream())
                .findFirst();
    }

    private static Optional<RemoteImage> image(Repository repository, Product product, Version build) {
        Optional<RemoteFile> rootfs = file(repository, build, "squashfs")
                .or(() -> file(repository, build, "root.tar.xz"))
                .or(() -> file(repository, build, "incus_combined.tar.gz"));
        return rootfs.map(root -> new RemoteImage(
                repository.name(),
                "default",
                product.variant().orElse("default"),
                RemoteImage.architecture(product.arch().orElse("unknown")),
                product.os().orElse("unknown").toLowerCase(Locale.ROOT),
                product.release().orElse(""),
                tags(product),
                List.of(RemoteLayer.of(root)),
                file(repository, build, "incus.tar.xz").or(() -> file(repository, build, "lxd.tar.xz"))));
    }

    /** Aliases are {@code debian/bookworm/default,debian/12}: the second part is a word for the version. */
    private static List<String> tags(Product product) {
        return Stream.concat(
                        product.releaseTitle().stream(),
                        Arrays.stream(product.aliases().orElse("").split(","))
                                .map(alias -> alias.strip().split("/"))
                                .filter(parts -> parts.length > 1)
                                .map(parts -> parts[1]))
                .distinct()
                .toList();
    }

    private static Optional<RemoteFile> file(Repository repository, Version build, String type) {
        return build.items().values().stream()
                .filter(item -> item.ftype().orElse("").equals(type)
                        && item.path().isPresent()
                        && item.sha256().isPresent())
                .findFirst()
                .map(item -> new RemoteFile(
                        repository.resolve(item.path().orElseThrow()),
                        item.sha256().map(hash -> hash.toLowerCase(Locale.ROOT)),
                        item.size()));
    }
}
