package berth.osctld.command;

import berth.engine.container.Container;
import berth.engine.limit.Size;
import berth.engine.storage.Volume;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code quota} of {@code ct set}, {@code ct unset}, {@code ct dataset set} and {@code ct dataset unset}. */
final class CtQuota {
    private CtQuota() {}

    private static void set(Call call, String id, String dataset, String size) {
        Container container = call.names().container(id);
        Size most = Size.parse(size);
        call.services().containers().datasets().quota(container, dataset, most.bytes(), call.caller());
        call.out().done("%s of %s takes %s at most", dataset, container.name(), most);
    }

    private static void unset(Call call, String id, String dataset) {
        Container container = call.names().container(id);
        call.services().containers().datasets().quota(container, dataset, null, call.caller());
        call.out().done("%s of %s has no quota", dataset, container.name());
    }

    @Command(
            name = "quota",
            description = {
                "Set how much the root file system of a container may take",
                "At once, also if it runs. On a dir pool its changes since the image count, on ext4 and xfs with project quotas; on a"
                        + " btrfs pool all that it shows, where counting begins with the first quota, which may take minutes on a"
                        + " full pool. Datasets have quotas of their own."
            },
            footer = "osctl ct set quota web 10G")
    static final class SetOfRoot extends OsctlCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "a container")
        String id = "";

        @Parameters(index = "1", paramLabel = "SIZE", description = "such as 10G")
        String size = "";

        @Override
        void run(Call call) {
            set(call, id, Volume.ROOT, size);
        }
    }

    @Command(
            name = "quota",
            description = "Let the root file system of a container take what there is",
            footer = "osctl ct unset quota web")
    static final class UnsetOfRoot extends OsctlCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "a container")
        String id = "";

        @Override
        void run(Call call) {
            unset(call, id, Volume.ROOT);
        }
    }

    @Command(
            name = "quota",
            description = {"Set how much a dataset may take", "As 'ct set quota' does for the root."},
            footer = "osctl ct dataset set quota web data 10G")
    static final class SetOfDataset extends OsctlCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "a container")
        String id = "";

        @Parameters(index = "1", paramLabel = "DATASET", description = "one of its datasets, / for its root")
        String dataset = "";

        @Parameters(index = "2", paramLabel = "SIZE", description = "such as 10G")
        String size = "";

        @Override
        void run(Call call) {
            set(call, id, dataset, size);
        }
    }

    @Command(
            name = "quota",
            description = "Let a dataset take what there is",
            footer = "osctl ct dataset unset quota web data")
    static final class UnsetOfDataset extends OsctlCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "a container")
        String id = "";

        @Parameters(index = "1", paramLabel = "DATASET", description = "one of its datasets, / for its root")
        String dataset = "";

        @Override
        void run(Call call) {
            unset(call, id, dataset);
        }
    }
}
