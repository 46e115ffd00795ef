package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.confinement.Capabilities;
import berth.engine.confinement.Confinement;
import berth.engine.confinement.GuestSysctl;
import berth.engine.confinement.RawLxc;
import berth.engine.container.Container;
import berth.engine.operation.Caller;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code set} and {@code unset} of what a container's processes are confined to. */
final class ConfinementCommands {
    private static final int LONGEST_INPUT = 1 << 20;

    private ConfinementCommands() {}

    private static void change(Call call, Container container, UnaryOperator<Confinement> change, Caller caller) {
        call.services().containers().confinement().change(container, change, caller);
        call.out()
                .done(
                        "%s is set, revision %d",
                        container.name(), container.revision().number());
    }

    @Command(
            name = "sysctl",
            description = {
                "Set the kernel's settings of a container's namespaces",
                "At once if it runs, and before each of its starts. Containers own net.*, fs.mqueue.*, kernel.shm*, kernel.msg*,"
                        + " kernel.sem and kernel.domainname; what they do not own is refused."
            },
            footer = {
                "osctl ct set sysctl web net.ipv4.ip_forward=1",
                "osctl ct set sysctl web net.ipv4.tcp_keepalive_time=600 kernel.shmmax=1073741824"
            })
    static final class SetSysctl extends OsctlCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "a container")
        String id = "";

        @Parameters(index = "1..*", arity = "1..*", paramLabel = "KEY=VALUE", description = "settings")
        List<String> settings = new ArrayList<>();

        @Override
        void run(Call call) {
            Map<String, String> values = new TreeMap<>();
            for (String setting : settings) {
                int equals = setting.indexOf('=');
                if (equals <= 0) {
                    throw new BerthException(
                            ErrorCode.USAGE,
                            "'%s' is no setting".formatted(setting),
                            "write it like net.ipv4.ip_forward=1");
                }
                values.put(
                        GuestSysctl.key(setting.substring(0, equals)),
                        setting.substring(equals + 1).strip());
            }
            change(call, call.names().container(id), c -> c.withSysctls(values), call.caller());
        }
    }

    @Command(
            name = "sysctl",
            description = {
                "Leave settings of a container's namespaces to the kernel again",
                "All if none is named. They keep their values until its next start."
            },
            footer = "osctl ct unset sysctl web net.ipv4.ip_forward")
    static final class UnsetSysctl extends OsctlCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "a container")
        String id = "";

        @Parameters(index = "1..*", arity = "0..*", paramLabel = "KEY", description = "settings")
        List<String> keys = new ArrayList<>();

        @Override
        void run(Call call) {
            Container container = call.names().container(id);
            List<String> chosen = keys.stream().map(GuestSysctl::key).toList();
            Map<String, String> now = container.spec().ownConfinement().sysctls();
            for (String key : chosen) {
                if (!now.containsKey(key)) {
                    throw new BerthException(
                            ErrorCode.NOT_FOUND,
                            "container '%s' has no setting %s".formatted(container.name(), key),
                            "'osctl ct show -o sysctls %s' shows those it has".formatted(container.name()));
                }
            }
            change(
                    call,
                    container,
                    c -> c.withoutSysctls(
                            chosen.isEmpty() ? List.copyOf(c.sysctls().keySet()) : chosen),
                    call.caller());
        }
    }

    @Command(
            name = "capabilities",
            description = {
                "Set which capabilities the processes of a container can have",
                "From its next start. Usually that are all but mac_admin, mac_override, sys_module, sys_rawio and sys_time, which"
                        + " no container has; all of them count within the container only."
            },
            footer = {
                "osctl ct set capabilities --drop net_raw,sys_ptrace web",
                "osctl ct set capabilities --keep chown,setuid,setgid,kill,net_bind_service web"
            })
    static final class SetCapabilities extends OsctlCommand {
        @Option(
                names = "--drop",
                split = ",",
                paramLabel = "CAP",
                description = "those that they cannot have; all others they can")
        @Nullable
        List<String> drop;

        @Option(names = "--keep", split = ",", paramLabel = "CAP", description = "those that they can have; no others")
        @Nullable
        List<String> keep;

        @Parameters(index = "0", paramLabel = "ID", description = "a container")
        String id = "";

        @Override
        void run(Call call) {
            Capabilities capabilities = new Capabilities(names(drop), names(keep));
            change(call, call.names().container(id), c -> c.withCapabilities(capabilities), call.caller());
        }

        private static @Nullable List<String> names(@Nullable List<String> words) {
            return words == null ? null : words.stream().map(Capabilities::name).toList();
        }
    }

    @Command(
            name = "capabilities",
            description = "Give containers the usual capabilities again",
            footer = "osctl ct unset capabilities web")
    static final class UnsetCapabilities extends Containing {
        @Override
        void each(Call call, Container container, Caller caller) {
            change(call, container, c -> c.withCapabilities(null), caller);
        }
    }

    @Command(
            name = "lxc",
            description = {
                "Add lines to what LXC reads for a container",
                "From standard input, for instance 'lxc.signal.halt = SIGPWR', in place of those before, from its next start. The"
                        + " last resort: what would open a way out of"
                        + " the container is refused, and 'osctl healthcheck' names the rest."
            },
            footer = "osctl ct set raw lxc web")
    static final class SetRawLxc extends OsctlCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "a container")
        String id = "";

        @Override
        void run(Call call) {
            Container container = call.names().container(id);
            List<String> lines = RawLxc.parse(read(call));
            change(call, container, c -> c.withRawLxc(lines), call.caller());
        }

        private static String read(Call call) {
            try {
                return new String(call.session().in().readNBytes(LONGEST_INPUT), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Command(
            name = "lxc",
            description = "Take added lines from what LXC reads for containers",
            footer = "osctl ct unset raw lxc web")
    static final class UnsetRawLxc extends Containing {
        @Override
        void each(Call call, Container container, Caller caller) {
            change(call, container, c -> c.withRawLxc(List.of()), caller);
        }
    }
}
