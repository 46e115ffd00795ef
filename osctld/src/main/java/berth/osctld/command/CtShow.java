package berth.osctld.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "show",
        aliases = "info",
        description = "Show all about a container",
        footer = {"osctl ct show web", "osctl ct show -H -o init_pid web"})
final class CtShow extends OsctlCommand {
    @Mixin
    ShowOptions show = new ShowOptions();

    @Parameters(paramLabel = "ID", description = "a container")
    String id = "";

    @Override
    void run(Call call) {
        show.print(call, CtColumns.of(call.services()), call.names().container(id));
    }
}
