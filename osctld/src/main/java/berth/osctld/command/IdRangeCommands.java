package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.idmap.Block;
import berth.engine.idmap.IdRange;
import berth.engine.idmap.IdRanges;
import berth.osctld.output.Columns;
import berth.osctld.output.Kind;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code id-range}. */
final class IdRangeCommands {
    private IdRangeCommands() {}

    private static Columns<Names.Found<IdRange>> columns(Services services) {
        return Columns.<Names.Found<IdRange>>builder()
                .usual("pool", Names.Found::pool)
                .usual("name", f -> f.object().name())
                .usual("start_id", Kind.NUMBER, f -> f.object().startId())
                .usual("last_id", Kind.NUMBER, f -> f.object().lastId())
                .usual("block_size", Kind.NUMBER, f -> f.object().blockSize())
                .usual("block_count", Kind.NUMBER, f -> f.object().blockCount())
                .usual("allocated", Kind.NUMBER, f -> allocated(services, f))
                .usual("free", Kind.NUMBER, f -> f.object().blockCount() - allocated(services, f))
                .build();
    }

    private static Columns<Block> tableColumns(IdRange range) {
        return Columns.<Block>builder()
                .usual("type", b -> b.owner().isPresent() ? "allocated" : "free")
                .usual("block_index", Kind.NUMBER, Block::index)
                .usual("block_count", Kind.NUMBER, Block::count)
                .usual("first_id", Kind.NUMBER, b -> range.startId() + b.index() * range.blockSize())
                .usual("id_count", Kind.NUMBER, b -> b.count() * range.blockSize())
                .usual("owner", Block::owner)
                .build();
    }

    private static long allocated(Services services, Names.Found<IdRange> found) {
        return services.users().ranges(found.pool()).table(found.object().name(), IdRanges.Show.ALLOCATED).stream()
                .mapToLong(Block::count)
                .sum();
    }

    private static Names.Found<IdRange> named(Call call, String text) {
        return call.names()
                .find(
                        "id range",
                        text,
                        (pool, name) -> call.services().users().ranges(pool).list().stream()
                                .filter(r -> r.name().equals(name))
                                .findFirst());
    }

    @Command(
            name = "new",
            aliases = "create",
            description = {"Make an id range", "Its blocks are given to users that are made with --id-range."},
            footer = {"osctl id-range new --start-id 10000000 --block-count 100 customers"})
    static final class New extends OsctlCommand {
        @Option(names = "--start-id", required = true, paramLabel = "ID", description = "its first host id")
        long start;

        @Option(names = "--block-size", paramLabel = "N", description = "ids in a block, 65536 by default")
        long size = IdRange.USUAL_BLOCK;

        @Option(names = "--block-count", required = true, paramLabel = "N", description = "how many blocks it has")
        long count;

        @Parameters(paramLabel = "NAME", description = "what it is called")
        String name = "";

        @Override
        void run(Call call) {
            if (start < 1) {
                throw new BerthException(ErrorCode.INVALID, "--start-id must be 1 or more, not %d".formatted(start));
            }
            Names.Place place = call.names().place(name);
            IdRange range = range(place.name());
            call.services().users().ranges(place.pool()).create(range);
            call.out().done("id range %s is there, ids %d to %d", range.name(), range.startId(), range.lastId());
        }

        private IdRange range(String bare) {
            try {
                return new IdRange(bare, start, size, count);
            } catch (BerthException e) {
                throw new BerthException(
                        e.code(),
                        "id range '%s': %s".formatted(bare, e.getMessage()),
                        e.hint().orElse(null),
                        e);
            }
        }
    }

    @Command(
            name = "del",
            aliases = "delete",
            description = "Delete id ranges none of whose blocks is allocated",
            footer = {"osctl id-range del customers"})
    static final class Del extends OsctlCommand {
        @Parameters(arity = "1..*", paramLabel = "RANGE", description = "id ranges")
        List<String> names = new ArrayList<>();

        @Override
        void run(Call call) {
            Each.of(call, names, (name, _) -> {
                Names.Found<IdRange> found = named(call, name);
                call.services()
                        .users()
                        .ranges(found.pool())
                        .remove(found.object().name());
                call.out().done("id range %s is deleted", found.object().name());
            });
        }
    }

    @Command(
            name = "ls",
            aliases = "list",
            description = "List id ranges",
            footer = {"osctl id-range ls"})
    static final class Ls extends OsctlCommand {
        @Mixin
        ListOptions list = new ListOptions();

        @Parameters(arity = "0..*", paramLabel = "RANGE", description = "these only")
        List<String> names = new ArrayList<>();

        @Override
        void run(Call call) {
            List<Names.Found<IdRange>> ranges = names.isEmpty()
                    ? call.names().listed().stream()
                            .flatMap(p -> call.services().users().ranges(p.name()).list().stream()
                                    .map(r -> new Names.Found<>(p.name(), r)))
                            .toList()
                    : names.stream().map(n -> named(call, n)).toList();
            list.print(call, columns(call.services()), ranges);
        }
    }

    @Command(
            name = "show",
            aliases = "info",
            description = "Show all about an id range",
            footer = {"osctl id-range show default"})
    static final class Show extends OsctlCommand {
        @Mixin
        ShowOptions show = new ShowOptions();

        @Parameters(paramLabel = "RANGE", description = "an id range")
        String name = "";

        @Override
        void run(Call call) {
            show.print(call, columns(call.services()), named(call, name));
        }
    }

    @Command(
            name = "ls",
            aliases = "list",
            description = "List the blocks of an id range and whose they are",
            footer = {"osctl id-range table ls default", "osctl id-range table ls default allocated"})
    static final class TableLs extends OsctlCommand {
        @Mixin
        ListOptions list = new ListOptions();

        @Parameters(index = "0", paramLabel = "RANGE", description = "an id range")
        String name = "";

        @Parameters(
                index = "1",
                arity = "0..1",
                paramLabel = "WHICH",
                description = "all, allocated or free blocks; all by default")
        String which = "all";

        @Override
        void run(Call call) {
            IdRanges.Show shown = switch (which) {
                case "all" -> IdRanges.Show.ALL;
                case "allocated" -> IdRanges.Show.ALLOCATED;
                case "free" -> IdRanges.Show.FREE;
                default ->
                    throw new BerthException(
                            ErrorCode.USAGE, "there are no '%s' blocks".formatted(which), "use all, allocated or free");
            };
            Names.Found<IdRange> found = named(call, name);
            IdRange range = found.object();
            List<Block> blocks = call.services().users().ranges(found.pool()).table(range.name(), shown);
            list.print(call, tableColumns(range), blocks);
        }
    }

    @Command(
            name = "show",
            aliases = "info",
            description = "Show a block of an id range",
            footer = {"osctl id-range table show default 0"})
    static final class TableShow extends OsctlCommand {
        @Mixin
        ShowOptions show = new ShowOptions();

        @Parameters(index = "0", paramLabel = "RANGE", description = "an id range")
        String name = "";

        @Parameters(index = "1", paramLabel = "INDEX", description = "number of the block, from 0 on")
        long index;

        @Override
        void run(Call call) {
            Names.Found<IdRange> found = named(call, name);
            IdRange range = found.object();
            Block block = call.services().users().ranges(found.pool()).table(range.name(), IdRanges.Show.ALL).stream()
                    .filter(b -> b.index() <= index && index < b.index() + b.count())
                    .findFirst()
                    .orElseThrow(() -> new BerthException(
                            ErrorCode.NOT_FOUND, "id range '%s' has no block %d".formatted(range.name(), index)));
            show.print(call, tableColumns(range), block);
        }
    }
}
