package berth.osctld.command;

import berth.engine.repository.ImageQuery;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that pick an image of a distribution. */
final class ImageWords {
    @Option(names = "--version", paramLabel = "VERSION", description = "of the distribution, the newest by default")
    @Nullable
    String version;

    @Option(names = "--arch", paramLabel = "ARCH", description = "for instance amd64; this machine's by default")
    @Nullable
    String arch;

    @Option(names = "--variant", paramLabel = "NAME", description = "'default' by default")
    @Nullable
    String variant;

    @Option(names = "--vendor", paramLabel = "NAME", description = "who made it, any by default")
    @Nullable
    String vendor;

    boolean areGiven() {
        return Stream.of(
                        Optional.ofNullable(version),
                        Optional.ofNullable(arch),
                        Optional.ofNullable(variant),
                        Optional.ofNullable(vendor))
                .anyMatch(Optional::isPresent);
    }

    ImageQuery query(Optional<String> distribution) {
        return new ImageQuery(
                distribution,
                Optional.ofNullable(version),
                Optional.ofNullable(arch),
                Optional.ofNullable(variant),
                Optional.ofNullable(vendor));
    }
}
