package berth.engine.repository;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What image is wanted.
 *
 * @param distribution as repositories call it, for instance {@code debian}
 * @param version or another word for it, the newest if not given
 * @param arch this machine's if not given
 * @param variant {@code default} if not given and there is one
 * @param vendor any if not given
 */
public record ImageQuery(
        Optional<String> distribution,
        Optional<String> version,
        Optional<String> arch,
        Optional<String> variant,
        Optional<String> vendor) {

    private static final String USUAL = "default";

    /** Whether {@code image} is what is asked for, as far as something is. */
    public boolean fits(RemoteImage image) {
        return fits(distribution, image.distribution())
                && version.map(v -> v.equals(image.version()) || image.tags().contains(v))
                        .orElse(true)
                && arch.map(a -> RemoteImage.architecture(a).equals(image.arch()))
                        .orElse(true)
                && fits(variant, image.variant())
                && fits(vendor, image.vendor());
    }

    /**
     * The image of {@code images} to be taken, which is of the repository named first among equals.
     *
     * @throws BerthException NOT_FOUND, saying what there is
     */
    RemoteImage best(List<RemoteImage> images) {
        ImageQuery here = new ImageQuery(
                distribution,
                version,
                Optional.of(arch.orElse(System.getProperty("os.arch", "amd64"))),
                variant,
                vendor);
        Comparator<RemoteImage> preference = Comparator.<RemoteImage, Boolean>comparing(
                        image -> image.variant().equals(USUAL))
                .thenComparing(RemoteImage::version, ImageQuery::compareVersions);
        return images.stream()
                .filter(here::fits)
                .reduce((best, next) -> preference.compare(next, best) > 0 ? next : best)
                .orElseThrow(() -> new BerthException(
                        ErrorCode.NOT_FOUND,
                        "no repository has an image of %s".formatted(here.described()),
                        "'osctl repository images' lists those there are"));
    }

    /** By their numbers, and where there are none by their letters. */
    static int compareVersions(String a, String b) {
        String[] left = a.split("(?<=\\d)(?=\\D)|(?<=\\D)(?=\\d)");
        String[] right = b.split("(?<=\\d)(?=\\D)|(?<=\\D)(?=\\d)");
        for (int i = 0; i < Math.min(left.length, right.length); i++) {
            boolean numbers = left[i].matches("\\d{1,18}") && right[i].matches("\\d{1,18}");
            int order = numbers
                    ? Long.compare(Long.parseLong(left[i]), Long.parseLong(right[i]))
                    : left[i].compareTo(right[i]);
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(left.length, right.length);
    }

    private static boolean fits(Optional<String> wanted, String offered) {
        return wanted.map(word -> word.equalsIgnoreCase(offered)).orElse(true);
    }

    private String described() {
        StringBuilder words = new StringBuilder(distribution.orElse("any distribution"));
        version.ifPresent(v -> words.append(' ').append(v));
        arch.ifPresent(a -> words.append(" for ").append(RemoteImage.architecture(a)));
        variant.ifPresent(v -> words.append(", variant ").append(v));
        vendor.ifPresent(v -> words.append(", vendor ").append(v));
        return words.toString();
    }
}
