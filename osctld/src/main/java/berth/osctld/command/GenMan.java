package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.Fd;
import berth.linux.KernelException;
import java.nio.charset.StandardCharsets;
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
        files.forEach((name, text) -> write(call, directory + "/" + name, text));
        call.out().done("%d files are in %s", files.size(), directory);
    }

    private static void write(Call call, String path, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (Fd file = call.session().create(path)) {
            file.writeFully(bytes, 0, bytes.length);
        } catch (KernelException e) {
            throw new BerthException(ErrorCode.FAILED, "cannot write '%s': %s".formatted(path, e.reason()));
        }
    }
}
