package berth.osctld.command;

import berth.engine.container.Container;
import berth.engine.container.ContainerReinstall.Former;
import berth.engine.operation.Caller;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "reinstall",
        description = {
            "Give stopped containers the files of an image alone",
            "Each is as if it were new, with its configuration. Without an image, that which it stands on: what it had becomes a"
                    + " snapshot, so that this can be undone by 'ct snapshot rollback'. With another image what it had goes to"
                    + " the trash, with its snapshots, and 'trash restore --as' brings it back under another id."
        },
        footer = {
            "osctl ct reinstall web",
            "osctl ct reinstall --image debian web",
            "osctl ct reinstall --distribution debian --version 13 web"
        })
final class CtReinstall extends Containing {
    @Mixin
    OtherImage other = new OtherImage();

    @Override
    void each(Call call, Container container, Caller caller) {
        Optional<String> image = other.image(call, container);
        Former former = call.services().containers().reinstall().reinstall(container, image, caller);
        switch (former) {
            case Former.InSnapshot(String name) ->
                call.out().done("%s is as its image; what it was is in snapshot %s", container.name(), name);
            case Former.InTrash(String key) ->
                call.out().done("%s is as its new image; what it was is in the trash as %s", container.name(), key);
        }
    }
}
