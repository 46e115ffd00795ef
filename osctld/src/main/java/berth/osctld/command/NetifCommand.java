package berth.osctld.command;

import berth.engine.container.Container;
import picocli.CommandLine.Parameters;

/** A command about one interface of a container. */
abstract class NetifCommand extends OsctlCommand {
    @Parameters(index = "0", paramLabel = "ID", description = "a container")
    String id = "";

    @Parameters(index = "1", paramLabel = "IF", description = "one of its interfaces")
    String name = "";

    /** The container that is named. */
    final Container container(Call call) {
        return call.names().container(id);
    }
}
