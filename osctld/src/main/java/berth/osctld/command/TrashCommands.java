package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.container.Discarded;
import berth.engine.container.TrashBin;
import berth.osctld.output.Columns;
import berth.osctld.output.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code trash}. */
final class TrashCommands {
    private TrashCommands() {}

    private static TrashBin trash(Call call) {
        return call.services().containers().trashBin();
    }

    private static Columns<Discarded> columns(TrashBin trash) {
        return Columns.<Discarded>builder()
                .usual("pool", Discarded::pool)
                .usual("kind", d -> d.kind().word())
                .usual("key", Discarded::key)
                .usual("id", Discarded::name)
                .usual("deleted", Kind.TIME, Discarded::at)
                .usual("until", Kind.TIME, trash::until)
                .usual("used", Kind.BYTES, trash::usage)
                .usual("by", Discarded::by)
                .more("command", Discarded::command)
                .build();
    }

    private static Discarded named(Call call, String text) {
        return call.names()
                .find(
                        "deleted thing",
                        "trash",
                        text,
                        (pool, name) -> trash(call).find(pool, name))
                .object();
    }

    private static List<Discarded> all(Call call) {
        return call.names().listed().stream()
                .flatMap(p -> trash(call).of(p.name()).stream())
                .toList();
    }

    @Command(
            name = "ls",
            aliases = "list",
            description = {
                "List what was deleted and can be brought back",
                "'until' is how long for certain; how long a pool keeps what is deleted is set by 'pool set trash-age'."
            },
            footer = {"osctl trash ls", "osctl trash ls -o key,used,command"})
    static final class Ls extends OsctlCommand {
        @Mixin
        ListOptions list = new ListOptions();

        @Override
        void run(Call call) {
            list.print(call, columns(trash(call)), all(call));
        }
    }

    @Command(
            name = "restore",
            description = {
                "Bring a deleted container, dataset or image back",
                "A container with its files, snapshots, settings, history, logs, user and ids; it is stopped. Interfaces whose addresses"
                        + " others have meanwhile are left out, with a warning. A dataset of a container is mounted where it was, one of a pool"
                        + " is there as if it had never been deleted. An image has those of its names that are free. What cannot be"
                        + " brought back stays in the trash."
            },
            footer = {
                "osctl trash restore web",
                "osctl trash restore web@1f3a6c02",
                "One of several that were called so.",
                "osctl trash restore --as web-old web",
                "osctl trash restore web/data",
                "A dataset; --as web/data2 gives it another name.",
                "osctl trash restore bulk:media",
                "A dataset of pool bulk."
            })
    static final class Restore extends OsctlCommand {
        @Option(names = "--as", paramLabel = "NEW-ID", description = "what it is called; as before by default")
        @Nullable
        String id;

        @Parameters(paramLabel = "TRASHED", description = "its key in 'trash ls', or the id that it had")
        String key = "";

        @Override
        void run(Call call) {
            call.out().done("%s is back", trash(call).restore(named(call, key), id, call.caller()));
        }
    }

    @Command(
            name = "prune",
            description = {
                "Delete for good what is in the trash",
                "Without further words, what has been there for as long as its pool keeps it, which happens by itself too."
            },
            footer = {"osctl trash prune", "osctl trash prune web@1f3a6c02", "osctl trash prune --all", "All of it."})
    static final class Prune extends OsctlCommand {
        @Option(names = "--all", description = "all of it, or all in the trash of --pool")
        boolean everything;

        @Parameters(
                arity = "0..*",
                paramLabel = "TRASHED",
                description = "these, by their keys in 'trash ls', or the ids that they had")
        List<String> keys = new ArrayList<>();

        @Override
        void run(Call call) {
            List<Discarded> chosen = chosen(call);
            if (chosen.isEmpty()) {
                call.out().note("nothing is to be deleted");
                return;
            }
            Each.of(call, chosen, (trashed, caller) -> {
                trash(call).delete(trashed, caller);
                call.out().done("%s is deleted", trashed.key());
            });
        }

        private List<Discarded> chosen(Call call) {
            if (everything && !keys.isEmpty()) {
                throw new BerthException(ErrorCode.USAGE, "name what to delete or give --all, not both");
            }
            if (everything) {
                return all(call);
            }
            return keys.isEmpty()
                    ? call.names().listed().stream()
                            .flatMap(p -> trash(call).due(p.name()).stream())
                            .toList()
                    : keys.stream().map(k -> named(call, k)).distinct().toList();
        }
    }
}
