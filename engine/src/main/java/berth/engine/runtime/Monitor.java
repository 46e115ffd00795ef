package berth.engine.runtime;

import berth.linux.process.Pidfd;
import berth.linux.process.Processes;
import java.util.Optional;

/**
 * LXC's process that holds one container: it lives from its start to its end, through every reboot of the container.
 *
 * @param process the monitor; closed by whoever found it
 */
public record Monitor(Pidfd process) implements AutoCloseable {
    /** The container's process 1, as the host numbers it; empty while there is none, for instance during a reboot. */
    public Optional<Integer> init() {
        return Processes.children(process.pid()).stream()
                .filter(child -> {
                    var numbers = Processes.namespacePids(child);
                    return numbers.size() > 1 && numbers.getLast() == 1;
                })
                .findFirst();
    }

    /** Lets go of the process, which runs on. */
    @Override
    public void close() {
        process.close();
    }
}
