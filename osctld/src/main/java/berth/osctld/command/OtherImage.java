package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.container.Container;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that name an image for a container that there is. */
final class OtherImage {
    @ArgGroup(exclusive = true)
    @Nullable
    Source source;

    /** By which it is named. */
    static final class Source {
        @Option(
                names = {"-i", "--image"},
                paramLabel = "IMAGE",
                description = "name or id of an image in its pool")
        @Nullable
        String image;

        @Option(
                names = "--distribution",
                paramLabel = "NAME",
                description = "an image of it from a repository, see 'repository images'")
        @Nullable
        String distribution;
    }

    @Mixin
    ImageWords words = new ImageWords();

    /** The image for {@code container}, which is fetched if it must be; empty if none was named. */
    Optional<String> image(Call call, Container container) {
        String distribution = source == null ? null : source.distribution;
        if (distribution == null && words.areGiven()) {
            throw new BerthException(
                    ErrorCode.USAGE, "--version, --arch, --variant and --vendor go with --distribution");
        }
        if (distribution == null) {
            return Optional.ofNullable(source).map(s -> String.valueOf(s.image));
        }
        return Optional.of(call.services()
                .repositories()
                .obtain(
                        words.query(Optional.of(distribution)),
                        call.services().images().of(container.id().pool()),
                        call.caller().progress())
                .id());
    }
}
