package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.container.Container;
import berth.engine.image.Image;
import berth.engine.image.Imported;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "new",
        description = {
            "Make an image that stands on another",
            "Only the difference is stored, and published. It is what a container has changed, or an archive of any format that 'image"
                    + " import' takes, unpacked over the base; in it a file '.wh.NAME' takes NAME away, as in layers of OCI."
        },
        footer = {
            "osctl image new --from-container web web-base",
            "osctl image new --base debian --from-container web web-base",
            "osctl image new --base debian --layer app.tar app"
        })
final class ImageNew extends OsctlCommand {
    @Option(names = "--base", paramLabel = "IMAGE", description = "what it stands on; that of the container by default")
    @Nullable
    String base;

    @ArgGroup(exclusive = true, multiplicity = "1")
    Source source = new Source();

    /** What it brings. */
    static final class Source {
        @Option(names = "--from-container", paramLabel = "ID", description = "a container as it is now")
        @Nullable
        String container;

        @Option(names = "--layer", paramLabel = "FILE", description = "an archive, or - for standard input")
        @Nullable
        String layer;
    }

    @Mixin
    MaxSize maxSize = new MaxSize();

    @Parameters(paramLabel = "NAME", description = "what it is called")
    String name = "";

    @Override
    void run(Call call) {
        ImageSource.tell(call, source.container == null ? ofLayer(call) : ofContainer(call, source.container));
    }

    private Imported ofContainer(Call call, String id) {
        Container container = call.names().container(id);
        Optional<String> below = Optional.ofNullable(base)
                .map(text -> ImageCommands.named(call, text))
                .map(found -> inPool(found, container.id().pool()).id());
        return call.services().containers().images().make(container, below, name, call.caller());
    }

    private Imported ofLayer(Call call) {
        if (base == null) {
            throw new BerthException(ErrorCode.USAGE, "--layer needs --base, the image that it goes over");
        }
        Names.Found<Image> below = ImageCommands.named(call, base);
        String file = String.valueOf(source.layer);
        return ImageSource.importLayer(call, below.pool(), file, below.object(), name, maxSize.bytes());
    }

    private static Image inPool(Names.Found<Image> found, String pool) {
        if (!found.pool().equals(pool)) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "image '%s' is in pool '%s', the container in '%s'"
                            .formatted(found.object().label(), found.pool(), pool),
                    "both must be in one pool");
        }
        return found.object();
    }
}
