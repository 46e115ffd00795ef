package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "gen-completion",
        description = "Print a script that makes a shell complete osctl's words",
        footer = {"osctl gen-completion bash > /etc/bash_completion.d/osctl"})
final class GenCompletion extends OsctlCommand {
    @Parameters(paramLabel = "SHELL", description = "bash")
    String shell = "";

    @Override
    void run(Call call) {
        if (!shell.equals("bash")) {
            throw new BerthException(ErrorCode.USAGE, "there is no completion for '%s'".formatted(shell), "use bash");
        }
        call.out().text(Completion.bash(call.root()));
    }
}
