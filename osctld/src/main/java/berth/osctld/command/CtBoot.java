package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.container.Boot;
import berth.engine.container.Container;
import berth.engine.container.ContainerRunner.StopWish;
import berth.engine.container.StopMode;
import berth.engine.operation.Caller;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "boot",
        description = {
            "Start containers from another image once, to rescue them",
            "Its own files are mounted in it. After it was stopped it starts as usual; a reboot inside does not end the rescue."
                    + " What is changed of the other image's files is lost with the stop."
        },
        footer = {
            "osctl ct boot --image debian web",
            "osctl ct boot --force --distribution debian --mount-root /real web"
        })
final class CtBoot extends Containing {
    private static final String START_LIMIT = "120";
    private static final Duration STOP_LIMIT = Duration.ofMinutes(5);

    @Mixin
    OtherImage other = new OtherImage();

    @Option(names = "--mount-root", paramLabel = "DIR", description = "where its own files are, /mnt/root by default")
    String place = Boot.USUAL_PLACE;

    @Option(
            names = {"-f", "--force"},
            description = "stop it first if it runs")
    boolean force;

    @Option(
            names = {"-w", "--wait"},
            paramLabel = "SECS",
            description = "how long the start may take, 120 by default, or infinity")
    String wait = START_LIMIT;

    @Override
    void each(Call call, Container container, Caller caller) {
        String image = other.image(call, container)
                .orElseThrow(() -> new BerthException(
                        ErrorCode.USAGE,
                        "no image is named",
                        "add --image IMAGE, or --distribution NAME; 'osctl image ls' lists images"));
        call.services()
                .containers()
                .runner()
                .boot(
                        container,
                        new Boot(image, place),
                        force ? Optional.of(new StopWish(StopMode.GRACEFUL, STOP_LIMIT)) : Optional.empty(),
                        Times.parse(wait),
                        caller);
        call.out().done("%s runs from the other image; its own files are in %s", container.name(), place);
    }
}
