package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.container.Container;
import berth.engine.container.ContainerState;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "wait",
        description = {"Wait until a container is in a state", "Prints which of the states it is in."},
        footer = {"osctl ct wait web running", "osctl ct wait -t 60 web stopped error"})
final class CtWait extends OsctlCommand {
    @Option(
            names = {"-t", "--timeout"},
            paramLabel = "SECS",
            description = "how long to wait; for ever by default")
    String timeout = "infinity";

    @Parameters(index = "0", paramLabel = "ID", description = "a container")
    String id = "";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "STATE",
            description = "stopped, starting, running, stopping, frozen or error")
    List<String> states = new ArrayList<>();

    @Override
    void run(Call call) {
        Container container = call.names().container(id);
        Set<ContainerState> wanted = EnumSet.noneOf(ContainerState.class);
        states.forEach(s -> wanted.add(ContainerState.parse(s)));
        try {
            ContainerState reached = container
                    .await(wanted, Times.parse(timeout))
                    .orElseThrow(() -> new BerthException(
                            ErrorCode.TIMEOUT,
                            "container '%s' is still %s"
                                    .formatted(
                                            container.name(), container.state().word())));
            call.out().done("%s", reached.word());
        } catch (InterruptedException e) {
            throw new BerthException(ErrorCode.CANCELLED, "cancelled", null, e);
        }
    }
}
