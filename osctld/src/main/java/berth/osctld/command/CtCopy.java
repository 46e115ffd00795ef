package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.container.Container;
import berth.engine.container.TransferWish;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "cp",
        aliases = "copy",
        description = {
            "Make a copy of a container",
            "In the same pool both share the files that were there; nothing is copied of a stopped container, and of"
                    + " one that runs what it changed since its last snapshot, while it is suspended. The copy is stopped,"
                    + " has a user of its own and no network interfaces, is its own host's name, and does not start by"
                    + " itself. It has the datasets too unless --no-datasets is given.",
            "In another pool, which --pool or a NEW-ID of the form POOL:ID names, it shares nothing, and has the"
                    + " snapshots too unless --no-snapshots is given. Every file is read again and compared before the"
                    + " copy is there.",
            "A suspended container's files are as after a power cut. With --consistent stop they are as it leaves them"
                    + " when it stops; it runs again as soon as the copy is made or has failed."
        },
        footer = {
            "osctl ct cp web web2",
            "osctl ct cp web web2 --pool fast",
            "osctl ct cp --full-copy --consistent stop web web2"
        })
final class CtCopy extends OsctlCommand {
    @Option(names = "--full-copy", description = "share no file with the original but those of the image")
    boolean fullCopy;

    @Option(names = "--no-snapshots", description = "a copy that shares nothing does not have the snapshots either")
    boolean noSnapshots;

    @Mixin
    DatasetOption datasets = new DatasetOption();

    @Option(
            names = "--consistent",
            paramLabel = "HOW",
            description = "freeze: suspend one that runs (by default); stop: stop it, and start it again")
    String consistent = "freeze";

    @Parameters(index = "0", paramLabel = "ID", description = "a container")
    String id = "";

    @Parameters(index = "1", paramLabel = "NEW-ID", description = "what the copy is called")
    String copy = "";

    @Override
    void run(Call call) {
        Container source = call.names().source(id);
        Names.Place place = call.names().destination(copy, source.id().pool());
        boolean stays = place.pool().equals(source.id().pool());
        Supplier<Container> work = stays && !fullCopy
                ? () -> call.services()
                        .containers()
                        .copies()
                        .copy(source, place.name(), datasets.chosen(), call.caller())
                : () -> call.services().containers().transfer().copy(source, wish(place), call.caller());
        Container made =
                stops() ? call.services().containers().stopped().during(source, call.caller(), work) : work.get();
        call.out().done("%s is there", stays ? made.name() : made.id());
    }

    private boolean stops() {
        return switch (consistent) {
            case "freeze" -> false;
            case "stop" -> true;
            default ->
                throw new BerthException(
                        ErrorCode.USAGE,
                        "'%s' is no way to copy a running container".formatted(consistent),
                        "use freeze or stop");
        };
    }

    private TransferWish wish(Names.Place place) {
        return new TransferWish(
                place.pool(),
                place.name(),
                noSnapshots ? TransferWish.WithSnapshots.NONE : TransferWish.WithSnapshots.ALL,
                datasets.chosen());
    }
}
