package berth.osctld.command;

import berth.engine.image.Image;
import berth.engine.repository.Publisher;
import berth.linux.Fd;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "publish",
        description = {
            "Put an image into a repository on this host",
            "It takes the place of one of the same distribution, version, architecture, variant and vendor."
        },
        footer = {
            "osctl image publish debian /srv/images",
            "osctl image publish --distribution acme --version 3.1 --tag stable web /srv/images"
        })
final class ImagePublish extends OsctlCommand {
    @Option(names = "--distribution", paramLabel = "NAME", description = "what the image says by default")
    @Nullable
    String distribution;

    @Option(names = "--version", paramLabel = "VERSION", description = "what the image says by default")
    @Nullable
    String version;

    @Option(names = "--variant", paramLabel = "NAME", description = "'default' by default")
    String variant = "default";

    @Option(names = "--vendor", paramLabel = "NAME", description = "who made it, 'default' by default")
    String vendor = "default";

    @Option(names = "--tag", paramLabel = "WORD", description = "another word for its version; may be given often")
    List<String> tags = new ArrayList<>();

    @Parameters(index = "0", paramLabel = "IMAGE", description = "a name, an id, or the beginning of one")
    String name = "";

    @Parameters(index = "1", paramLabel = "DIR", description = "a repository made by 'repository init'")
    String directory = "";

    @Override
    void run(Call call) {
        Names.Found<Image> found = ImageCommands.named(call, name);
        Publisher.Listing listing = new Publisher.Listing(
                vendor, variant, Optional.ofNullable(distribution), Optional.ofNullable(version), tags);
        try (Fd opened = call.open(directory)) {
            String file = call.services()
                    .publisher()
                    .publish(
                            call.services().images().of(found.pool()),
                            found.object(),
                            listing,
                            opened,
                            call.caller().progress());
            call.out().done("image %s is published in %s as %s", found.object().label(), directory, file);
        }
    }
}
