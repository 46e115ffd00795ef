package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.container.Container;
import berth.engine.container.TransferWish;
import berth.engine.container.WithDatasets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "mv",
        aliases = {"move", "rename"},
        description = {
            "Give a stopped container another id, or another pool",
            "In its pool nothing is copied. It keeps all that it has, its snapshots, history, logs and user among it."
                    + " Its host name changes with it unless one was set.",
            "To another pool, which --pool or a NEW-ID of the form POOL:ID names, all its files, datasets and snapshots are"
                    + " copied, read again and compared; then it takes the place of the former one, which goes to the"
                    + " trash of its pool. There it has a user of its own and new logs."
        },
        footer = {"osctl ct mv web web-old", "osctl ct mv web --pool fast", "osctl ct mv web fast:web2"})
final class CtMove extends OsctlCommand {
    @Parameters(index = "0", paramLabel = "ID", description = "a stopped container")
    String id = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "NEW-ID",
            description = "what it is called from now on; as before by default")
    @Nullable
    String renamed;

    @Override
    void run(Call call) {
        Container former = call.names().source(id);
        Names.Place place = call.names()
                .destination(
                        renamed == null ? former.name() : renamed, former.id().pool());
        if (place.pool().equals(former.id().pool())) {
            if (place.name().equals(former.name())) {
                throw new BerthException(
                        ErrorCode.USAGE,
                        "container '%s' is called so and is in pool '%s'".formatted(former.name(), place.pool()),
                        "give another id, or another pool with --pool");
            }
            Container made = call.services().containers().move().rename(former, place.name(), call.caller());
            call.out().done("%s is called %s", former.name(), made.name());
            return;
        }
        Container made = call.services()
                .containers()
                .transfer()
                .move(
                        former,
                        new TransferWish(place.pool(), place.name(), TransferWish.WithSnapshots.ALL, WithDatasets.ALL),
                        call.caller());
        call.out().done("%s is %s now", former.id(), made.id());
    }
}
