package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.container.Container;
import berth.engine.operation.Caller;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A command that does the same to each of the containers that it is given. */
abstract class Containing extends OsctlCommand {
    @Parameters(arity = "0..*", paramLabel = "ID", description = "containers")
    List<String> ids = new ArrayList<>();

    @Option(names = "--all", description = "every container, or every one of --pool")
    boolean all;

    /** Does it to {@code container} and says so. */
    abstract void each(Call call, Container container, Caller caller) throws InterruptedException;

    /** How many it can do at once. */
    int most() {
        return Integer.MAX_VALUE;
    }

    /** Which of all {@code containers} it is done to one after the other. */
    List<List<Container>> turns(List<Container> containers) {
        return List.of(containers);
    }

    @Override
    final void run(Call call) {
        List<Container> chosen = chosen(call);
        if (chosen.isEmpty()) {
            call.out().note("there are no containers");
            return;
        }
        if (chosen.size() > most()) {
            throw new BerthException(ErrorCode.USAGE, "this takes one container at a time");
        }
        Each.inTurns(call, all ? turns(chosen) : List.of(chosen), (container, caller) -> each(call, container, caller));
    }

    /** The containers that were named, each once. */
    private List<Container> chosen(Call call) {
        if (all == !ids.isEmpty()) {
            throw new BerthException(
                    ErrorCode.USAGE,
                    all ? "name containers or give --all, not both" : "missing argument ID",
                    "give the ids of containers, or --all");
        }
        return call.names().containers(ids).stream().distinct().toList();
    }
}
