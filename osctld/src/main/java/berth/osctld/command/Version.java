package berth.osctld.command;

import picocli.CommandLine.Command;

@Command(
        name = "version",
        description = "Print the version of the daemon",
        footer = {"osctl version", "The same as 'osctl --version'."})
final class Version extends OsctlCommand {
    @Override
    void run(Call call) {
        call.out().text("osctl " + call.services().version() + "\n");
    }
}
