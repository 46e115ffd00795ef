package berth.osctld.command;

import berth.engine.container.Container;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "mv",
        aliases = {"move", "rename"},
        description = {
            "Give a stopped container another id",
            "Nothing is copied. It keeps all that it has, its snapshots, history, logs and user among it. Its host name changes with"
                    + " it unless one was set."
        },
        footer = {"osctl ct mv web web-old"})
final class CtMove extends OsctlCommand {
    @Parameters(index = "0", paramLabel = "ID", description = "a stopped container")
    String id = "";

    @Parameters(index = "1", paramLabel = "NEW-ID", description = "what it is called from now on, in the same pool")
    String renamed = "";

    @Override
    void run(Call call) {
        Container former = call.names().container(id);
        Container made = call.services().containers().move().rename(former, renamed, call.caller());
        call.out().done("%s is called %s", former.name(), made.name());
    }
}
