package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.image.AlpineBuilder;
import berth.engine.image.BusyboxBuilder;
import berth.engine.image.DebianBuilder;
import berth.engine.image.ImageBuilder;
import berth.engine.image.ImportRequest;
import berth.engine.image.Recipe;
import berth.engine.image.RecipeBuilder;
import berth.engine.image.RpmBuilder;
import berth.engine.image.ScriptBuilder;
import berth.engine.store.Yaml;
import berth.linux.Fd;
import berth.linux.socket.FdStreams;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code image build}. */
final class ImageBuild {
    private ImageBuild() {}

    /** The kinds differ in their options, and in what they are made of. */
    abstract static class Building extends OsctlCommand {
        @Option(names = "--name", paramLabel = "NAME", description = "what it is called; the kind by default")
        @Nullable
        String name;

        /** What is opened for the build is closed by {@code opened}. */
        abstract ImageBuilder builder(Call call, OpenFiles opened);

        /** What it is called unless told. */
        abstract String usualName();

        @Override
        final void run(Call call) {
            try (OpenFiles opened = new OpenFiles(call)) {
                ImageBuilder builder = builder(call, opened);
                build(call, builder, ImportRequest.of(builder.description()).named(name == null ? usualName() : name));
            }
        }
    }

    private static void build(Call call, ImageBuilder builder, ImportRequest request) {
        ImageSource.tell(
                call, call.services().imageBuilds().build(call.names().pool().name(), builder, request, call.caller()));
    }

    /** What a build needs of the caller's, opened with the caller's rights. */
    static final class OpenFiles implements AutoCloseable {
        private final Call call;
        private final List<Fd> files = new ArrayList<>();

        OpenFiles(Call call) {
            this.call = call;
        }

        Fd open(String path) {
            Fd file = call.open(path);
            files.add(file);
            return file;
        }

        @Override
        public void close() {
            files.forEach(Fd::close);
        }
    }

    @Command(
            name = "busybox",
            description = "Build an image of the host's static busybox",
            footer = {"osctl image build busybox"})
    static final class Busybox extends Building {
        @Override
        ImageBuilder builder(Call call, OpenFiles opened) {
            return new BusyboxBuilder();
        }

        @Override
        String usualName() {
            return "busybox";
        }
    }

    /** What distributions' packages have in common. */
    static final class Packages {
        @Option(names = "--include", split = ",", paramLabel = "PKGS", description = "further packages")
        List<String> include = new ArrayList<>();
    }

    /** Debian and Ubuntu. */
    abstract static class OfDebs extends Building {
        private final DebianBuilder.Vendor vendor;

        @Option(
                names = "--release",
                paramLabel = "NAME",
                description = "code name; bookworm, or noble of Ubuntu, by default")
        @Nullable
        String release;

        @Option(
                names = "--mirror",
                paramLabel = "URL",
                description = "the archive; by default as this machine's apt, or the usual")
        @Nullable
        String mirror;

        @Mixin
        Packages packages = new Packages();

        OfDebs(DebianBuilder.Vendor vendor) {
            this.vendor = vendor;
        }

        @Override
        ImageBuilder builder(Call call, OpenFiles opened) {
            return new DebianBuilder(
                    vendor,
                    release == null ? vendor.usualRelease() : release,
                    packages.include,
                    Optional.ofNullable(mirror));
        }

        @Override
        String usualName() {
            return vendor.word();
        }
    }

    @Command(
            name = "debian",
            description = {"Build an image of Debian's packages", "mmdebstrap fetches them from Debian's mirrors."},
            footer = {
                "osctl image build debian",
                "osctl image build debian --release trixie --include openssh-server,vim --name web-base"
            })
    static final class Debian extends OfDebs {
        Debian() {
            super(DebianBuilder.Vendor.DEBIAN);
        }
    }

    @Command(
            name = "ubuntu",
            description = {"Build an image of Ubuntu's packages", "mmdebstrap fetches them from Ubuntu's archive."},
            footer = {"osctl image build ubuntu --release noble"})
    static final class Ubuntu extends OfDebs {
        Ubuntu() {
            super(DebianBuilder.Vendor.UBUNTU);
        }
    }

    /** CentOS Stream and Fedora. */
    abstract static class OfRpms extends Building {
        private final RpmBuilder.Vendor vendor;

        @Option(names = "--release", paramLabel = "NAME", description = "for instance 42 of Fedora, 9-stream of CentOS")
        @Nullable
        String release;

        @Option(
                names = "--repo",
                paramLabel = "REPO",
                description = "a repository instead of the usual ones: an address, or a directory; may be given often")
        List<String> repositories = new ArrayList<>();

        @Option(names = "--key", paramLabel = "FILE", description = "public keys that packages must be signed by")
        @Nullable
        String key;

        @Option(names = "--unsigned", description = "take packages that nobody has signed")
        boolean unsigned;

        @Mixin
        Packages packages = new Packages();

        OfRpms(RpmBuilder.Vendor vendor) {
            this.vendor = vendor;
        }

        @Override
        ImageBuilder builder(Call call, OpenFiles opened) {
            requireTrust(key != null, unsigned, "--key FILE");
            List<String> addresses =
                    repositories.stream().filter(OfRpms::isAddress).toList();
            List<Fd> directories = repositories.stream()
                    .filter(repository -> !isAddress(repository))
                    .map(opened::open)
                    .toList();
            return new RpmBuilder(
                    vendor,
                    release == null ? vendor.usualRelease() : release,
                    packages.include,
                    new RpmBuilder.Sources(
                            addresses, directories, Optional.ofNullable(key).map(opened::open)));
        }

        private static boolean isAddress(String repository) {
            return repository.matches("[a-z]+://.*");
        }

        @Override
        String usualName() {
            return vendor.word();
        }
    }

    @Command(
            name = "centos",
            description = {
                "Build an image of CentOS Stream's packages",
                "dnf fetches them. --key names the keys that CentOS signs packages with."
            },
            footer = {
                "osctl image build centos --key RPM-GPG-KEY-centosofficial",
                "osctl image build centos --unsigned --repo /srv/repo --include app --name app"
            })
    static final class Centos extends OfRpms {
        Centos() {
            super(RpmBuilder.Vendor.CENTOS);
        }
    }

    @Command(
            name = "fedora",
            description = {
                "Build an image of Fedora's packages",
                "dnf fetches them. --key names the keys that Fedora signs packages with."
            },
            footer = {"osctl image build fedora --release 42 --key RPM-GPG-KEY-fedora-42-primary"})
    static final class Fedora extends OfRpms {
        Fedora() {
            super(RpmBuilder.Vendor.FEDORA);
        }
    }

    @Command(
            name = "alpine",
            description = {
                "Build an image of Alpine's packages",
                "By the static apk of Alpine's package apk-tools-static. --keys names a directory of the keys that Alpine signs packages"
                        + " with."
            },
            footer = {"osctl image build alpine --apk ./apk.static --keys ./keys --release v3.22"})
    static final class Alpine extends Building {
        @Option(names = "--apk", required = true, paramLabel = "FILE", description = "the program apk, static")
        String apk = "";

        @Option(names = "--keys", paramLabel = "DIR", description = "public keys that packages must be signed by")
        @Nullable
        String keys;

        @Option(names = "--unsigned", description = "take packages that nobody has signed")
        boolean unsigned;

        @Option(names = "--release", paramLabel = "NAME", description = "v3.22 by default, or edge")
        String release = AlpineBuilder.DEFAULT_RELEASE;

        @Option(names = "--mirror", paramLabel = "URL", description = "Alpine's own by default")
        @Nullable
        String mirror;

        @Mixin
        Packages packages = new Packages();

        @Override
        ImageBuilder builder(Call call, OpenFiles opened) {
            requireTrust(keys != null, unsigned, "--keys DIR");
            return new AlpineBuilder(
                    opened.open(apk),
                    Optional.ofNullable(keys).map(opened::open),
                    release,
                    packages.include,
                    Optional.ofNullable(mirror));
        }

        @Override
        String usualName() {
            return "alpine";
        }
    }

    private static void requireTrust(boolean key, boolean unsigned, String option) {
        if (key == unsigned) {
            throw new BerthException(
                    ErrorCode.USAGE,
                    "say by whom packages must be signed with %s, or that nobody has to with --unsigned"
                            .formatted(option));
        }
    }

    @Command(
            name = "from-script",
            description = {
                "Build an image of what a program of yours makes",
                "It gets the path of an empty directory as its argument and as ROOT, and fills it, as root of a sandbox with the host's"
                        + " programs and network, and with a /tmp of its own."
            },
            footer = {"osctl image build from-script --name mine ./make-root"})
    static final class FromScript extends Building {
        @Parameters(paramLabel = "FILE", description = "a program, for instance a shell script")
        String file = "";

        @Override
        ImageBuilder builder(Call call, OpenFiles opened) {
            return new ScriptBuilder(file, opened.open(file));
        }

        @Override
        String usualName() {
            return ImageSource.nameOf(file.replaceAll("\\.[a-z]+$", ""))
                    .orElseThrow(() -> new BerthException(
                            ErrorCode.INVALID, "'%s' cannot name an image".formatted(file), "give a --name"));
        }
    }

    @Command(
            name = "recipe",
            description = {
                "Build an image as a recipe says",
                "A file of YAML: 'name' of the image, 'base', the image that it stands on, 'packages', 'files' (each with 'path', 'content'"
                        + " and perhaps 'mode'), and 'script'. Only what differs from the base is stored."
            },
            footer = {"osctl image build recipe web.yml"})
    static final class OfRecipe extends OsctlCommand {
        @Parameters(paramLabel = "FILE", description = "the recipe, or - for standard input")
        String file = "";

        @Override
        void run(Call call) {
            Recipe recipe = Recipe.parse(text(call));
            RecipeBuilder builder = new RecipeBuilder(recipe);
            ImportRequest request = ImportRequest.of(builder.description())
                    .named(recipe.name())
                    .on(call.services().images().of(call.names().pool().name()).get(recipe.base()));
            build(call, builder, request);
        }

        private String text(Call call) {
            try (OpenFiles opened = new OpenFiles(call)) {
                byte[] content = (file.equals("-") ? call.session().in() : FdStreams.input(opened.open(file)))
                        .readNBytes(Yaml.LIMIT);
                return new String(content, StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new BerthException(
                        ErrorCode.FAILED, "'%s' cannot be read: %s".formatted(file, e.getMessage()), null, e);
            }
        }
    }
}
