package berth.osctld.command;

import berth.engine.container.Deletion;
import berth.engine.limit.Size;
import berth.engine.share.DatasetName;
import berth.engine.share.SharedDataset;
import berth.engine.share.SharedDatasets;
import berth.engine.share.TreeOwner;
import berth.engine.storage.Pool;
import berth.osctld.output.Columns;
import berth.osctld.output.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pool dataset}. */
final class PoolDataset {
    private PoolDataset() {}

    /** A dataset and what names it. */
    private record Named(DatasetName name, SharedDataset dataset) {}

    private static Columns<Named> columns(SharedDatasets shares) {
        return Columns.<Named>builder()
                .usual("pool", n -> n.name().pool())
                .usual("name", n -> n.name().name())
                .usual("used", Kind.BYTES, n -> shares.usage(n.name().pool(), n.dataset()))
                .usual("quota", Kind.BYTES, n -> n.dataset().bound())
                .usual("containers", Kind.LIST, n -> shares.mountedBy(n.name()))
                .more("id", n -> n.dataset().id())
                .build();
    }

    /** About one that is there. */
    abstract static class OfOne extends OsctlCommand {
        @Parameters(index = "0", paramLabel = "POOL", description = "a pool")
        String pool = "";

        @Parameters(index = "1", paramLabel = "NAME", description = "one of its datasets")
        String name = "";

        final DatasetName dataset() {
            return new DatasetName(pool, name);
        }
    }

    @Command(
            name = "ls",
            aliases = "list",
            description = {
                "List the datasets of pools",
                "'containers' are those of all pools whose configurations mount it. Without a quota, finding out what is used may take"
                        + " as long as listing its files."
            },
            footer = {"osctl pool dataset ls", "osctl pool dataset ls bulk -o name,containers"})
    static final class Ls extends OsctlCommand {
        @Mixin
        ListOptions list = new ListOptions();

        @Parameters(arity = "0..*", paramLabel = "POOL", description = "those of these pools only")
        List<String> pools = new ArrayList<>();

        @Override
        void run(Call call) {
            SharedDatasets shares = call.services().shares();
            List<Pool> chosen = pools.isEmpty()
                    ? call.names().listed()
                    : pools.stream().map(call.services().pools()::usable).toList();
            List<Named> all = chosen.stream()
                    .flatMap(p ->
                            shares.of(p.name()).stream().map(d -> new Named(new DatasetName(p.name(), d.name()), d)))
                    .toList();
            list.print(call, columns(shares), all);
        }
    }

    @Command(
            name = "new",
            aliases = "create",
            description = {
                "Make a dataset that containers share",
                "It belongs to the pool and to no container; 'ct mounts dataset' mounts it in any number of containers of whatever"
                        + " pools. Files have the same owners in all of them. Snapshots of containers leave it out."
            },
            footer = {
                "osctl pool dataset new bulk media",
                "osctl pool dataset new --quota 50G --owner 1000:1000 bulk media"
            })
    static final class New extends OsctlCommand {
        @Option(names = "--quota", paramLabel = "SIZE", description = "how much it may take, such as 50G")
        @Nullable
        String quota;

        @Option(
                names = "--owner",
                paramLabel = "UID[:GID]",
                description = "whose its directory is, by the ids inside; root's by default")
        @Nullable
        String owner;

        @Parameters(index = "0", paramLabel = "POOL", description = "a pool")
        String pool = "";

        @Parameters(index = "1", paramLabel = "NAME", description = "what it is called")
        String name = "";

        @Override
        void run(Call call) {
            DatasetName made = new DatasetName(pool, name);
            Long bytes = quota == null ? null : Size.parse(quota).bytes();
            call.services()
                    .shares()
                    .create(made, owner == null ? TreeOwner.ROOT : TreeOwner.parse(owner), bytes, call.caller());
            call.out().done("dataset %s is there; 'ct mounts dataset ID %s PATH' mounts it in a container", made, made);
        }
    }

    @Command(
            name = "del",
            aliases = "delete",
            description = {
                "Delete a dataset of a pool",
                "No container's configuration may mount it. It goes to the trash, from which 'trash restore' brings it back."
            },
            footer = {"osctl pool dataset del bulk media", "osctl pool dataset del --purge bulk media"})
    static final class Del extends OfOne {
        @Option(
                names = {"--purge", "--no-trash"},
                description = "delete it for good, not into the trash")
        boolean purge;

        @Override
        void run(Call call) {
            DatasetName gone = dataset();
            Deletion.Fate fate = call.services()
                    .containers()
                    .trashBin()
                    .deleteShared(gone, purge ? Deletion.Fate.GONE : Deletion.Fate.TRASH, call.caller());
            switch (fate) {
                case TRASH -> call.out().done("%s is in the trash; 'trash restore %s' brings it back", gone, gone);
                case GONE -> call.out().done("%s is deleted", gone);
            }
        }
    }

    @Command(
            name = "quota",
            description = {
                "Set how much a dataset of a pool may take",
                "At once, also where it is mounted. What is needed for that, and what counts, is as for 'ct set quota'."
            },
            footer = "osctl pool dataset set quota bulk media 50G")
    static final class SetQuota extends OfOne {
        @Parameters(index = "2", paramLabel = "SIZE", description = "such as 50G")
        String size = "";

        @Override
        void run(Call call) {
            Size most = Size.parse(size);
            call.services()
                    .shares()
                    .quota(dataset(), most.bytes(), call.caller())
                    .ifPresent(used -> call.caller()
                            .progress()
                            .warn("%s has %s already: nothing can be written until it has less"
                                    .formatted(dataset(), new Size(used))));
            call.out().done("%s takes %s at most", dataset(), most);
        }
    }

    @Command(
            name = "quota",
            description = "Let a dataset of a pool take what there is",
            footer = "osctl pool dataset unset quota bulk media")
    static final class UnsetQuota extends OfOne {
        @Override
        void run(Call call) {
            call.services().shares().quota(dataset(), null, call.caller());
            call.out().done("%s has no quota", dataset());
        }
    }
}
