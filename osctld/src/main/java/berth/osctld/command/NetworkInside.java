package berth.osctld.command;

import static berth.osctld.command.NetworkCommands.networks;

import berth.engine.container.Container;
import berth.engine.network.managed.Finding;
import berth.engine.network.managed.Forward;
import berth.engine.network.managed.Forwards;
import berth.engine.network.managed.Lease;
import berth.engine.network.managed.Network;
import berth.engine.network.managed.Port;
import berth.osctld.output.Columns;
import berth.osctld.output.Format;
import berth.osctld.output.Kind;
import berth.osctld.server.Exits;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** What is in networks: leases, addresses, forwards, and what is wrong. */
final class NetworkInside {
    private NetworkInside() {}

    private record Leased(Network network, Lease lease) {}

    private record Address(Port port, String text) {}

    private record Forwarded(Network network, Forward forward) {}

    private static Stream<Network> chosen(Call call, @Nullable String name) {
        return name == null
                ? networks(call).all().stream()
                : Stream.of(networks(call).get(name));
    }

    @Command(
            name = "leases",
            description = {
                "List the addresses that guests have asked for by DHCP",
                "Every container has its address anyway, and from the start: see 'osctl network addresses'."
            },
            footer = "osctl network leases net0")
    static final class Leases extends OsctlCommand {
        @Mixin
        ListOptions list = new ListOptions();

        @Parameters(arity = "0..1", paramLabel = "NAME", description = "of this network only")
        @Nullable
        String name;

        @Override
        void run(Call call) {
            Columns<Leased> columns = Columns.<Leased>builder()
                    .usual("network", l -> l.network().name())
                    .usual("addr", l -> l.lease().address())
                    .usual("hwaddr", l -> l.lease().hwaddr())
                    .usual("hostname", l -> l.lease().hostname())
                    .usual("expires", Kind.TIME, l -> l.lease().expires())
                    .build();
            list.print(
                    call,
                    columns,
                    chosen(call, name)
                            .flatMap(n ->
                                    networks(call).leases(n.name()).stream().map(l -> new Leased(n, l)))
                            .toList());
        }
    }

    @Command(
            name = "addresses",
            description = "List the addresses of containers in networks",
            footer = {"osctl network addresses", "osctl network addresses -H -o addr,ctid net0"})
    static final class Addresses extends OsctlCommand {
        @Mixin
        ListOptions list = new ListOptions();

        @Parameters(arity = "0..1", paramLabel = "NAME", description = "of this network only")
        @Nullable
        String name;

        @Override
        void run(Call call) {
            Columns<Address> columns = Columns.<Address>builder()
                    .usual("network", a -> a.port().network())
                    .usual("addr", Address::text)
                    .usual("ctid", a -> a.port().container())
                    .usual("netif", a -> a.port().netif())
                    .usual("hwaddr", a -> a.port().mac().toString())
                    .more("veth", a -> a.port().link())
                    .build();
            list.print(
                    call,
                    columns,
                    chosen(call, name)
                            .flatMap(n -> networks(call).ports(n.name()).stream())
                            .flatMap(p -> p.prefixes().stream()
                                    .map(a -> new Address(p, a.toString().replaceFirst("/.*", ""))))
                            .toList());
        }
    }

    @Command(
            name = "check",
            description = {
                "Say what keeps networks from working",
                "Looks for bridges and name services that are missing, for forwarding that is off, and for rules of Docker, ufw,"
                        + " firewalld and others that swallow packets of containers. Ends with status 1 if it finds anything."
            },
            footer = "osctl network check")
    static final class Check extends OsctlCommand {
        @Mixin
        ListOptions list = new ListOptions();

        @Override
        void run(Call call) {
            Columns<Finding> columns = Columns.<Finding>builder()
                    .usual("about", Finding::about)
                    .usual("problem", Finding::problem)
                    .usual("advice", Finding::advice)
                    .build();
            List<Finding> findings = networks(call).check();
            if (findings.isEmpty() && call.out().style().format() == Format.HUMAN) {
                call.out().done("nothing is wrong with the networks");
            } else {
                list.print(call, columns, findings);
            }
            if (!findings.isEmpty()) {
                call.exit(Exits.of(1));
            }
        }
    }

    @Command(
            name = "add",
            description = {
                "Let a container answer a port of the host",
                "On every address of the host but the loopback's. The container may be on several networks: it answers on this"
                        + " one."
            },
            footer = {"osctl network forward add net0 tcp:8080 web:80", "osctl network forward add net0 udp:53 dns:53"})
    static final class ForwardAdd extends OsctlCommand {
        @Parameters(index = "0", paramLabel = "NAME", description = "a network")
        String name = "";

        @Parameters(index = "1", paramLabel = "PROTOCOL:PORT", description = "tcp or udp, and the host's port")
        String hostPort = "";

        @Parameters(index = "2", paramLabel = "ID:PORT", description = "a container on the network, and its port")
        String target = "";

        @Override
        void run(Call call) {
            Forward wish = Forward.parse(hostPort, target);
            Container container = call.names().container(wish.container());
            new Forwards(networks(call)).add(name, wish.to(container.id().toString()));
            call.out().done("port %s of the host is %s's %d", wish.hostPort(), container.name(), wish.target());
        }
    }

    @Command(
            name = "del",
            aliases = "delete",
            description = "Let the host answer a port itself again",
            footer = "osctl network forward del net0 tcp:8080")
    static final class ForwardDel extends OsctlCommand {
        @Parameters(index = "0", paramLabel = "NAME", description = "a network")
        String name = "";

        @Parameters(index = "1", paramLabel = "PROTOCOL:PORT", description = "tcp or udp, and the host's port")
        String hostPort = "";

        @Override
        void run(Call call) {
            new Forwards(networks(call)).remove(name, hostPort);
            call.out().done("port %s is not forwarded any more", hostPort);
        }
    }

    @Command(
            name = "ls",
            aliases = "list",
            description = "List the ports of the host that containers answer",
            footer = "osctl network forward ls")
    static final class ForwardLs extends OsctlCommand {
        @Mixin
        ListOptions list = new ListOptions();

        @Parameters(arity = "0..1", paramLabel = "NAME", description = "of this network only")
        @Nullable
        String name;

        @Override
        void run(Call call) {
            Columns<Forwarded> columns = Columns.<Forwarded>builder()
                    .usual("network", f -> f.network().name())
                    .usual("port", f -> f.forward().hostPort())
                    .usual("ctid", f -> f.forward().container())
                    .usual("target", Kind.NUMBER, f -> f.forward().target())
                    .build();
            list.print(
                    call,
                    columns,
                    chosen(call, name)
                            .flatMap(n -> n.forwards().stream().map(f -> new Forwarded(n, f)))
                            .toList());
        }
    }
}
