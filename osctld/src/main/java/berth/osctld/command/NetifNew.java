package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.container.Container;
import berth.engine.network.Netif;
import berth.engine.network.NetifType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ct netif new}. */
final class NetifNew {
    private NetifNew() {}

    /** What each of them takes. */
    abstract static class New extends OsctlCommand {
        @Mixin
        NetifOptions options = new NetifOptions();

        @Parameters(index = "0", paramLabel = "ID", description = "a container")
        String id = "";

        @Parameters(index = "1", paramLabel = "IF", description = "the name of the interface inside, for instance eth0")
        String name = "";

        abstract Netif netif(Call call);

        @Override
        final void run(Call call) {
            Container container = call.names().container(id);
            Netif netif = netif(call);
            call.services().containers().network().add(container, netif, call.caller());
            call.out()
                    .done(
                            "%s has %s, a %s interface",
                            container.name(), name, netif.type().word());
        }
    }

    @Command(
            name = "bridge",
            description = {
                "Connect a container to a bridge of the host",
                "On a managed network, which 'osctl network ls' lists, it has an address from the start. On another bridge the guest"
                        + " asks for one by DHCP if you give none. The gateway is the bridge's own address if the container can"
                        + " reach it, or what you choose."
            },
            footer = {
                "osctl ct netif new bridge --link br0 web eth0",
                "osctl ct netif new bridge --link br0 --address 192.0.2.10/24 --gateway-v4 192.0.2.1 web eth0"
            })
    static final class Bridge extends New {
        @Option(
                names = "--link",
                required = true,
                paramLabel = "BRIDGE",
                description = "a bridge of the host, or a managed network; lxcbr0 is made if there is none")
        String link = "";

        @Option(names = "--address", paramLabel = "ADDR", description = "an address with its prefix; can be repeated")
        List<String> addresses = new ArrayList<>();

        @Option(
                names = "--dhcp",
                negatable = true,
                description = "whether the guest asks for its address; by default if none is given")
        @Nullable
        Boolean dhcp;

        @Option(names = "--gateway-v4", paramLabel = "ADDR", description = "the IPv4 gateway: auto, none or an address")
        @Nullable
        String gateway4;

        @Option(names = "--gateway-v6", paramLabel = "ADDR", description = "the IPv6 gateway: auto, none or an address")
        @Nullable
        String gateway6;

        @Override
        Netif netif(Call call) {
            return options.make(call, name, NetifType.BRIDGE, link)
                    .withAddresses(addresses)
                    .withDhcp(dhcp == null ? addresses.isEmpty() : dhcp)
                    .withGateways(gateway4, gateway6);
        }
    }

    @Command(
            name = "routed",
            description = {
                "Route addresses to a container without a bridge",
                "The host has a route to each of its addresses, and passes packets on. Addresses are added with 'ct netif ip add'."
            },
            footer = {
                "osctl ct netif new routed web eth0",
                "osctl ct netif new routed --via 10.100.10.100/30 web eth1",
                "osctl ct netif new routed --address 192.0.2.7/32 --address 2001:db8::7/128 web eth0"
            })
    static final class Routed extends New {
        @Option(
                names = "--via",
                paramLabel = "NET",
                description = "a transfer network: the host has its first address, the container its second; without"
                        + " one the next hop is on the link only")
        List<String> via = new ArrayList<>();

        @Option(names = "--address", paramLabel = "ADDR", description = "an address with its prefix; can be repeated")
        List<String> addresses = new ArrayList<>();

        @Override
        Netif netif(Call call) {
            return options.make(call, name, NetifType.ROUTED, null).withVia(via).withAddresses(addresses);
        }
    }

    @Command(
            name = "private",
            description = {
                "Connect a container to the host alone",
                "A cable with one address at each end; the host is the container's gateway."
            },
            footer = "osctl ct netif new private --host-address 10.233.1.1 --local-address 10.233.1.2 web eth0")
    static final class Private extends New {
        @Option(
                names = "--host-address",
                required = true,
                paramLabel = "ADDR",
                description = "the host's address; can be repeated for IPv6")
        List<String> host = new ArrayList<>();

        @Option(
                names = "--local-address",
                required = true,
                paramLabel = "ADDR",
                description = "the container's address; can be repeated for IPv6")
        List<String> local = new ArrayList<>();

        @Override
        Netif netif(Call call) {
            return options.apply(
                    Netif.ofPair(name, call.services().containers().network().freshHwaddr(), host, local));
        }
    }

    /** What is on a link of the host as it is. */
    abstract static class OnLink extends New {
        @Option(names = "--link", required = true, paramLabel = "LINK", description = "a link of the host")
        String link = "";

        @Option(names = "--address", paramLabel = "ADDR", description = "an address with its prefix; can be repeated")
        List<String> addresses = new ArrayList<>();

        final Netif on(Call call, NetifType type) {
            return options.make(call, name, type, link).withAddresses(addresses).withDhcp(addresses.isEmpty());
        }
    }

    @Command(
            name = "macvlan",
            description = {
                "Connect a container to the network of a link of the host",
                "It has a MAC address of its own there. The kernel lets it reach everybody there but the host itself."
            },
            footer = "osctl ct netif new macvlan --link enp1s0 web eth0")
    static final class Macvlan extends OnLink {
        @Override
        Netif netif(Call call) {
            return on(call, NetifType.MACVLAN);
        }
    }

    @Command(
            name = "physical",
            description = {
                "Lend a link of the host to a container",
                "The host does not have it while the container runs, and has it again afterwards."
            },
            footer = "osctl ct netif new physical --link enp2s0 web eth1")
    static final class Physical extends OnLink {
        @Override
        Netif netif(Call call) {
            return on(call, NetifType.PHYSICAL);
        }
    }

    @Command(
            name = "none",
            description = {
                "Leave a container without a network",
                "It has the loopback only, and nothing else reaches it: as every container that has no interface. One that has"
                        + " some is left as it is, and they are named."
            },
            footer = "osctl ct netif new none web")
    static final class None extends OsctlCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "a container")
        String id = "";

        @Parameters(index = "1", arity = "0..1", paramLabel = "IF", description = "the name of no interface")
        @Nullable
        String name;

        @Override
        void run(Call call) {
            Container container = call.names().container(id);
            List<String> names =
                    container.spec().netifs().stream().map(Netif::name).toList();
            if (!names.isEmpty()) {
                throw new BerthException(
                        ErrorCode.WRONG_STATE,
                        "container '%s' has %s".formatted(container.name(), String.join(", ", names)),
                        "take it away first: 'osctl ct netif del %s %s'".formatted(container.name(), names.getFirst()));
            }
            call.out().done("%s has the loopback only", container.name());
        }
    }
}
