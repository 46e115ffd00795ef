package berth.engine.repository;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * An image that a repository offers.
 *
 * @param repository name of the repository
 * @param vendor who made it
 * @param variant what it is for, {@code default} usually
 * @param arch in Debian's words
 * @param distribution in small letters
 * @param version as the distribution calls it
 * @param tags other words for the version
 * @param layers what it is made of, the lowest first; one at least
 * @param metadata what describes it, where that is a file of its own
 */
public record RemoteImage(
        String repository,
        String vendor,
        String variant,
        String arch,
        String distribution,
        String version,
        List<String> tags,
        List<RemoteLayer> layers,
        Optional<RemoteFile> metadata) {

    private static final int SHOWN = 12;

    /** Bytes to fetch where nothing of it is yet, -1 if unknown. */
    public long size() {
        boolean known = layers.stream().allMatch(layer -> layer.file().size() >= 0);
        return known ? layers.stream().mapToLong(layer -> layer.file().size()).sum() : -1;
    }

    /** The archive without which it is not what it is. */
    RemoteFile top() {
        return layers.getLast().file();
    }

    /** Where an image in the pool is said to come from. */
    String source() {
        return "%s:%s/%s/%s/%s%s".formatted(repository, distribution, version, arch, variant, mark().orElse(""));
    }

    /** The end of {@link #source} that only images of the same archive have, by which none is fetched twice. */
    Optional<String> mark() {
        return top().sha256().map(hash -> "@" + hash.substring(0, SHOWN));
    }

    /** What it may be called in a pool: {@code debian-12}. */
    public String tag() {
        return (distribution + "-" + version + (variant.equals("default") ? "" : "-" + variant))
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9._-]", "-");
    }

    /** Debian's word for an architecture in the words of the kernel or of GNU. */
    static String architecture(String name) {
        return switch (name) {
            case "x86_64" -> "amd64";
            case "aarch64" -> "arm64";
            case "i686", "i386" -> "i386";
            case "armv7l", "armhf" -> "armhf";
            case "ppc64le" -> "ppc64el";
            default -> name;
        };
    }
}
