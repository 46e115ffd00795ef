package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.container.Container;
import berth.engine.container.ContainerMounts;
import berth.engine.mount.Mount;
import berth.engine.mount.MountType;
import berth.osctld.output.Columns;
import berth.osctld.output.Kind;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ct mounts}, but for {@code new}. */
final class MountCommands {
    private MountCommands() {}

    private static Columns<Mount> columns(ContainerMounts mounts, Container container) {
        return Columns.<Mount>builder()
                .usual("fs", Mount::source)
                .usual("dataset", m -> Optional.ofNullable(m.dataset()))
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
            name = "dataset",
            description = {
                "Mount a dataset in a container",
                "At once if it runs, and at each start before its init.",
                "DATASET is one of the container's own, or one of any pool, written bulk:media. An own one has one mount point; one that"
                        + " is made by 'ct dataset new' has one already, unless --no-mount was given. Those of pools can be mounted in"
                        + " any number of containers, with the same owners in all of them; setuid programs in them do nothing."
            },
            footer = {
                "osctl ct mounts dataset web data /srv",
                "osctl ct mounts dataset --ro web data /srv",
                "osctl ct mounts dataset --optional web bulk:media /srv/media",
                "One of pool bulk, see 'osctl pool dataset'; web starts without it if it is not there."
            })
    static final class OfDataset extends MountCommand {
        @Option(names = "--ro", description = "nothing can be written to it")
        boolean readOnly;

        @Option(names = "--rw", description = "it can be written to, as by default")
        boolean writable;

        @Option(
                names = "--automount",
                negatable = true,
                defaultValue = "true",
                fallbackValue = "true",
                description = "mount it at each start, as it is by default, or wait for 'ct mounts activate'")
        boolean automount = true;

        @Option(names = "--optional", description = "start without it if it cannot be mounted")
        boolean optional;

        @Parameters(index = "1", paramLabel = "DATASET", description = "one of its datasets, or POOL:NAME")
        String dataset = "";

        @Parameters(index = "2", paramLabel = "MOUNTPOINT", description = "where it is mounted inside")
        String mountpoint = "";

        @Override
        void run(Call call) {
            if (readOnly && writable) {
                throw new BerthException(ErrorCode.USAGE, "give --ro or --rw, not both");
            }
            Container container = container(call);
            Mount mount = new Mount(
                    mountpoint,
                    MountType.BIND,
                    null,
                    dataset,
                    readOnly ? List.of("ro") : List.of(),
                    null,
                    !automount,
                    optional);
            mounts(call).add(container, mount, call.caller());
            call.out().done("%s has %s", container.name(), mount);
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
