package berth.osctld.command;

import picocli.CommandLine.Command;

@Command(
        name = "ping",
        description = "Check that the daemon answers",
        footer = {"osctl ping", "Exit status 0 and 'pong' if the daemon is up."})
final class Ping extends OsctlCommand {
    @Override
    void run(Call call) {
        call.out().done("pong");
    }
}
