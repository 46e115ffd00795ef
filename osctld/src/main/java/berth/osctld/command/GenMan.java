package berth.osctld.command;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "gen-man",
        hidden = true,
        description = "Write the man pages into a directory",
        footer = {"osctl gen-man /usr/local/share/man/man1", "osctl gen-man --markdown docs/reference"})
final class GenMan extends OsctlCommand {
    @Option(names = "--markdown", description = "write the reference in Markdown instead")
    boolean markdown;

    @Parameters(paramLabel = "DIR", description = "an existing directory")
    String directory = "";

    @Override
    void run(Call call) {
        Map<String, String> files = new LinkedHashMap<>(
                markdown
                        ? Reference.of(call.root())
                        : ManPages.of(call.root(), call.services().version()));
        files.forEach((name, text) -> call.write(directory + "/" + name, text));
        call.out().done("%d files are in %s", files.size(), directory);
    }
}
