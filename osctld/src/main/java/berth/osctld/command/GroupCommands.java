package berth.osctld.command;

import berth.engine.container.Container;
import berth.engine.container.ContainerLimits;
import berth.engine.group.Group;
import berth.linux.cgroup.CpuUsage;
import berth.osctld.output.Columns;
import berth.osctld.output.Kind;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code group}. */
final class GroupCommands {
    private GroupCommands() {}

    private static Columns<Group> columns(Services services) {
        ContainerLimits limits = services.containers().limits();
        var columns = Columns.<Group>builder()
                .usual("pool", Group::pool)
                .usual("name", Group::path)
                .usual("containers", Kind.NUMBER, g -> names(services, g).size())
                .usual("path", g -> g.cgroup(services.instance().name()))
                .more("parent", g -> g.parent().map(Group::path))
                .more("memory", Kind.BYTES, g -> limits.cgroup(g).memoryBytes())
                .more(
                        "cpu_us",
                        Kind.MICROSECONDS,
                        g -> limits.cgroup(g).cpuUsage().map(CpuUsage::total))
                .more("nproc", Kind.NUMBER, g -> limits.cgroup(g).tasks());
        return LimitColumns.add(
                        columns, g -> services.groups().spec(g).ownLimits(), limits::effective, limits::statistics)
                .build();
    }

    private static List<String> names(Services services, Group group) {
        return services.containers().containers().of(group.pool()).stream()
                .filter(c -> c.spec().group().equals(group.path()))
                .map(Container::name)
                .toList();
    }

    static Group named(Call call, String text) {
        return call.names().find("group", text, call.services().groups()::find).object();
    }

    private static List<Group> listed(Call call) {
        return call.names().listed().stream()
                .flatMap(p -> call.services().groups().of(p.name()).stream())
                .toList();
    }

    @Command(
            name = "new",
            aliases = "create",
            description = {"Make a group", "A group is a cgroup that its containers, and groups below it, share."},
            footer = {"osctl group new /web", "osctl group new -p /customers/alice"})
    static final class New extends OsctlCommand {
        @Option(
                names = {"-p", "--parents"},
                description = "make the groups above it too")
        boolean parents;

        @Parameters(paramLabel = "PATH", description = "its path from the root group /")
        String path = "";

        @Override
        void run(Call call) {
            Names.Place place = call.names().place(path);
            var groups = call.services().groups();
            Group group = parents
                    ? groups.createWithParents(place.pool(), place.name())
                    : groups.create(place.pool(), place.name());
            call.out().done("group %s is there", group.path());
        }
    }

    @Command(
            name = "del",
            aliases = "delete",
            description = "Delete groups that hold nothing",
            footer = {"osctl group del /web"})
    static final class Del extends OsctlCommand {
        @Parameters(
                arity = "1..*",
                paramLabel = "GROUP",
                description = "groups without containers and groups below them")
        List<String> paths = new ArrayList<>();

        @Override
        void run(Call call) {
            Each.of(call, paths, (path, _) -> {
                Group group = named(call, path);
                call.services().groups().delete(group.pool(), group.path(), g -> names(call.services(), g));
                call.out().done("group %s is deleted", group.path());
            });
        }
    }

    @Command(
            name = "ls",
            aliases = "list",
            description = "List groups",
            footer = {"osctl group ls", "osctl group ls -H -o name"})
    static final class Ls extends OsctlCommand {
        @Mixin
        ListOptions list = new ListOptions();

        @Parameters(arity = "0..*", paramLabel = "GROUP", description = "these only")
        List<String> paths = new ArrayList<>();

        @Override
        void run(Call call) {
            List<Group> groups = paths.isEmpty()
                    ? listed(call)
                    : paths.stream().map(p -> named(call, p)).toList();
            list.print(call, columns(call.services()), groups);
        }
    }

    @Command(
            name = "show",
            aliases = "info",
            description = "Show all about a group",
            footer = {"osctl group show /default"})
    static final class Show extends OsctlCommand {
        @Mixin
        ShowOptions show = new ShowOptions();

        @Parameters(paramLabel = "GROUP", description = "a group")
        String path = "";

        @Override
        void run(Call call) {
            show.print(call, columns(call.services()), named(call, path));
        }
    }

    @Command(
            name = "tree",
            description = "Draw the groups of a pool and their containers",
            footer = {"osctl group tree", "osctl group tree tank"})
    static final class Tree extends OsctlCommand {
        @Parameters(arity = "0..1", paramLabel = "POOL", description = "this pool only")
        String pool = "";

        @Override
        void run(Call call) {
            List<String> pools = pool.isEmpty()
                    ? call.names().listed().stream().map(p -> p.name()).toList()
                    : List.of(call.services().pools().usable(pool).name());
            for (String name : pools) {
                call.out().text(new GroupTree(call.services(), name).draw());
            }
        }
    }
}
