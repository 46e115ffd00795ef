package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.container.Container;
import berth.engine.container.ContainerIsolation;
import berth.engine.isolation.SeccompProfile;
import berth.engine.operation.Caller;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.socket.FdStreams;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** What of {@code ct set} and {@code ct unset} is about isolation. */
final class CtIsolation {
    private CtIsolation() {}

    private static void done(Call call, Container container) {
        call.out()
                .done(
                        "%s is set, revision %d",
                        container.name(), container.revision().number());
    }

    private static ContainerIsolation isolation(Call call) {
        return call.services().containers().isolation();
    }

    /** A setting that a container has or has not. */
    abstract static class Switch extends OsctlCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "a container")
        String id = "";

        @Parameters(index = "1", paramLabel = "enabled|disabled", description = "whether it is so")
        String word = "";

        private final String setting;

        Switch(String setting) {
            this.setting = setting;
        }

        abstract void enable(ContainerIsolation isolation, Container container, Caller caller);

        abstract void disable(ContainerIsolation isolation, Container container, Caller caller);

        @Override
        void run(Call call) {
            Container container = call.names().container(id);
            switch (word) {
                case "enabled" -> enable(isolation(call), container, call.caller());
                case "disabled" -> disable(isolation(call), container, call.caller());
                default ->
                    throw new BerthException(
                            ErrorCode.INVALID,
                            "%s cannot be '%s'".formatted(setting, word),
                            "it is 'enabled' or 'disabled'");
            }
            done(call, container);
        }
    }

    @Command(
            name = "nesting",
            description = {
                "Let containers run in a container, or not",
                "Its processes may then mount /proc and /sys anew in user namespaces of their own, as LXC, podman and"
                        + " systemd-nspawn do. It holds from the next start."
            },
            footer = {"osctl ct set nesting web enabled"})
    static final class SetNesting extends Switch {
        SetNesting() {
            super("nesting");
        }

        @Override
        void enable(ContainerIsolation isolation, Container container, Caller caller) {
            isolation.allowNesting(container, caller);
        }

        @Override
        void disable(ContainerIsolation isolation, Container container, Caller caller) {
            isolation.forbidNesting(container, caller);
        }
    }

    @Command(
            name = "nesting",
            description = {"Let no containers run in containers", "It holds from the next start."},
            footer = {"osctl ct unset nesting web"})
    static final class UnsetNesting extends Containing {
        @Override
        void each(Call call, Container container, Caller caller) {
            isolation(call).forbidNesting(container, caller);
            done(call, container);
        }
    }

    @Command(
            name = "read-only-root",
            description = {
                "Mount a container's root file system for reading only, or not",
                "Nobody inside can change that. /run, /tmp and /var/tmp are in memory then; what else is to be written needs a"
                        + " mount, see 'ct mounts'. It holds from the next start."
            },
            footer = {"osctl ct set read-only-root web enabled"})
    static final class SetReadOnlyRoot extends Switch {
        SetReadOnlyRoot() {
            super("read-only-root");
        }

        @Override
        void enable(ContainerIsolation isolation, Container container, Caller caller) {
            isolation.protectRoot(container, caller);
        }

        @Override
        void disable(ContainerIsolation isolation, Container container, Caller caller) {
            isolation.openRoot(container, caller);
        }
    }

    @Command(
            name = "read-only-root",
            description = {"Let containers write to their root file systems", "It holds from the next start."},
            footer = {"osctl ct unset read-only-root web"})
    static final class UnsetReadOnlyRoot extends Containing {
        @Override
        void each(Call call, Container container, Caller caller) {
            isolation(call).openRoot(container, caller);
            done(call, container);
        }
    }

    @Command(
            name = "seccomp-profile",
            aliases = "seccomp",
            description = {
                "Set the system call filter of a container",
                "The file is in LXC's format and takes the place of the usual filter. It is copied: later changes of the file"
                        + " change nothing. It holds from the next start."
            },
            footer = {"osctl ct set seccomp-profile web /root/strict.seccomp"})
    static final class SetSeccompProfile extends OsctlCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "a container")
        String id = "";

        @Parameters(index = "1", paramLabel = "FILE", description = "a profile, see lxc.container.conf(5)")
        String file = "";

        @Override
        void run(Call call) {
            Container container = call.names().container(id);
            SeccompProfile profile = read(call);
            isolation(call).seccomp(container, Optional.of(profile), call.caller());
            done(call, container);
        }

        private SeccompProfile read(Call call) {
            try (Fd opened = call.session().openForReading(file)) {
                byte[] bytes = FdStreams.input(opened).readNBytes(SeccompProfile.LONGEST + 1);
                return new SeccompProfile(
                        Objects.requireNonNullElse(Path.of(file).getFileName(), Path.of(file))
                                .toString(),
                        new String(bytes, StandardCharsets.UTF_8));
            } catch (KernelException e) {
                throw unreadable(e.reason());
            } catch (IOException e) {
                throw unreadable(String.valueOf(e.getMessage()));
            }
        }

        private BerthException unreadable(String why) {
            return new BerthException(
                    ErrorCode.NOT_FOUND,
                    "profile '%s' cannot be read: %s".formatted(file, why),
                    "name a file that holds a seccomp profile of LXC");
        }
    }

    @Command(
            name = "seccomp-profile",
            aliases = "seccomp",
            description = {"Give containers the usual system call filter again", "It holds from the next start."},
            footer = {"osctl ct unset seccomp-profile web"})
    static final class UnsetSeccompProfile extends Containing {
        @Override
        void each(Call call, Container container, Caller caller) {
            isolation(call).seccomp(container, Optional.empty(), caller);
            done(call, container);
        }
    }
}
