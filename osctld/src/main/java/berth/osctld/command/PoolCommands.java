package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.storage.NewPool;
import berth.engine.storage.Pool;
import berth.osctld.output.Colour;
import berth.osctld.output.Columns;
import berth.osctld.output.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pool}. */
final class PoolCommands {
    private PoolCommands() {}

    private static Columns<Pool> columns(Services services) {
        return Columns.<Pool>builder()
                .usual("name", Pool::name)
                .usual("driver", p -> p.driver().name())
                .usual("path", Pool::path)
                .coloured("state", Pool::state, s -> s.equals("active") ? Colour.NONE : Colour.RED)
                .usual(
                        "containers",
                        Kind.NUMBER,
                        p -> services.containers().containers().of(p.name()).size())
                .more(
                        "groups",
                        Kind.NUMBER,
                        p -> inUse(p).map(n -> services.groups().of(n).size()))
                .more(
                        "images",
                        Kind.NUMBER,
                        p -> inUse(p).map(n -> services.images().of(n).list().size()))
                .more(
                        "trash_age",
                        p -> inUse(p).map(n ->
                                Times.age(services.pools().settings(n).trashAge())))
                .more("disk", p -> services.pools().disk(p.name()))
                .more("problem", Pool::whyUnusable)
                .build();
    }

    /** The name of {@code pool} if its objects are loaded. */
    private static Optional<String> inUse(Pool pool) {
        return pool.whyUnusable().isEmpty() ? Optional.of(pool.name()) : Optional.empty();
    }

    @Command(
            name = "install",
            description = {"Make a pool", "A pool is a directory tree that holds everything of its containers."},
            footer = {
                "osctl pool install tank",
                "osctl pool install --path /srv/berth tank",
                "osctl pool install --driver btrfs --size 20G fast",
                "osctl pool install --dataset tank/berth main"
            })
    static final class Install extends OsctlCommand {
        @Option(names = "--path", paramLabel = "DIR", description = "an empty or new directory, absolute")
        @Nullable
        Path path;

        @Option(
                names = "--driver",
                paramLabel = "DRIVER",
                description =
                        "dir, which stacks directories, btrfs or zfs; zfs if there is a ZFS pool of that name, else dir")
        @Nullable
        String driver;

        @Option(
                names = "--dataset",
                paramLabel = "DATASET",
                description = "a dataset of ZFS, made if missing; that of the pool's name by default")
        @Nullable
        String dataset;

        @Option(
                names = "--size",
                paramLabel = "SIZE",
                description =
                        "make a file system of this size for it, in a file beside its directory, for instance 20G")
        @Nullable
        String size;

        @Parameters(paramLabel = "NAME", description = "what it is called")
        String name = "";

        @Override
        void run(Call call) {
            NewPool wish = new NewPool(
                    name,
                    Optional.ofNullable(path),
                    Optional.ofNullable(driver),
                    Optional.ofNullable(dataset),
                    size == null ? OptionalLong.empty() : OptionalLong.of(Sizes.parse(size)));
            Pool pool = call.services().gate().install(wish, call.caller());
            call.out().done("pool %s is in %s", pool.name(), pool.path());
        }
    }

    @Command(
            name = "grow",
            description = {"Enlarge a pool", "One whose file system is in a file. Its containers may run."},
            footer = {"osctl pool grow --size 40G fast"})
    static final class Grow extends OsctlCommand {
        @Option(
                names = "--size",
                required = true,
                paramLabel = "SIZE",
                description = "how large it is then, for instance 40G")
        String size = "";

        @Parameters(paramLabel = "POOL", description = "a pool")
        String name = "";

        @Override
        void run(Call call) {
            call.services().gate().grow(name, Sizes.parse(size), call.caller());
            call.out().done("pool %s is larger", name);
        }
    }

    @Command(
            name = "trash-age",
            description = {
                "Set how long a pool keeps what is deleted",
                "For that time 'trash restore' brings it back. With 0 containers are deleted at once."
            },
            footer = {"osctl pool set trash-age tank 7d", "osctl pool set trash-age tank 0"})
    static final class SetTrashAge extends OsctlCommand {
        @Parameters(index = "0", paramLabel = "POOL", description = "a pool")
        String name = "";

        @Parameters(
                index = "1",
                paramLabel = "AGE",
                description = "a number of days, hours, minutes or seconds: 7d, 12h, 30m, 90s; 1d unless set")
        String age = "";

        @Override
        void run(Call call) {
            Duration duration = Times.parseAge(age);
            call.services().gate().change(name, s -> s.withTrashAge(duration), call.caller());
            call.out().done("pool %s keeps what is deleted for %s", name, Times.age(duration));
        }
    }

    @Command(
            name = "uninstall",
            description = {"Forget a pool", "Its data stays where it is; 'pool install' takes it back."},
            footer = {"osctl pool uninstall tank"})
    static final class Uninstall extends OsctlCommand {
        @Parameters(paramLabel = "POOL", description = "a pool none of whose containers runs")
        String name = "";

        @Override
        void run(Call call) {
            Pool pool = call.services().pools().get(name);
            call.services().gate().uninstall(name, call.caller());
            call.out().done("pool %s is forgotten; its data is still in %s", name, pool.path());
        }
    }

    @Command(
            name = "import",
            description = {
                "Take exported pools in again, or one of another host",
                "One of another host, or that was uninstalled, is found by --path. Users whose ids are taken on this host get"
                        + " others; their containers' files keep the owners that they have inside."
            },
            footer = {"osctl pool import tank", "osctl pool import -a", "osctl pool import --path /mnt/disk/tank tank"})
    static final class Import extends OsctlCommand {
        @Option(
                names = "--path",
                paramLabel = "DIR",
                description =
                        "where one is that this host does not know, absolute; its file system is mounted, or in a file"
                                + " beside DIR")
        @Nullable
        Path path;

        @ArgGroup(exclusive = true, multiplicity = "1")
        Which which = new Which();

        static final class Which {
            @Option(
                    names = {"-a", "--all"},
                    description = "every exported pool")
            boolean all;

            @Parameters(
                    arity = "1..*",
                    paramLabel = "POOL",
                    description = "exported pools, or such as could not be used")
            List<String> names = new ArrayList<>();
        }

        @Override
        void run(Call call) {
            Path place = path;
            if (place != null) {
                if (which.names.size() != 1) {
                    throw new BerthException(ErrorCode.USAGE, "--path is that of one pool", "name just that pool");
                }
                String name = which.names.getFirst();
                call.services().gate().adopt(name, place, call.caller());
                call.out().done("pool %s is in use", name);
                return;
            }
            List<String> names = which.all ? call.services().pools().exported() : which.names;
            Each.of(call, names, (name, caller) -> {
                call.services().gate().reimport(name, caller);
                call.out().done("pool %s is in use", name);
            });
        }
    }

    @Command(
            name = "export",
            description = {"Stop managing pools", "None of its containers may run. 'pool import' takes it in again."},
            footer = {"osctl pool export tank", "osctl pool export -f tank"})
    static final class Export extends OsctlCommand {
        @Option(
                names = {"-s", "--stop-containers"},
                negatable = true,
                description = "stop its containers first")
        boolean stop;

        @Option(
                names = {"-f", "--force"},
                description = "the same")
        boolean force;

        @Parameters(arity = "1..*", paramLabel = "POOL", description = "pools")
        List<String> names = new ArrayList<>();

        @Override
        void run(Call call) {
            Each.of(call, names, (name, caller) -> {
                if (stop || force) {
                    call.services().gate().exportStopping(name, caller);
                } else {
                    call.services().gate().export(name, caller);
                }
                call.out().done("pool %s is exported", name);
            });
        }
    }

    @Command(
            name = "ls",
            aliases = "list",
            description = "List pools",
            footer = {"osctl pool ls", "osctl pool ls -o name,state,problem"})
    static final class Ls extends OsctlCommand {
        @Mixin
        ListOptions list = new ListOptions();

        @Parameters(arity = "0..*", paramLabel = "POOL", description = "these only")
        List<String> names = new ArrayList<>();

        @Override
        void run(Call call) {
            List<Pool> pools = names.isEmpty()
                    ? call.services().pools().all()
                    : names.stream().map(call.services().pools()::get).toList();
            list.print(call, columns(call.services()), pools);
        }
    }

    @Command(
            name = "show",
            aliases = "info",
            description = "Show all about a pool",
            footer = {"osctl pool show tank"})
    static final class Show extends OsctlCommand {
        @Mixin
        ShowOptions show = new ShowOptions();

        @Parameters(paramLabel = "POOL", description = "a pool")
        String name = "";

        @Override
        void run(Call call) {
            show.print(call, columns(call.services()), call.services().pools().get(name));
        }
    }
}
