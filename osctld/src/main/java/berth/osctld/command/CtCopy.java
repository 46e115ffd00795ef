package berth.osctld.command;

import berth.engine.container.Container;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "cp",
        aliases = "copy",
        description = {
            "Make a copy of a container",
            "Both share the files that were there; nothing is copied of a stopped container, and of one that runs what it changed"
                    + " since its last snapshot, while it is suspended. The copy is stopped, has a user of its own and no network"
                    + " interfaces, is its own host's name, and does not start by itself."
        },
        footer = {"osctl ct cp web web2"})
final class CtCopy extends OsctlCommand {
    @Parameters(index = "0", paramLabel = "ID", description = "a container")
    String id = "";

    @Parameters(index = "1", paramLabel = "NEW-ID", description = "what the copy is called")
    String copy = "";

    @Override
    void run(Call call) {
        Container made = call.services().containers().copies().copy(call.names().container(id), copy, call.caller());
        call.out().done("%s is there", made.name());
    }
}
