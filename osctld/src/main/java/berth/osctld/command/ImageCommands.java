package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.container.Deletion;
import berth.engine.image.Image;
import berth.engine.image.Imported;
import berth.linux.KernelException;
import berth.osctld.output.Columns;
import berth.osctld.output.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code image}. */
final class ImageCommands {
    private static final Columns<Names.Found<Image>> COLUMNS = Columns.<Names.Found<Image>>builder()
            .usual("pool", Names.Found::pool)
            .usual("name", f -> f.object().label())
            .usual("distribution", f -> f.object().distribution())
            .usual("version", f -> f.object().version())
            .usual("arch", f -> f.object().architecture())
            .usual("init", f -> f.object().init().name().toLowerCase(Locale.ROOT))
            .usual("size", Kind.BYTES, f -> f.object().size())
            .usual("own_size", Kind.BYTES, f -> f.object().ownSize())
            .usual("base", f -> f.object().base().map(ImageCommands::shortened).orElse(""))
            .usual("created", Kind.TIME, f -> f.object().created())
            .more("id", f -> f.object().id())
            .more("names", Kind.LIST, f -> f.object().names())
            .more("entries", Kind.NUMBER, f -> f.object().entries())
            .more("source", f -> f.object().source())
            .build();

    private static final int SHORT_ID = 12;

    private ImageCommands() {}

    private static String shortened(String id) {
        return id.substring(0, SHORT_ID);
    }

    static Names.Found<Image> named(Call call, String text) {
        return call.names()
                .find(
                        "image",
                        text,
                        (pool, name) -> call.services().images().of(pool).find(name));
    }

    @Command(
            name = "import",
            description = {
                "Import a root file system as an image",
                "An archive of tar or cpio, compressed or not, a squashfs, a directory, an OCI image layout as directory or archive,"
                        + " what 'docker save' writes, and images of LXD, Incus and vpsAdminOS: told apart by content. An image that"
                        + " the pool has already is kept once."
            },
            footer = {
                "osctl image import debian-12.tar.xz",
                "osctl image import --name web-base /srv/rootfs",
                "osctl image import --name alpine - < alpine.tar.gz",
                "osctl image import lxd.tar.xz rootfs.squashfs",
                "An image that LXD has in two files."
            })
    static final class Import extends OsctlCommand {
        @Option(
                names = "--name",
                paramLabel = "NAME",
                description = "what it is called; made of the file's name by default")
        @Nullable
        String name;

        @Mixin
        MaxSize maxSize = new MaxSize();

        @Parameters(index = "0", paramLabel = "FILE", description = "an archive, a directory, or - for standard input")
        String file = "";

        @Parameters(
                index = "1",
                arity = "0..1",
                paramLabel = "ROOTFS",
                description = "the root file system, where FILE only describes it")
        @Nullable
        String rootfs;

        @Override
        void run(Call call) {
            String pool = call.names().pool().name();
            Optional<String> tag = Optional.ofNullable(name);
            try {
                ImageSource.tell(call, imported(call, pool, tag));
            } catch (KernelException e) {
                throw new BerthException(
                        ErrorCode.NOT_FOUND, "'%s' cannot be opened: %s".formatted(file, e.reason()), null, e);
            }
        }

        private Imported imported(Call call, String pool, Optional<String> tag) {
            if (rootfs != null) {
                return ImageSource.importSplit(call, pool, file, rootfs, tag, maxSize.bytes());
            }
            return file.equals("-")
                    ? ImageSource.importInput(call, pool, tag, maxSize.bytes())
                    : ImageSource.importFile(call, pool, file, tag, maxSize.bytes());
        }
    }

    @Command(
            name = "ls",
            aliases = "list",
            description = "List images",
            footer = {"osctl image ls", "osctl image ls -o name,id,source"})
    static final class Ls extends OsctlCommand {
        @Mixin
        ListOptions list = new ListOptions();

        @Parameters(arity = "0..*", paramLabel = "IMAGE", description = "these only")
        List<String> names = new ArrayList<>();

        @Override
        void run(Call call) {
            List<Names.Found<Image>> images = names.isEmpty()
                    ? call.names().listed().stream()
                            .flatMap(p -> call.services().images().of(p.name()).list().stream()
                                    .map(i -> new Names.Found<>(p.name(), i)))
                            .toList()
                    : names.stream().map(n -> named(call, n)).toList();
            list.print(call, COLUMNS, images);
        }
    }

    @Command(
            name = "show",
            aliases = "info",
            description = "Show all about an image",
            footer = {"osctl image show debian"})
    static final class Show extends OsctlCommand {
        @Mixin
        ShowOptions show = new ShowOptions();

        @Parameters(paramLabel = "IMAGE", description = "a name, an id, or the beginning of one")
        String name = "";

        @Override
        void run(Call call) {
            show.print(call, COLUMNS, named(call, name));
        }
    }

    @Command(
            name = "del",
            aliases = "delete",
            description = {
                "Delete images that no container stands on",
                "Of an image with several names, the one given is taken away only. An image goes to the trash, from which 'trash restore'"
                        + " brings it back for as long as its pool keeps what is there."
            },
            footer = {"osctl image del debian", "osctl image del --purge debian"})
    static final class Del extends OsctlCommand {
        @Option(
                names = {"--purge", "--no-trash"},
                description = "delete it for good, not into the trash")
        boolean purge;

        @Parameters(arity = "1..*", paramLabel = "IMAGE", description = "names, ids, or beginnings of ids")
        List<String> names = new ArrayList<>();

        @Override
        void run(Call call) {
            Each.of(call, names, (name, caller) -> {
                String reference = name.substring(name.indexOf(':') + 1);
                Deletion.Fate fate = call.services()
                        .containers()
                        .trashBin()
                        .deleteImage(
                                named(call, name).pool(),
                                reference,
                                purge ? Deletion.Fate.GONE : Deletion.Fate.TRASH,
                                caller);
                switch (fate) {
                    case TRASH ->
                        call.out().done("image %s is in the trash; 'trash restore %s' brings it back", name, name);
                    case GONE -> call.out().done("image %s is deleted", name);
                }
            });
        }
    }

    @Command(
            name = "prune",
            description = {
                "Delete images that have no name and no user",
                "Those that neither a container nor another image stands on."
            },
            footer = {"osctl image prune"})
    static final class Prune extends OsctlCommand {
        @Override
        void run(Call call) {
            String pool = call.names().pool().name();
            List<Image> pruned = call.services().images().prune(pool, call.caller());
            pruned.forEach(image -> call.out().done("image %s is deleted", image.shortId()));
            if (pruned.isEmpty()) {
                call.out().done("nothing to delete in pool %s", pool);
            }
        }
    }
}
