package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.container.Container;
import berth.engine.idmap.IdMap;
import berth.engine.idmap.IdMapping;
import berth.engine.idmap.NewUser;
import berth.engine.idmap.User;
import berth.engine.idmap.Users;
import berth.osctld.output.Columns;
import berth.osctld.output.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code user}. */
final class UserCommands {
    private static final Columns<Line> MAP_COLUMNS = Columns.<Line>builder()
            .usual("type", Line::type)
            .usual("ns_id", Kind.NUMBER, l -> l.mapping().inside())
            .usual("host_id", Kind.NUMBER, l -> l.mapping().outside())
            .usual("count", Kind.NUMBER, l -> l.mapping().count())
            .build();

    private UserCommands() {}

    private record Line(String type, IdMapping mapping) {}

    private static Columns<Names.Found<User>> columns(Services services) {
        return Columns.<Names.Found<User>>builder()
                .usual("pool", Names.Found::pool)
                .usual("name", f -> f.object().name())
                .usual("username", f -> users(services, f).account(f.object()).name())
                .usual("ugid", Kind.NUMBER, f -> f.object().ugid())
                .usual(
                        "offset",
                        Kind.NUMBER,
                        f -> f.object().uidMap().mappings().getFirst().outside())
                .usual("size", Kind.NUMBER, f -> f.object().uidMap().total())
                .usual("containers", Kind.NUMBER, f -> containers(services, f).size())
                .more("groupname", f -> users(services, f).account(f.object()).name())
                .more("registered", Kind.FLAG, f -> users(services, f).isRegistered(f.object()))
                .more("standalone", Kind.FLAG, f -> f.object().standalone())
                .more("id_range", f -> f.object().idRange())
                .more("block_index", Kind.NUMBER, f -> f.object().blockIndex())
                .more("uid_map", f -> f.object().uidMap())
                .more("gid_map", f -> f.object().gidMap())
                .build();
    }

    private static Users users(Services services, Names.Found<User> found) {
        return services.users().of(found.pool());
    }

    private static List<String> containers(Services services, Names.Found<User> found) {
        return services.containers().containers().of(found.pool()).stream()
                .filter(c -> c.spec().user().equals(found.object().name()))
                .map(Container::name)
                .toList();
    }

    private static Names.Found<User> named(Call call, String text) {
        return call.names()
                .find(
                        "user",
                        text,
                        (pool, name) -> call.services().users().of(pool).find(name));
    }

    @Command(
            name = "new",
            aliases = "create",
            description = {
                "Make a user: ids for containers, and a system account that runs them",
                "Its ids are a free block of the pool's default range unless told otherwise. Ids that anybody else has are"
                        + " refused."
            },
            footer = {
                "osctl user new alice",
                "osctl user new --ugid 5000 --offset 666000 --size 65536 myuser01",
                "osctl user new --map 0:700000:1000 --map 1000:800000:64536 bob",
                "osctl user new --id-range customers --block-index 3 carol"
            })
    static final class New extends OsctlCommand {
        @Option(names = "--ugid", paramLabel = "ID", description = "user and group id of the system account")
        @Nullable
        Long ugid;

        @Option(names = "--offset", paramLabel = "ID", description = "host id that id 0 of its containers is")
        @Nullable
        Long offset;

        @Option(names = "--size", paramLabel = "N", description = "how many ids it has, with --offset")
        @Nullable
        Long size;

        @Option(
                names = "--map",
                paramLabel = "ID:HOST:N",
                description = "N ids from ID on are those from HOST on of the host; may be given often")
        List<String> map = new ArrayList<>();

        @Option(names = "--map-uid", paramLabel = "ID:HOST:N", description = "as --map, for user ids only")
        List<String> uidMap = new ArrayList<>();

        @Option(names = "--map-gid", paramLabel = "ID:HOST:N", description = "as --map, for group ids only")
        List<String> gidMap = new ArrayList<>();

        @Option(names = "--id-range", paramLabel = "RANGE", description = "take a free block of this range")
        @Nullable
        String range;

        @Option(
                names = {"--block-index", "--id-range-block-index"},
                paramLabel = "N",
                description = "take this block of the range")
        @Nullable
        Long block;

        @Option(names = "--no-standalone", description = "delete it with its last container")
        boolean dependent;

        @Parameters(paramLabel = "NAME", description = "what it is called")
        String name = "";

        @Override
        void run(Call call) {
            Names.Place place = call.names().place(name);
            User made = call.services().userAdministration().create(place.pool(), wish(place.name()), call.caller());
            call.out().done("user %s is there, with ids %s", made.name(), made.uidMap());
        }

        private NewUser wish(String bare) {
            NewUser wish = NewUser.named(bare);
            if (block != null) {
                wish = wish.atBlock(range == null ? "default" : range, block);
            } else if (range != null) {
                wish = wish.inRange(range);
            }
            Optional<NewUser.Maps> maps = maps();
            if (maps.isPresent()) {
                IdMap uids = maps.get().uids();
                IdMap gids = maps.get().gids();
                wish = range != null || block != null ? wish.mappedWithinBlock(uids, gids) : wish.mapped(uids, gids);
            }
            if (ugid != null) {
                wish = wish.ugid(ugid);
            }
            return dependent ? wish.withItsContainers() : wish;
        }

        private Optional<NewUser.Maps> maps() {
            if (offset != null) {
                if (!map.isEmpty() || !uidMap.isEmpty() || !gidMap.isEmpty()) {
                    throw new BerthException(
                            ErrorCode.USAGE, "--offset and --map say the same in two ways", "give one");
                }
                if (size == null) {
                    throw new BerthException(ErrorCode.USAGE, "--offset needs --size", "65536 ids are usual");
                }
                IdMap whole = new IdMap(List.of(new IdMapping(0, offset, size)));
                return Optional.of(new NewUser.Maps(whole, whole));
            }
            if (size != null) {
                throw new BerthException(ErrorCode.USAGE, "--size needs --offset");
            }
            List<String> uids = Stream.concat(map.stream(), uidMap.stream()).toList();
            List<String> gids = Stream.concat(map.stream(), gidMap.stream()).toList();
            if (uids.isEmpty() && gids.isEmpty()) {
                return Optional.empty();
            }
            if (uids.isEmpty() || gids.isEmpty()) {
                throw new BerthException(
                        ErrorCode.USAGE, "user and group ids both need a map", "--map gives one to both");
            }
            return Optional.of(new NewUser.Maps(IdMap.parse(uids), IdMap.parse(gids)));
        }
    }

    @Command(
            name = "del",
            aliases = "delete",
            description = {"Delete users without containers", "Their ids and system accounts are free again."},
            footer = {"osctl user del alice"})
    static final class Del extends OsctlCommand {
        @Parameters(arity = "1..*", paramLabel = "USER", description = "users")
        List<String> names = new ArrayList<>();

        @Override
        void run(Call call) {
            Each.of(call, names, (name, caller) -> {
                Names.Found<User> found = named(call, name);
                call.services()
                        .userAdministration()
                        .delete(found.pool(), found.object().name(), caller);
                call.out().done("user %s is deleted", found.object().name());
            });
        }
    }

    @Command(
            name = "ls",
            aliases = "list",
            description = "List users",
            footer = {"osctl user ls", "osctl user ls -o name,uid_map"})
    static final class Ls extends OsctlCommand {
        @Mixin
        ListOptions list = new ListOptions();

        @Option(names = "--registered", description = "those whose system account exists only")
        boolean registered;

        @Option(names = "--unregistered", description = "those whose system account is missing only")
        boolean unregistered;

        @Parameters(arity = "0..*", paramLabel = "USER", description = "these only")
        List<String> names = new ArrayList<>();

        @Override
        void run(Call call) {
            Services services = call.services();
            Stream<Names.Found<User>> all = names.isEmpty()
                    ? call.names().listed().stream()
                            .flatMap(p -> services.users().of(p.name()).list().stream()
                                    .map(u -> new Names.Found<>(p.name(), u)))
                    : names.stream().map(n -> named(call, n));
            Stream<Names.Found<User>> chosen = registered == unregistered
                    ? all
                    : all.filter(f -> users(services, f).isRegistered(f.object()) == registered);
            list.print(call, columns(services), chosen.toList());
        }
    }

    @Command(
            name = "show",
            aliases = "info",
            description = "Show all about a user",
            footer = {"osctl user show alice"})
    static final class Show extends OsctlCommand {
        @Mixin
        ShowOptions show = new ShowOptions();

        @Parameters(paramLabel = "USER", description = "a user")
        String name = "";

        @Override
        void run(Call call) {
            show.print(call, columns(call.services()), named(call, name));
        }
    }

    @Command(
            name = "map",
            description = "List the id map of a user",
            footer = {"osctl user map alice", "osctl user map alice uid"})
    static final class Map extends OsctlCommand {
        @Mixin
        ListOptions list = new ListOptions();

        @Parameters(index = "0", paramLabel = "USER", description = "a user")
        String name = "";

        @Parameters(
                index = "1",
                arity = "0..1",
                paramLabel = "WHICH",
                description = "uid, gid or both, which is the default")
        String which = "both";

        @Override
        void run(Call call) {
            User user = named(call, name).object();
            Stream<Line> uids = user.uidMap().mappings().stream().map(m -> new Line("uid", m));
            Stream<Line> gids = user.gidMap().mappings().stream().map(m -> new Line("gid", m));
            List<Line> lines = switch (which) {
                case "uid" -> uids.toList();
                case "gid" -> gids.toList();
                case "both" -> Stream.concat(uids, gids).toList();
                default ->
                    throw new BerthException(
                            ErrorCode.USAGE, "'%s' is not a map".formatted(which), "use uid, gid or both");
            };
            list.print(call, MAP_COLUMNS, lines);
        }
    }
}
