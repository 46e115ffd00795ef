package berth.osctld.command;

import berth.engine.container.Container;
import berth.engine.container.ContainerMounts;
import picocli.CommandLine.Parameters;

/** A command about the mounts of a container. */
abstract class MountCommand extends OsctlCommand {
    @Parameters(index = "0", paramLabel = "ID", description = "a container")
    String id = "";

    /** The container that is named. */
    final Container container(Call call) {
        return call.names().container(id);
    }

    static ContainerMounts mounts(Call call) {
        return call.services().containers().mounts();
    }
}
