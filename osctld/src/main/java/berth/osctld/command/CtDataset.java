package berth.osctld.command;

import berth.engine.container.Container;
import berth.engine.container.ContainerDatasets;
import berth.engine.container.Deletion;
import berth.engine.storage.Volume;
import berth.osctld.output.Columns;
import berth.osctld.output.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ct dataset}. */
final class CtDataset {
    private CtDataset() {}

    /** A file system and whose it is. */
    private record Owned(Container container, Volume volume) {}

    private static ContainerDatasets datasets(Call call) {
        return call.services().containers().datasets();
    }

    private static Columns<Owned> columns(ContainerDatasets datasets) {
        return Columns.<Owned>builder()
                .more("pool", o -> o.container().id().pool())
                .usual("id", o -> o.container().name())
                .usual("name", o -> o.volume().name())
                .usual("mountpoint", o -> datasets.mountpoint(o.container(), o.volume()))
                .usual("active", Kind.FLAG, o -> datasets.isActive(o.container(), o.volume()))
                .usual("used", Kind.BYTES, o -> datasets.usage(o.container(), o.volume()))
                .usual("quota", Kind.BYTES, o -> o.volume().bound())
                .more(
                        "path",
                        o -> o.container()
                                .pool()
                                .containers()
                                .resolve(o.volume().tip()))
                .more("layers", Kind.NUMBER, o -> o.volume().frozenTip().size())
                .build();
    }

    @Command(
            name = "ls",
            aliases = "list",
            description = {
                "List the file systems of containers",
                "That of the root is called /. 'used' is what was changed since the image; on a btrfs pool that has quotas it is all"
                        + " that is shown, as that is what they count."
            },
            footer = {"osctl ct dataset ls", "osctl ct dataset ls web -o +path"})
    static final class Ls extends OsctlCommand {
        @Mixin
        ListOptions list = new ListOptions();

        @Parameters(arity = "0..*", paramLabel = "ID", description = "those of these containers only")
        List<String> ids = new ArrayList<>();

        @Override
        void run(Call call) {
            List<Owned> all = call.names().containers(ids).stream()
                    .flatMap(c -> datasets(call).of(c).stream().map(v -> new Owned(c, v)))
                    .toList();
            list.print(call, columns(datasets(call)), all);
        }
    }

    @Command(
            name = "new",
            aliases = "create",
            description = {
                "Give a container a file system beside its root",
                "It is mounted at once if the container runs, and at each start. Snapshots, copies and the trash take it along;"
                        + " 'ct reinstall' leaves it alone. Without MOUNTPOINT it goes to a directory of its name, in what it is"
                        + " nested in."
            },
            footer = {
                "osctl ct dataset new web data",
                "osctl ct dataset new web data/pg /var/lib/postgresql",
                "osctl ct dataset new --no-mount web spare"
            })
    static final class New extends OsctlCommand {
        @Option(
                names = "--mount",
                negatable = true,
                defaultValue = "true",
                fallbackValue = "true",
                description = "mount it in the container, as it is by default, or wait for 'ct mounts dataset'")
        boolean mount = true;

        @Parameters(index = "0", paramLabel = "ID", description = "a container")
        String id = "";

        @Parameters(index = "1", paramLabel = "NAME", description = "its name; nested ones have / in it")
        String name = "";

        @Parameters(index = "2", arity = "0..1", paramLabel = "MOUNTPOINT", description = "where it is mounted inside")
        @Nullable
        String mountpoint;

        @Override
        void run(Call call) {
            Container container = call.names().container(id);
            String place = mountpoint == null ? datasets(call).usualMountpoint(container, name) : mountpoint;
            datasets(call).create(container, name, mount ? place : null, call.caller());
            call.out().done("%s has dataset %s%s", container.name(), name, mount ? " at " + place : "");
        }
    }

    @Command(
            name = "del",
            aliases = "delete",
            description = {
                "Delete a file system of a container",
                "It is unmounted at once if the container runs. It goes to the trash, from which 'trash restore' brings it back."
                        + " What snapshots have of it they keep."
            },
            footer = {"osctl ct dataset del web data/pg", "osctl ct dataset del -r web data"})
    static final class Del extends OsctlCommand {
        @Option(
                names = {"-r", "--recursive"},
                description = "those that are nested in it too")
        boolean recursive;

        @Option(
                names = {"--purge", "--no-trash"},
                description = "delete it for good, not into the trash")
        boolean purge;

        @Parameters(index = "0", paramLabel = "ID", description = "a container")
        String id = "";

        @Parameters(index = "1", paramLabel = "DATASET", description = "one of its datasets")
        String name = "";

        @Override
        void run(Call call) {
            Container container = call.names().container(id);
            Deletion.Fate fate = datasets(call)
                    .delete(
                            container,
                            name,
                            recursive ? ContainerDatasets.Nested.TAKEN_ALONG : ContainerDatasets.Nested.REFUSED,
                            purge ? Deletion.Fate.GONE : Deletion.Fate.TRASH,
                            call.caller());
            String path = container.name() + "/" + name;
            switch (fate) {
                case TRASH -> call.out().done("%s is in the trash; 'trash restore %s' brings it back", path, path);
                case GONE -> call.out().done("%s is deleted", path);
            }
        }
    }
}
