package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.backup.Backup;
import berth.engine.backup.BackupDirectory;
import berth.engine.container.BackupWish;
import berth.engine.container.Container;
import berth.engine.image.ListedArchive;
import berth.linux.Fd;
import berth.osctld.output.Columns;
import berth.osctld.output.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ct backup}. */
final class CtBackup {
    private CtBackup() {}

    private static Columns<Backup> columns() {
        return Columns.<Backup>builder()
                .usual("id", Backup::container)
                .usual("name", Backup::name)
                .more("at", Kind.TIME, Backup::at)
                .usual("files", Kind.NUMBER, Backup::files)
                .usual("size", Kind.BYTES, Backup::bytes)
                .usual("added", Kind.BYTES, Backup::stored)
                .build();
    }

    private static Columns<BackupDirectory.Damage> damages() {
        return Columns.<BackupDirectory.Damage>builder()
                .usual("id", d -> d.backup().container())
                .usual("name", d -> d.backup().name())
                .usual("file", BackupDirectory.Damage::file)
                .usual("problem", BackupDirectory.Damage::problem)
                .build();
    }

    /** What {@code work} makes of the backups in {@code path}. */
    private static <T> T in(Call call, String path, Function<BackupDirectory, T> work) {
        try (Fd opened = call.open(path)) {
            return call.services()
                    .containers()
                    .backups()
                    .in(opened, path, call.caller().progress(), work::apply);
        }
    }

    /** Those that a caller names: all, those of one container, or one of these. */
    private static List<Backup> named(BackupDirectory directory, @Nullable String id, @Nullable String name) {
        if (id == null) {
            return directory.list();
        }
        return name == null ? directory.of(id) : List.of(directory.get(id, Optional.of(name)));
    }

    @Command(
            name = "new",
            aliases = "create",
            description = {
                "Add backups of containers to a directory",
                "Only what the directory does not have is written: content is kept once, of whichever container and"
                        + " time it is. Files that nobody touched since the last backup are not read. What one that runs"
                        + " has changed is copied first, while it is suspended; it can be neither started nor stopped"
                        + " until it is read.",
                "An empty directory becomes one for backups. Only its owner should be able to read it."
            },
            footer = {"osctl ct backup new web --to /srv/backups", "osctl ct backup new --all --to /srv/backups"})
    static final class New extends OsctlCommand {
        @Option(names = "--to", paramLabel = "DIR", required = true, description = "a directory with backups")
        String directory = "";

        @Option(names = "--all", description = "every container")
        boolean all;

        @Mixin
        DatasetOption datasets = new DatasetOption();

        @Option(names = "--no-snapshots", description = "without snapshots, which cost what changed between them")
        boolean withoutSnapshots;

        @Parameters(arity = "0..*", paramLabel = "ID", description = "containers")
        List<String> ids = new ArrayList<>();

        @Override
        void run(Call call) {
            if (ids.isEmpty() != all) {
                throw new BerthException(ErrorCode.USAGE, "either containers or --all", "name the containers");
            }
            List<Container> containers = call.names().containers(ids);
            List<String> failed = new ArrayList<>();
            try (Fd opened = call.openDirectory(directory)) {
                for (Container container : containers) {
                    add(call, opened, container).ifPresent(failed::add);
                }
            }
            if (!failed.isEmpty()) {
                throw new BerthException(ErrorCode.FAILED, "no backup of: " + String.join(", ", failed));
            }
        }

        private BackupWish wish() {
            return new BackupWish(
                    datasets.chosen(), withoutSnapshots ? BackupWish.Snapshots.LEFT_OUT : BackupWish.Snapshots.TAKEN);
        }

        /** One that fails stops no other: its name, if there are others. */
        private Optional<String> add(Call call, Fd opened, Container container) {
            try {
                Backup made = call.services()
                        .containers()
                        .backups()
                        .inNew(
                                opened,
                                directory,
                                call.caller().progress(),
                                d -> call.services().containers().backup().add(container, d, wish(), call.caller()));
                call.out().done("%s is in backup %s", container.name(), made.name());
                return Optional.empty();
            } catch (BerthException e) {
                boolean only = !all && ids.size() == 1;
                if (only || e.code() == ErrorCode.CANCELLED) {
                    throw e;
                }
                call.out().warn("%s: %s", container.name(), e.getMessage());
                return Optional.of(container.name());
            }
        }
    }

    @Command(
            name = "ls",
            aliases = "list",
            description = "List the backups in a directory",
            footer = {"osctl ct backup ls --to /srv/backups", "osctl ct backup ls web --to /srv/backups -o +at"})
    static final class Ls extends OsctlCommand {
        @Mixin
        ListOptions list = new ListOptions();

        @Option(names = "--to", paramLabel = "DIR", required = true, description = "a directory with backups")
        String directory = "";

        @Parameters(arity = "0..1", paramLabel = "ID", description = "those of this container only")
        @Nullable
        String id;

        @Override
        void run(Call call) {
            list.print(call, columns(), in(call, directory, d -> named(d, id, null)));
        }
    }

    @Command(
            name = "verify",
            description = {
                "Read backups and compare them with their checksums",
                "Prints each file that is damaged, and fails if there is one. A damaged chunk is set aside, so that"
                        + " the next backup of the same content mends all that need it."
            },
            footer = {"osctl ct backup verify --to /srv/backups", "osctl ct backup verify web --to /srv/backups"})
    static final class Verify extends OsctlCommand {
        @Mixin
        ListOptions list = new ListOptions();

        @Option(names = "--to", paramLabel = "DIR", required = true, description = "a directory with backups")
        String directory = "";

        @Parameters(index = "0", arity = "0..1", paramLabel = "ID", description = "those of this container only")
        @Nullable
        String id;

        @Parameters(index = "1", arity = "0..1", paramLabel = "BACKUP", description = "this one only")
        @Nullable
        String name;

        @Override
        void run(Call call) {
            List<BackupDirectory.Damage> found = in(
                    call,
                    directory,
                    d -> d.verify(named(d, id, name), call.caller().progress()));
            call.close();
            if (found.isEmpty()) {
                call.out().done("all is as it was written");
                return;
            }
            list.print(call, damages(), found);
            throw new BerthException(
                    ErrorCode.UNTRUSTED,
                    "%d files of backups are damaged".formatted(found.size()),
                    "a backup of the same container mends what it holds still; look for errors of the disk");
        }
    }

    @Command(
            name = "restore",
            description = {
                "Make a container of a backup",
                "It needs nothing but the directory, on this host or another, and makes a stopped container as 'ct"
                        + " import' does."
            },
            footer = {
                "osctl ct backup restore web --from /srv/backups",
                "osctl ct backup restore web 2031-05-01T03-00-00 --as-id web-old --from /srv/backups"
            })
    static final class Restore extends OsctlCommand {
        @Mixin
        ImportOptions options = new ImportOptions();

        @Option(
                names = {"--from", "--to"},
                paramLabel = "DIR",
                required = true,
                description = "a directory with backups")
        String directory = "";

        @Option(names = "--leave-out-damaged", description = "restore what can be, without the files that are damaged")
        boolean leaveOut;

        @Parameters(index = "0", paramLabel = "ID", description = "the container")
        String id = "";

        @Parameters(index = "1", arity = "0..1", paramLabel = "BACKUP", description = "which; the newest by default")
        @Nullable
        String name;

        @Override
        void run(Call call) {
            Container made = in(
                    call,
                    directory,
                    d -> call.services()
                            .containers()
                            .backup()
                            .restore(
                                    d,
                                    d.get(id, Optional.ofNullable(name)),
                                    leaveOut ? ListedArchive.Damaged.LEFT_OUT : ListedArchive.Damaged.REFUSED,
                                    options.wish(call.names().pool().name()),
                                    call.caller()));
            call.close();
            call.out().done("%s is there", made.name());
        }
    }

    @Command(
            name = "del",
            aliases = "delete",
            description = {
                "Delete a backup",
                "What no other needs is removed too, which takes as long as reading what all of them list."
            },
            footer = {"osctl ct backup del web 2031-05-01T03-00-00 --to /srv/backups"})
    static final class Del extends OsctlCommand {
        @Option(names = "--to", paramLabel = "DIR", required = true, description = "a directory with backups")
        String directory = "";

        @Parameters(index = "0", paramLabel = "ID", description = "the container")
        String id = "";

        @Parameters(index = "1", paramLabel = "BACKUP", description = "which one")
        String name = "";

        @Override
        void run(Call call) {
            in(call, directory, d -> {
                d.delete(d.get(id, Optional.of(name)));
                return d.prune(call.caller().progress());
            });
            call.close();
            call.out().done("backup %s of %s is deleted", name, id);
        }
    }

    @Command(
            name = "prune",
            description = {
                "Remove old backups, and what none of them needs",
                "Without --keep-last no backup is removed. With it as many are kept of each container, or of those"
                        + " that are named."
            },
            footer = {
                "osctl ct backup prune --to /srv/backups",
                "osctl ct backup prune --keep-last 7 --to /srv/backups web"
            })
    static final class Prune extends OsctlCommand {
        @Option(names = "--to", paramLabel = "DIR", required = true, description = "a directory with backups")
        String directory = "";

        @Option(
                names = "--keep-last",
                paramLabel = "COUNT",
                description = "how many to keep of each container, 1 or more")
        @Nullable
        Integer keep;

        @Parameters(arity = "0..*", paramLabel = "ID", description = "old backups of these containers only")
        List<String> ids = new ArrayList<>();

        @Override
        void run(Call call) {
            if (keep != null && keep < 1) {
                throw new BerthException(ErrorCode.INVALID, "at least one backup is kept", "use 'ct backup del'");
            }
            List<Backup> removed = new ArrayList<>();
            BackupDirectory.Pruned pruned = in(call, directory, d -> {
                removed.addAll(keep == null ? List.of() : d.older(keep, ids));
                removed.forEach(d::delete);
                return d.prune(call.caller().progress());
            });
            call.close();
            removed.forEach(b -> call.out().done("backup %s of %s is deleted", b.name(), b.container()));
            call.out().done("%d chunks that no backup needs are gone, %d bytes", pruned.chunks(), pruned.bytes());
        }
    }
}
