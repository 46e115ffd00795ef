package berth.osctld.command;

import berth.engine.container.Container;
import berth.engine.operation.Caller;
import berth.engine.storage.Snapshot;
import picocli.CommandLine.Command;

@Command(
        name = "reinstall",
        description = {
            "Give stopped containers the files of their images alone",
            "Each is as if it were new, with its configuration. What it had becomes a snapshot, so that this can be undone by"
                    + " 'ct snapshot rollback'."
        },
        footer = {"osctl ct reinstall web"})
final class CtReinstall extends Containing {
    @Override
    void each(Call call, Container container, Caller caller) {
        Snapshot undo = call.services().containers().snapshots().reinstall(container, caller);
        call.out().done("%s is as its image; what it was is in snapshot %s", container.name(), undo.name());
    }
}
