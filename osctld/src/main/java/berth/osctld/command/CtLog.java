package berth.osctld.command;

import berth.engine.container.Container;
import berth.osctld.output.RawText;
import berth.osctld.server.StandardStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ct log}. */
final class CtLog {
    private CtLog() {}

    @Command(
            name = "cat",
            description = "Print the logs of a container: Berth's, LXC's and its console's",
            footer = {"osctl ct log cat web"})
    static final class Cat extends OsctlCommand {
        @Option(names = "--bytes", paramLabel = "N", description = "print at most the newest N bytes of each")
        int bytes = 1 << 20;

        @Parameters(paramLabel = "ID", description = "a container")
        String id = "";

        @Override
        void run(Call call) {
            Container container = call.names().container(id);
            String text = call.services().containers().log().read(container, Math.max(0, bytes));
            // A guest writes to its console what it likes, also what an administrator's terminal would obey.
            call.out()
                    .text(
                            call.session().invocation().isTerminal(StandardStream.STDOUT)
                                    ? RawText.printableLines(text)
                                    : text);
        }
    }

    @Command(
            name = "path",
            description = "Print where the log of a container is",
            footer = {"osctl ct log path web"})
    static final class Path extends OsctlCommand {
        @Parameters(paramLabel = "ID", description = "a container")
        String id = "";

        @Override
        void run(Call call) {
            Container container = call.names().container(id);
            call.out().text(call.services().containers().log().path(container) + "\n");
        }
    }
}
