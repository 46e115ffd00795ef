package berth.osctld.command;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "help",
        description = "Explain a command, or list them",
        footer = {"osctl help ct new", "What 'osctl ct new --help' prints."})
final class Help extends OsctlCommand {
    @Parameters(paramLabel = "COMMAND", description = "the words of the command")
    List<String> words = new ArrayList<>();

    @Override
    void run(Call call) {
        Route route = Route.follow(call.root(), words, new GlobalOptions());
        call.out()
                .text(
                        switch (route.node()) {
                            case Group group -> HelpText.of(group, route.path());
                            case Leaf leaf -> HelpText.of(leaf, route.path());
                        });
    }
}
