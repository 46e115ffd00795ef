package berth.osctld.command;

import berth.engine.container.WithDatasets;
import picocli.CommandLine.Option;

/** Whether the datasets of a container go where its files go. */
final class DatasetOption {
    @Option(names = "--no-datasets", description = "leave out its datasets, with their mounts")
    boolean left;

    WithDatasets chosen() {
        return left ? WithDatasets.NONE : WithDatasets.ALL;
    }
}
