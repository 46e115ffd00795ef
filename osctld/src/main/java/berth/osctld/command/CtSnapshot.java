package berth.osctld.command;

import berth.engine.container.Container;
import berth.engine.container.Snapshots;
import berth.engine.storage.Snapshot;
import berth.osctld.output.Columns;
import berth.osctld.output.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code ct snapshot}. */
final class CtSnapshot {
    private CtSnapshot() {}

    /** A snapshot and whose it is. */
    private record Taken(Container container, Snapshot snapshot) {}

    private static Columns<Taken> columns(Snapshots snapshots) {
        return Columns.<Taken>builder()
                .more("pool", t -> t.container().id().pool())
                .usual("id", t -> t.container().name())
                .usual("name", t -> t.snapshot().name())
                .usual("at", Kind.TIME, t -> t.snapshot().at())
                .usual("container", t -> t.snapshot().activity().name().toLowerCase(Locale.ROOT))
                .usual("by", t -> t.snapshot().by())
                .usual("command", t -> t.snapshot().command())
                .more("used", Kind.BYTES, t -> snapshots.usage(t.container(), t.snapshot()))
                .more("origin", t -> t.snapshot().origin().name().toLowerCase(Locale.ROOT))
                .more("layers", Kind.NUMBER, t -> t.snapshot().layers().size())
                .more(
                        "mounted",
                        t -> snapshots.mounted(t.container(), t.snapshot().name()))
                .build();
    }

    private static Snapshots snapshots(Call call) {
        return call.services().containers().snapshots();
    }

    @Command(
            name = "new",
            aliases = "create",
            description = {
                "Take a snapshot of a container's files",
                "Of a stopped container that takes no time and no space. One that runs is suspended while what it changed since"
                        + " its last snapshot is copied; its files are then as after a power cut."
            },
            footer = {"osctl ct snapshot new web", "osctl ct snapshot new web before-upgrade"})
    static final class New extends OsctlCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "a container")
        String id = "";

        @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "its name; the time by default")
        @Nullable
        String name;

        @Override
        void run(Call call) {
            Container container = call.names().container(id);
            Snapshot taken = snapshots(call).take(container, Optional.ofNullable(name), call.caller());
            call.out().done("%s has snapshot %s", container.name(), taken.name());
        }
    }

    @Command(
            name = "ls",
            aliases = "list",
            description = "List snapshots of containers",
            footer = {"osctl ct snapshot ls", "osctl ct snapshot ls web -o +used"})
    static final class Ls extends OsctlCommand {
        @Mixin
        ListOptions list = new ListOptions();

        @Parameters(arity = "0..*", paramLabel = "ID", description = "those of these containers only")
        List<String> ids = new ArrayList<>();

        @Override
        void run(Call call) {
            List<Taken> all = call.names().containers(ids).stream()
                    .flatMap(c -> snapshots(call).of(c).stream().map(s -> new Taken(c, s)))
                    .toList();
            list.print(call, columns(snapshots(call)), all);
        }
    }

    @Command(
            name = "show",
            aliases = "info",
            description = "Show all about a snapshot",
            footer = {"osctl ct snapshot show web before-upgrade"})
    static final class Show extends OsctlCommand {
        @Mixin
        ShowOptions show = new ShowOptions();

        @Parameters(index = "0", paramLabel = "ID", description = "a container")
        String id = "";

        @Parameters(index = "1", paramLabel = "SNAPSHOT", description = "one of its snapshots")
        String name = "";

        @Override
        void run(Call call) {
            Container container = call.names().container(id);
            Snapshot snapshot = snapshots(call).dataset(container).snapshot(name);
            show.print(call, columns(snapshots(call)), new Taken(container, snapshot));
        }
    }

    @Command(
            name = "del",
            aliases = "delete",
            description = "Delete snapshots of a container",
            footer = {"osctl ct snapshot del web before-upgrade"})
    static final class Del extends OsctlCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "a container")
        String id = "";

        @Parameters(index = "1..*", arity = "1..*", paramLabel = "SNAPSHOT", description = "its snapshots")
        List<String> names = new ArrayList<>();

        @Override
        void run(Call call) {
            Container container = call.names().container(id);
            snapshots(call).delete(container, new LinkedHashSet<>(names), call.caller());
            names.stream()
                    .distinct()
                    .forEach(n -> call.out().done("snapshot %s of %s is deleted", n, container.name()));
        }
    }

    @Command(
            name = "rollback",
            description = {
                "Give a stopped container its files of a snapshot",
                "What it has now becomes a snapshot too, so that this can be undone. Its configuration stays:"
                        + " 'ct rollback' is for that."
            },
            footer = {"osctl ct snapshot rollback web before-upgrade"})
    static final class Rollback extends OsctlCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "a stopped container")
        String id = "";

        @Parameters(index = "1", paramLabel = "SNAPSHOT", description = "one of its snapshots")
        String name = "";

        @Override
        void run(Call call) {
            Container container = call.names().container(id);
            Snapshot undo = snapshots(call).rollBack(container, name, call.caller());
            call.out()
                    .done(
                            "%s is as in snapshot %s again; what it was is in snapshot %s",
                            container.name(), name, undo.name());
        }
    }

    @Command(
            name = "clone",
            description = {
                "Make a new container with the files of a snapshot",
                "Nothing is copied. See 'ct cp' for what the new container has of the old one's configuration."
            },
            footer = {"osctl ct snapshot clone web before-upgrade web2"})
    static final class Clone extends OsctlCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "a container")
        String id = "";

        @Parameters(index = "1", paramLabel = "SNAPSHOT", description = "one of its snapshots")
        String name = "";

        @Parameters(index = "2", paramLabel = "NEW-ID", description = "what the new container is called")
        String copy = "";

        @Override
        void run(Call call) {
            Container made =
                    call.services().containers().copies().copy(call.names().container(id), name, copy, call.caller());
            call.out().done("%s is there", made.name());
        }
    }

    @Command(
            name = "mount",
            description = {
                "Mount a snapshot on the host, for reading",
                "Prints where. Files have the owners that they have for the host while the container runs."
            },
            footer = {"osctl ct snapshot mount web before-upgrade"})
    static final class Mount extends OsctlCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "a container")
        String id = "";

        @Parameters(index = "1", paramLabel = "SNAPSHOT", description = "one of its snapshots")
        String name = "";

        @Override
        void run(Call call) {
            Path path = snapshots(call).mount(call.names().container(id), name, call.caller());
            call.out().done("%s", path);
        }
    }

    @Command(
            name = "unmount",
            aliases = "umount",
            description = "Unmount a snapshot from the host",
            footer = {"osctl ct snapshot unmount web before-upgrade"})
    static final class Unmount extends OsctlCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "a container")
        String id = "";

        @Parameters(index = "1", paramLabel = "SNAPSHOT", description = "one of its snapshots")
        String name = "";

        @Override
        void run(Call call) {
            Container container = call.names().container(id);
            snapshots(call).unmount(container, name, call.caller());
            call.out().done("snapshot %s of %s is unmounted", name, container.name());
        }
    }
}
