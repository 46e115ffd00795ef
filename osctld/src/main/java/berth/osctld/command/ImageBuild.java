package berth.osctld.command;

import berth.engine.image.BusyboxBuilder;
import berth.engine.image.DebianBuilder;
import berth.engine.image.ImageBuilder;
import berth.engine.image.ImportRequest;
import berth.engine.image.Imported;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code image build}. */
final class ImageBuild {
    private ImageBuild() {}

    /** The kinds differ in their options only. */
    abstract static class Building extends OsctlCommand {
        @Option(names = "--name", paramLabel = "NAME", description = "what it is called; the kind by default")
        @Nullable
        String name;

        /** What makes it. */
        abstract ImageBuilder builder();

        /** What it is called unless told. */
        abstract String usualName();

        @Override
        final void run(Call call) {
            ImageBuilder builder = builder();
            ImportRequest request = ImportRequest.of(builder.description()).named(name == null ? usualName() : name);
            Imported imported = call.services()
                    .images()
                    .of(call.names().pool().name())
                    .build(builder, request, call.caller().progress());
            ImageSource.tell(call, imported);
        }
    }

    @Command(
            name = "busybox",
            description = "Build an image of the host's static busybox",
            footer = {"osctl image build busybox"})
    static final class Busybox extends Building {
        @Override
        ImageBuilder builder() {
            return new BusyboxBuilder();
        }

        @Override
        String usualName() {
            return "busybox";
        }
    }

    @Command(
            name = "debian",
            description = {"Build an image of Debian's packages", "mmdebstrap fetches them from Debian's mirrors."},
            footer = {
                "osctl image build debian",
                "osctl image build debian --release trixie --include openssh-server,vim --name web-base"
            })
    static final class Debian extends Building {
        @Option(names = "--release", paramLabel = "NAME", description = "code name of the release, bookworm by default")
        String release = DebianBuilder.DEFAULT_RELEASE;

        @Option(names = "--include", split = ",", paramLabel = "PKGS", description = "further packages")
        List<String> packages = new ArrayList<>();

        @Override
        ImageBuilder builder() {
            return new DebianBuilder(release, packages);
        }

        @Override
        String usualName() {
            return "debian";
        }
    }
}
