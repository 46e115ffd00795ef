package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.repository.PublicKey;
import berth.engine.repository.RemoteImage;
import berth.engine.repository.Repository;
import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import berth.osctld.output.Columns;
import berth.osctld.output.Kind;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code repository}. */
final class RepositoryCommands {
    private static final Columns<Repository> COLUMNS = Columns.<Repository>builder()
            .usual("name", Repository::name)
            .usual("kind", r -> word(r.kind()))
            .usual("url", r -> r.url().toString())
            .usual("enabled", r -> r.disabled() ? "no" : "yes")
            .usual("trust", r -> r.key().isPresent() ? "signed" : "insecure")
            .more("key", r -> r.key().map(PublicKey::text))
            .build();

    private static final Columns<RemoteImage> IMAGES = Columns.<RemoteImage>builder()
            .usual("repository", RemoteImage::repository)
            .usual("distribution", RemoteImage::distribution)
            .usual("version", RemoteImage::version)
            .usual("arch", RemoteImage::arch)
            .usual("variant", RemoteImage::variant)
            .usual("size", Kind.BYTES, i -> i.size() < 0 ? Optional.empty() : Optional.of(i.size()))
            .more("vendor", RemoteImage::vendor)
            .more("tags", Kind.LIST, RemoteImage::tags)
            .build();

    private RepositoryCommands() {}

    private static String word(Repository.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    @Command(
            name = "add",
            description = {
                "Add a repository to look for images in",
                "One of Berth's own needs the key that signs it. What images.linuxcontainers.org and images.vpsadminos.org serve is"
                        + " signed by nobody's key that could be pinned: --insecure trusts whoever answers at the address."
            },
            footer = {
                "osctl repository add --key MCowBQYDK2Vw… acme https://images.example.org/berth",
                "osctl repository add --kind simplestreams --insecure lxc https://images.linuxcontainers.org",
                "osctl repository add --insecure here file:///srv/images"
            })
    static final class Add extends OsctlCommand {
        @Option(names = "--kind", paramLabel = "KIND", description = "berth (by default), simplestreams or vpsadminos")
        String kind = "berth";

        @ArgGroup(exclusive = true, multiplicity = "1")
        Trust trust = new Trust();

        /** What makes it trustworthy. */
        static final class Trust {
            @Option(names = "--key", paramLabel = "KEY", description = "who must have signed its index")
            @Nullable
            String key;

            @Option(names = "--insecure", description = "take an index that nobody has signed")
            boolean insecure;
        }

        @Parameters(index = "0", paramLabel = "NAME", description = "what it is called")
        String name = "";

        @Parameters(index = "1", paramLabel = "URL", description = "http, https or file")
        String url = "";

        @Override
        void run(Call call) {
            Repository repository = new Repository(
                    name, kind(), address(), Optional.ofNullable(trust.key).map(PublicKey::new), false);
            call.services().repositories().add(repository);
            call.out().done("repository %s is there", name);
        }

        private Repository.Kind kind() {
            return Arrays.stream(Repository.Kind.values())
                    .filter(known -> word(known).equals(kind))
                    .findFirst()
                    .orElseThrow(() -> new BerthException(
                            ErrorCode.INVALID,
                            "there is no kind of repository '%s'".formatted(kind),
                            "it is berth, simplestreams or vpsadminos"));
        }

        private URI address() {
            try {
                return URI.create(url);
            } catch (IllegalArgumentException e) {
                throw new BerthException(
                        ErrorCode.INVALID, "'%s' is no address: %s".formatted(url, e.getMessage()), null, e);
            }
        }
    }

    @Command(
            name = "del",
            aliases = "delete",
            description = {"Forget repositories", "Images that came from them stay."},
            footer = {"osctl repository del acme"})
    static final class Del extends OsctlCommand {
        @Parameters(arity = "1..*", paramLabel = "REPOSITORY", description = "repositories")
        List<String> names = new ArrayList<>();

        @Override
        void run(Call call) {
            Each.of(call, names, (name, caller) -> {
                call.services().repositories().delete(name);
                call.out().done("repository %s is forgotten", name);
            });
        }
    }

    @Command(
            name = "enable",
            description = "Look for images in repositories again",
            footer = {"osctl repository enable acme"})
    static final class Enable extends OsctlCommand {
        @Parameters(arity = "1..*", paramLabel = "REPOSITORY", description = "repositories")
        List<String> names = new ArrayList<>();

        @Override
        void run(Call call) {
            Each.of(call, names, (name, caller) -> {
                call.services().repositories().use(name, Repository.Use.ENABLED);
                call.out().done("repository %s is enabled", name);
            });
        }
    }

    @Command(
            name = "disable",
            description = "Look for no images in repositories",
            footer = {"osctl repository disable acme"})
    static final class Disable extends OsctlCommand {
        @Parameters(arity = "1..*", paramLabel = "REPOSITORY", description = "repositories")
        List<String> names = new ArrayList<>();

        @Override
        void run(Call call) {
            Each.of(call, names, (name, caller) -> {
                call.services().repositories().use(name, Repository.Use.DISABLED);
                call.out().done("repository %s is disabled", name);
            });
        }
    }

    @Command(
            name = "ls",
            aliases = "list",
            description = "List repositories",
            footer = {"osctl repository ls", "osctl repository ls -o name,key"})
    static final class Ls extends OsctlCommand {
        @Mixin
        ListOptions list = new ListOptions();

        @Parameters(arity = "0..*", paramLabel = "REPOSITORY", description = "these only")
        List<String> names = new ArrayList<>();

        @Override
        void run(Call call) {
            list.print(
                    call,
                    COLUMNS,
                    named(call, names, call.services().repositories().list()));
        }
    }

    private static List<Repository> named(Call call, List<String> names, List<Repository> all) {
        return names.isEmpty()
                ? all
                : names.stream().map(call.services().repositories()::get).toList();
    }

    @Command(
            name = "show",
            aliases = "info",
            description = "Show all about a repository",
            footer = {"osctl repository show acme"})
    static final class Show extends OsctlCommand {
        @Mixin
        ShowOptions show = new ShowOptions();

        @Parameters(paramLabel = "REPOSITORY", description = "a repository")
        String name = "";

        @Override
        void run(Call call) {
            show.print(call, COLUMNS, call.services().repositories().get(name));
        }
    }

    @Command(
            name = "images",
            description = "List what repositories offer",
            footer = {"osctl repository images", "osctl repository images --distribution debian --arch arm64 lxc"})
    static final class Images extends OsctlCommand {
        @Mixin
        ListOptions list = new ListOptions();

        @Option(names = "--distribution", paramLabel = "NAME", description = "images of it only")
        @Nullable
        String distribution;

        @Mixin
        ImageWords words = new ImageWords();

        @Parameters(arity = "0..*", paramLabel = "REPOSITORY", description = "these only, every enabled one by default")
        List<String> names = new ArrayList<>();

        @Override
        void run(Call call) {
            var query = words.query(Optional.ofNullable(distribution));
            var repositories = call.services().repositories();
            list.print(
                    call,
                    IMAGES,
                    named(call, names, repositories.enabled()).stream()
                            .flatMap(repository -> repositories.images(repository).stream())
                            .filter(query::fits)
                            .toList());
        }
    }

    @Command(
            name = "init",
            description = {
                "Make a directory a repository of one's own",
                "The directory is made if it is missing. Any web server may serve it. The key that signs it stays in the daemon's own directory; what is printed is for"
                        + " 'repository add --key' on other hosts."
            },
            footer = {"osctl repository init /srv/images"})
    static final class Init extends OsctlCommand {
        private static final int MODE = 0755;

        @Parameters(paramLabel = "DIR", description = "a directory")
        String directory = "";

        @Override
        void run(Call call) {
            try (Fd opened = openOrMake(call)) {
                PublicKey key = call.services().publisher().init(opened);
                call.out().done("%s is a repository, signed by %s", directory, key.text());
            }
        }

        /** It belongs to whoever asked for it. */
        private Fd openOrMake(Call call) {
            try {
                return call.session().openForReading(directory);
            } catch (KernelException e) {
                if (!e.is(Errno.ENOENT)) {
                    return call.open(directory);
                }
            }
            Path path = Path.of(directory);
            String name = String.valueOf(path.getFileName());
            Path above = path.getParent();
            try (Directory parent =
                    Directory.of(call.open(above == null ? "." : above.toString()), Resolution.NO_LINKS)) {
                parent.createDirectory(name, MODE);
                parent.chown(
                        name, call.session().peer().uid(), call.session().peer().gid());
            } catch (KernelException e) {
                throw new BerthException(
                        ErrorCode.FAILED, "'%s' cannot be made: %s".formatted(directory, e.reason()), null, e);
            }
            return call.open(directory);
        }
    }

    @Command(
            name = "sign",
            description = {"Sign a repository of one's own again", "After its index was changed by hand."},
            footer = {"osctl repository sign /srv/images"})
    static final class Sign extends OsctlCommand {
        @Parameters(paramLabel = "DIR", description = "a repository made by 'repository init'")
        String directory = "";

        @Override
        void run(Call call) {
            try (Fd opened = call.open(directory)) {
                PublicKey key = call.services().publisher().sign(opened);
                call.out().done("%s is signed by %s", directory, key.text());
            }
        }
    }
}
