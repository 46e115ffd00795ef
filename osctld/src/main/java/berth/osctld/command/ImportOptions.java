package berth.osctld.command;

import berth.engine.container.ImportWish;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a container is taken in that comes from elsewhere. */
final class ImportOptions {
    @Option(
            names = "--as-id",
            paramLabel = "NEW-ID",
            description = "what it is called; as where it comes from by default")
    @Nullable
    String id;

    @Option(
            names = "--as-user",
            paramLabel = "USER",
            description = "the user whose ids it has; one of its own by default")
    @Nullable
    String user;

    @Option(
            names = "--as-group",
            paramLabel = "GROUP",
            description = "its group; by default as where it comes from, if there is one")
    @Nullable
    String group;

    @Option(names = "--host-parts", description = "give it the devices, mounts and interfaces of the host that it had")
    boolean hostParts;

    @Mixin
    MaxSize maxSize = new MaxSize();

    /** What is wished of a container that comes to {@code pool}. */
    ImportWish wish(String pool) {
        return new ImportWish(
                pool,
                Optional.ofNullable(id),
                Optional.ofNullable(user),
                Optional.ofNullable(group),
                hostParts ? ImportWish.HostParts.GIVEN : ImportWish.HostParts.LEFT_OUT,
                maxSize.bytes());
    }
}
