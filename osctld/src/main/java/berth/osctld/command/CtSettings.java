package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.container.Autostart;
import berth.engine.container.Container;
import berth.engine.container.ContainerSettings;
import berth.engine.container.Distribution;
import berth.engine.operation.Caller;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ct set} and {@code ct unset}. */
final class CtSettings {
    private CtSettings() {}

    private static void done(Call call, Container container) {
        call.out()
                .done(
                        "%s is set, revision %d",
                        container.name(), container.revision().number());
    }

    private static ContainerSettings settings(Call call) {
        return call.services().containers().settings();
    }

    @Command(
            name = "hostname",
            description = {"Set the host name of a container", "Inside too if it runs."},
            footer = {"osctl ct set hostname web www.example.org"})
    static final class SetHostname extends OsctlCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "a container")
        String id = "";

        @Parameters(index = "1", paramLabel = "NAME", description = "a host name, with or without a domain")
        String name = "";

        @Override
        void run(Call call) {
            Container container = call.names().container(id);
            settings(call).hostname(container, name, call.caller());
            done(call, container);
        }
    }

    @Command(
            name = "dns-resolver",
            description = {
                "Set the DNS servers of a container",
                "They are written into its resolv.conf, at once if it runs."
            },
            footer = {"osctl ct set dns-resolver web 9.9.9.9 2620:fe::fe"})
    static final class SetDnsResolver extends OsctlCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "a container")
        String id = "";

        @Parameters(index = "1..*", arity = "1..*", paramLabel = "ADDRESS", description = "IP addresses")
        List<String> addresses = new ArrayList<>();

        @Override
        void run(Call call) {
            Container container = call.names().container(id);
            settings(call).dnsResolvers(container, addresses, call.caller());
            done(call, container);
        }
    }

    @Command(
            name = "init-cmd",
            description = {"Set the program that a container starts with", "It holds from the next start."},
            footer = {"osctl ct set init-cmd web /sbin/init systemd.unit=rescue.target"})
    static final class SetInitCmd extends OsctlCommand implements TakesCommandLine {
        @Parameters(index = "0", paramLabel = "ID", description = "a container")
        String id = "";

        @Parameters(
                index = "1..*",
                arity = "1..*",
                paramLabel = "CMD",
                description = "a path inside the container, and arguments")
        List<String> command = new ArrayList<>();

        @Override
        void run(Call call) {
            Container container = call.names().container(id);
            settings(call).initCommand(container, command, call.caller());
            done(call, container);
        }
    }

    @Command(
            name = "autostart",
            description = "Start containers with the host",
            footer = {"osctl ct set autostart web", "osctl ct set autostart -p 10 -d 5 db"})
    static final class SetAutostart extends Containing {
        @Option(
                names = {"-p", "--priority"},
                paramLabel = "N",
                description = "lower numbers start first, 1000 by default")
        int priority = Autostart.DEFAULT_PRIORITY;

        @Option(
                names = {"-d", "--delay"},
                paramLabel = "SECS",
                description = "wait so long after its start before the next one")
        int delay = Autostart.DEFAULT_DELAY;

        @Override
        void each(Call call, Container container, Caller caller) {
            if (priority < 0 || delay < 0) {
                throw new BerthException(
                        ErrorCode.INVALID, "autostart cannot have '%d' below 0".formatted(Math.min(priority, delay)));
            }
            settings(call).autostart(container, Optional.of(new Autostart(priority, delay)), caller);
            done(call, container);
        }
    }

    @Command(
            name = "distribution",
            description = "Set what the root file system of a container is said to hold",
            footer = {"osctl ct set distribution web debian 13"})
    static final class SetDistribution extends OsctlCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "a container")
        String id = "";

        @Parameters(index = "1", paramLabel = "NAME", description = "for instance debian")
        String name = "";

        @Parameters(index = "2", paramLabel = "VERSION", description = "for instance 13")
        String version = "";

        @Parameters(index = "3", arity = "0..1", paramLabel = "ARCH", description = "the machine; stays if left out")
        @Nullable
        String arch;

        @Override
        void run(Call call) {
            Container container = call.names().container(id);
            String machine = arch == null ? container.spec().distribution().arch() : arch;
            settings(call).distribution(container, new Distribution(name, version, machine), call.caller());
            done(call, container);
        }
    }

    @Command(
            name = "hostname",
            description = "Give containers their ids as host names again",
            footer = {"osctl ct unset hostname web"})
    static final class UnsetHostname extends Containing {
        @Override
        void each(Call call, Container container, Caller caller) {
            settings(call).hostname(container, null, caller);
            done(call, container);
        }
    }

    @Command(
            name = "dns-resolver",
            description = "Leave the resolv.conf of containers alone from now on",
            footer = {"osctl ct unset dns-resolver web"})
    static final class UnsetDnsResolver extends Containing {
        @Override
        void each(Call call, Container container, Caller caller) {
            settings(call).dnsResolvers(container, List.of(), caller);
            done(call, container);
        }
    }

    @Command(
            name = "init-cmd",
            description = "Start containers with /sbin/init again",
            footer = {"osctl ct unset init-cmd web"})
    static final class UnsetInitCmd extends Containing {
        @Override
        void each(Call call, Container container, Caller caller) {
            settings(call).initCommand(container, List.of(), caller);
            done(call, container);
        }
    }

    @Command(
            name = "autostart",
            description = "Start containers with the host no more",
            footer = {"osctl ct unset autostart web"})
    static final class UnsetAutostart extends Containing {
        @Override
        void each(Call call, Container container, Caller caller) {
            settings(call).autostart(container, Optional.empty(), caller);
            done(call, container);
        }
    }
}
