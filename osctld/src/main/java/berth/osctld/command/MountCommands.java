package berth.osctld.command;

import berth.engine.container.Container;
import berth.engine.container.ContainerMounts;
import berth.engine.mount.Mount;
import berth.osctld.output.Columns;
import berth.osctld.output.Kind;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code ct mounts}, but for {@code new}. */
final class MountCommands {
    private MountCommands() {}

    private static Columns<Mount> columns(ContainerMounts mounts, Container container) {
        return Columns.<Mount>builder()
                .usual("fs", Mount::source)
                .usual("mountpoint", Mount::mountpoint)
                .usual("type", m -> m.type().word())
                .usual("opts", m -> String.join(",", m.options()))
                .usual("map", m -> m.ownership().word())
                .usual("automount", Kind.FLAG, m -> !m.manual())
                .usual("active", Kind.FLAG, m -> mounts.isActive(container, m))
                .more("optional", Kind.FLAG, Mount::optional)
                .build();
    }

    /** About one mount. */
    abstract static class OfOne extends MountCommand {
        @Parameters(index = "1", paramLabel = "MOUNTPOINT", description = "where it is mounted inside")
        String mountpoint = "";
    }

    @Command(
            name = "ls",
            aliases = "list",
            description = {"List the mounts of a container", "What is active is mounted in the running container now."},
            footer = "osctl ct mounts ls web")
    static final class Ls extends MountCommand {
        @Mixin
        ListOptions list = new ListOptions();

        @Override
        void run(Call call) {
            Container container = container(call);
            List<Mount> all = container.spec().mounts();
            list.print(call, columns(mounts(call), container), all);
        }
    }

    @Command(
            name = "del",
            aliases = "delete",
            description = {
                "Take a mount from a container, at once if it runs",
                "Files that programs have open stay open; nothing of the host is deleted."
            },
            footer = "osctl ct mounts del web /data")
    static final class Del extends OfOne {
        @Override
        void run(Call call) {
            Container container = container(call);
            mounts(call).remove(container, mountpoint, call.caller());
            call.out().done("%s has no mount at %s any more", container.name(), mountpoint);
        }
    }

    @Command(
            name = "clear",
            description = "Take all mounts from a container, at once if it runs",
            footer = "osctl ct mounts clear web")
    static final class Clear extends MountCommand {
        @Override
        void run(Call call) {
            Container container = container(call);
            mounts(call).clear(container, call.caller());
            call.out().done("%s has no mounts any more", container.name());
        }
    }

    @Command(
            name = "activate",
            description = {
                "Mount in a running container what it has at a mount point",
                "For those made with --no-automount, and after 'ct mounts deactivate'."
            },
            footer = "osctl ct mounts activate web /data")
    static final class Activate extends OfOne {
        @Override
        void run(Call call) {
            Container container = container(call);
            mounts(call).activate(container, mountpoint, call.caller());
            call.out().done("%s is mounted in %s", mountpoint, container.name());
        }
    }

    @Command(
            name = "deactivate",
            description = {
                "Unmount in a running container what it has at a mount point",
                "Until its next start, or 'ct mounts activate'."
            },
            footer = "osctl ct mounts deactivate web /data")
    static final class Deactivate extends OfOne {
        @Override
        void run(Call call) {
            Container container = container(call);
            mounts(call).deactivate(container, mountpoint, call.caller());
            call.out().done("%s is not mounted in %s any more", mountpoint, container.name());
        }
    }
}
