package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.container.Container;
import berth.engine.container.NewContainer;
import berth.engine.image.Image;
import berth.engine.image.ImportRequest;
import berth.engine.isolation.Isolation;
import berth.linux.Errno;
import berth.linux.KernelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "new",
        aliases = "create",
        description = {
            "Create a container",
            "It stands on an image, which it shares with others. Without --user it gets a user of its own, with ids of its own."
        },
        footer = {
            "osctl ct new --image debian web",
            "osctl ct new --user alice --template ubuntu-16.04-x86_64.tar.gz myct01",
            "Import the archive as an image and use that.",
            "osctl ct new --distribution debian --version 12 db",
            "Fetch the image from a repository, unless it is there."
        })
final class CtNew extends OsctlCommand {
    @ArgGroup(exclusive = true, multiplicity = "1")
    Source source = new Source();

    /** What it stands on. */
    static final class Source {
        @Option(
                names = {"-i", "--image"},
                paramLabel = "IMAGE",
                description = "name or id of an image in its pool")
        @Nullable
        String image;

        @Option(names = "--template", paramLabel = "FILE", description = "archive or directory to import as an image")
        @Nullable
        String template;

        @Option(
                names = "--distribution",
                paramLabel = "NAME",
                description = "an image of it from a repository, see 'repository images'")
        @Nullable
        String distribution;
    }

    @Mixin
    ImageWords words = new ImageWords();

    @Option(
            names = {"-u", "--user"},
            paramLabel = "USER",
            description = "an existing user whose ids it has")
    @Nullable
    String user;

    @Option(
            names = {"-g", "--group"},
            paramLabel = "GROUP",
            description = "the group it is in, /default by default")
    @Nullable
    String group;

    @Option(names = "--hostname", paramLabel = "NAME", description = "its host name, its id by default")
    @Nullable
    String hostname;

    @Option(names = "--dns-resolver", paramLabel = "ADDRESS", description = "a DNS server; may be given often")
    List<String> resolvers = new ArrayList<>();

    @Option(names = "--nesting", description = "containers can run in it")
    boolean nesting;

    @Parameters(paramLabel = "ID", description = "what it is called")
    String id = "";

    @Override
    void run(Call call) {
        Names.Place place = call.names().place(id);
        Image image = image(call, place.pool());
        Container made = call.services()
                .containers()
                .factory()
                .create(
                        new NewContainer(
                                place.pool(),
                                place.name(),
                                image.id(),
                                Optional.ofNullable(user),
                                Optional.ofNullable(group),
                                Optional.ofNullable(hostname),
                                resolvers,
                                Isolation.USUAL.withNesting(nesting)),
                        call.caller());
        call.out().done("%s is there; 'osctl ct start %s' starts it", made.name(), made.name());
    }

    private Image image(Call call, String pool) {
        if (source.distribution == null && words.areGiven()) {
            throw new BerthException(
                    ErrorCode.USAGE, "--version, --arch, --variant and --vendor go with --distribution");
        }
        if (source.distribution != null) {
            return call.services()
                    .repositories()
                    .obtain(
                            words.query(Optional.of(source.distribution)),
                            call.services().images().of(pool),
                            call.caller().progress());
        }
        if (source.template == null) {
            return call.services().images().of(pool).get(String.valueOf(source.image));
        }
        try {
            return ImageSource.importFile(call, pool, source.template, Optional.empty(), ImportRequest.DEFAULT_MAX_SIZE)
                    .image();
        } catch (KernelException e) {
            Optional<Image> known = call.services().images().of(pool).find(source.template);
            if (e.is(Errno.ENOENT) && known.isPresent()) {
                return known.get();
            }
            throw new BerthException(
                    ErrorCode.NOT_FOUND,
                    "template '%s' cannot be opened: %s".formatted(source.template, e.reason()),
                    "'osctl image ls' lists the images there are");
        }
    }
}
