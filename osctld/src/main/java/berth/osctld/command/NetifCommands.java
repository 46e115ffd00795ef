package berth.osctld.command;

import berth.engine.container.Container;
import berth.engine.container.ContainerNetwork;
import berth.engine.network.Netif;
import berth.osctld.output.Columns;
import berth.osctld.output.Kind;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ct netif}. */
final class NetifCommands {
    private NetifCommands() {}

    private record Line(Container container, Netif netif) {}

    private static Columns<Line> columns(ContainerNetwork network) {
        return Columns.<Line>builder()
                .usual("pool", l -> l.container().id().pool())
                .usual("ctid", l -> l.container().name())
                .usual("name", l -> l.netif().name())
                .usual("type", l -> l.netif().type().word())
                .usual("link", l -> Optional.ofNullable(l.netif().link()))
                .usual("hwaddr", l -> l.netif().hwaddr())
                .usual("addresses", l -> l.netif().addresses())
                .more("veth", l -> network.outside(l.container(), l.netif()))
                .more("dhcp", Kind.FLAG, l -> l.netif().dhcp())
                .more("gateway_v4", l -> l.netif().gatewayWord(true))
                .more("gateway_v6", l -> l.netif().gatewayWord(false))
                .more("via", l -> l.netif().via())
                .more(
                        "routes",
                        l -> l.netif().routes().stream()
                                .map(NetifAddresses::words)
                                .toList())
                .more("host_addresses", l -> l.netif().hostAddresses())
                .more("mtu", Kind.NUMBER, l -> Optional.ofNullable(l.netif().mtu()))
                .more(
                        "max_tx",
                        Kind.NUMBER,
                        l -> Optional.ofNullable(l.netif().shape().maxTx()))
                .more(
                        "max_rx",
                        Kind.NUMBER,
                        l -> Optional.ofNullable(l.netif().shape().maxRx()))
                .more("firewall", Kind.FLAG, l -> l.netif().firewall())
                .more("tx_queues", Kind.NUMBER, l -> l.netif().shape().sending())
                .more("rx_queues", Kind.NUMBER, l -> l.netif().shape().receiving())
                .build();
    }

    static ContainerNetwork network(Call call) {
        return call.services().containers().network();
    }

    @Command(
            name = "del",
            aliases = "delete",
            description = "Take an interface from a container, at once if it runs",
            footer = "osctl ct netif del web eth0")
    static final class Del extends NetifCommand {
        @Override
        void run(Call call) {
            Container container = container(call);
            network(call).remove(container, name, call.caller());
            call.out().done("%s has no %s any more", container.name(), name);
        }
    }

    @Command(
            name = "rename",
            description = {"Rename an interface inside", "In a running container connections over it break."},
            footer = "osctl ct netif rename web eth0 lan")
    static final class Rename extends NetifCommand {
        @Parameters(index = "2", paramLabel = "NEW", description = "its new name")
        String next = "";

        @Override
        void run(Call call) {
            Container container = container(call);
            network(call).change(container, name, call.caller(), n -> n.withName(next));
            call.out().done("%s of %s is now %s", name, container.name(), next);
        }
    }

    @Command(
            name = "set",
            description = {
                "Change an interface, at once in a running container",
                "Another link, MAC address, MTU or number of queues makes it anew: connections over it break."
            },
            footer = {
                "osctl ct netif set --max-tx 100M --max-rx 100M web eth0",
                "osctl ct netif set --link br1 web eth0"
            })
    static final class Set extends NetifCommand {
        @Mixin
        NetifOptions options = new NetifOptions();

        @Option(names = "--link", paramLabel = "LINK", description = "the bridge or link of the host")
        @Nullable
        String link;

        @Option(
                names = {"--enable-dhcp", "--dhcp"},
                description = "the guest asks for its address")
        boolean enable;

        @Option(
                names = {"--disable-dhcp", "--no-dhcp"},
                description = "the guest does not ask for its address")
        boolean disable;

        @Option(names = "--gateway-v4", paramLabel = "ADDR", description = "the IPv4 gateway: auto, none or an address")
        @Nullable
        String gateway4;

        @Option(names = "--gateway-v6", paramLabel = "ADDR", description = "the IPv6 gateway: auto, none or an address")
        @Nullable
        String gateway6;

        @Override
        void run(Call call) {
            Container container = container(call);
            network(call).change(container, name, call.caller(), this::changed);
            call.out().done("%s of %s is set", name, container.name());
        }

        private Netif changed(Netif before) {
            Netif after = options.apply(before);
            after = link == null ? after : after.withLink(link);
            after = enable || disable ? after.withDhcp(enable) : after;
            return after.withGateways(
                    Objects.requireNonNullElse(gateway4, before.gatewayWord(true)),
                    Objects.requireNonNullElse(gateway6, before.gatewayWord(false)));
        }
    }

    @Command(
            name = "ls",
            aliases = "list",
            description = "List the interfaces of one or all containers",
            footer = {"osctl ct netif ls", "osctl ct netif ls -o name,veth,addresses web", "osctl ct netif ls -l br0"})
    static final class Ls extends OsctlCommand {
        @Mixin
        ListOptions list = new ListOptions();

        @Option(
                names = {"-l", "--link"},
                paramLabel = "LINK",
                description = "only those on this bridge or link of the host")
        @Nullable
        String link;

        @Option(
                names = {"-t", "--type"},
                paramLabel = "TYPE",
                description = "only those of this type: bridge, routed, private, macvlan or physical")
        @Nullable
        String type;

        @Parameters(arity = "0..1", paramLabel = "ID", description = "of this container only")
        @Nullable
        String id;

        @Override
        void run(Call call) {
            List<Line> lines = call.names().containers(id == null ? List.of() : List.of(id)).stream()
                    .flatMap(c -> c.spec().netifs().stream().map(n -> new Line(c, n)))
                    .filter(l -> link == null || link.equals(l.netif().link()))
                    .filter(l -> type == null || type.equals(l.netif().type().word()))
                    .toList();
            list.print(call, columns(network(call)), lines);
        }
    }

    @Command(
            name = "show",
            aliases = "info",
            description = "Show all about an interface",
            footer = "osctl ct netif show web eth0")
    static final class Show extends NetifCommand {
        @Mixin
        ShowOptions show = new ShowOptions();

        @Override
        void run(Call call) {
            Container container = container(call);
            Netif netif = network(call).get(container, name);
            show.print(call, columns(network(call)), new Line(container, netif));
        }
    }
}
