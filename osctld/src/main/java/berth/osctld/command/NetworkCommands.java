package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.network.managed.Intra;
import berth.engine.network.managed.NdpProxy;
import berth.engine.network.managed.Network;
import berth.engine.network.managed.NetworkKind;
import berth.engine.network.managed.Networks;
import berth.engine.network.managed.Preset;
import berth.osctld.output.Columns;
import berth.osctld.output.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code network}. */
final class NetworkCommands {
    private static final String NONE = "none";

    private NetworkCommands() {}

    static Networks networks(Call call) {
        return call.services().networks();
    }

    private static Columns<Network> columns(Networks networks) {
        return Columns.<Network>builder()
                .usual("name", Network::name)
                .usual("kind", n -> n.kind().word())
                .usual("subnet_v4", n -> Optional.ofNullable(n.subnet4()))
                .usual("subnet_v6", n -> Optional.ofNullable(n.subnet6()))
                .usual("intra", n -> word(n.intraPolicy()))
                .usual("interfaces", Kind.NUMBER, n -> networks.ports(n.name()).size())
                .more("bridge", Network::bridge)
                .more("gateway_v4", n -> n.gateway(true))
                .more("gateway_v6", n -> n.gateway(false))
                .more("range", Network::rangeText)
                .more("domain", Network::domainName)
                .more("uplink", n -> Optional.ofNullable(n.uplink()))
                .more("ndp_proxy", n -> n.ndpPolicy().word())
                .more(
                        "forwards",
                        n -> n.forwards().stream()
                                .map(f -> "%s %s:%d".formatted(f.hostPort(), f.container(), f.target()))
                                .toList())
                .build();
    }

    private static String word(Intra intra) {
        return intra.name().toLowerCase(Locale.ROOT);
    }

    /** What can be chosen, and chosen again. What is left out stays as it is. */
    static final class Choices {
        @Option(
                names = "--range",
                paramLabel = "FIRST-LAST",
                description =
                        "the IPv4 addresses for containers that name none; by default the upper half of the subnet")
        @Nullable
        String range;

        @Option(
                names = "--domain",
                paramLabel = "DOMAIN",
                description = "what follows the names of containers; by default the network's name")
        @Nullable
        String domain;

        @Option(
                names = "--intra",
                paramLabel = "allow|deny",
                description = "whether containers on it reach each other; by default only on a routed network")
        @Nullable
        String intra;

        @Option(
                names = "--uplink",
                paramLabel = "LINK",
                description = "the only link of the host by which containers reach the world; 'none' is any")
        @Nullable
        String uplink;

        @Option(
                names = "--ndp-proxy",
                paramLabel = "auto|on|off",
                description = "whether the host answers for the IPv6 addresses of containers of a routed network on its"
                        + " uplink; by default if their prefix is on that link")
        @Nullable
        String ndpProxy;

        Network apply(Network network) {
            Network chosen = network;
            if (range != null) {
                chosen = chosen.withRange(unlessNone(range));
            }
            if (domain != null) {
                chosen = chosen.withDomain(unlessNone(domain));
            }
            if (intra != null) {
                chosen = chosen.withIntra(
                        switch (intra) {
                            case "allow" -> Intra.ALLOW;
                            case "deny" -> Intra.DENY;
                            default ->
                                throw new BerthException(
                                        ErrorCode.INVALID, "'%s' is neither allow nor deny".formatted(intra));
                        });
            }
            if (uplink != null) {
                chosen = chosen.withUplink(unlessNone(uplink));
            }
            return ndpProxy == null ? chosen : chosen.withNdpProxy(NdpProxy.of(ndpProxy));
        }

        private static @Nullable String unlessNone(String text) {
            return text.equals(NONE) ? null : text;
        }
    }

    @Command(
            name = "new",
            aliases = "create",
            description = {
                "Make a network that containers can be connected to",
                "It is a bridge of the host with a gateway, DHCP and names. Of kind 'nat' containers reach the world by the"
                        + " host's address, of kind 'routed' by their own, of kind 'host-only' not at all. Without a subnet a"
                        + " free one is chosen."
            },
            footer = {
                "osctl network new --preset internet net0",
                "osctl network new nat --subnet 10.0.5.0/24 net1",
                "osctl network new routed --subnet 192.0.2.0/28 --subnet 2001:db8::c:0/112 --uplink eth0 public"
            })
    static final class New extends OsctlCommand {
        @Option(
                names = "--preset",
                paramLabel = "PRESET",
                description = "host-only, 10.101.0.0/16 and no way out of it; or internet, 10.102.0.0/16 with NAT")
        @Nullable
        String preset;

        @Option(
                names = "--subnet",
                paramLabel = "NET",
                description =
                        "its addresses, also with the host's own as in 10.0.5.254/24; once for IPv4, once for IPv6")
        List<String> subnets = new ArrayList<>();

        @Mixin
        Choices choices = new Choices();

        @Parameters(
                arity = "1..2",
                paramLabel = "[KIND] NAME",
                hideParamSyntax = true,
                description = "nat, routed or host-only (nat if left out), and its name")
        List<String> words = new ArrayList<>();

        @Override
        void run(Call call) {
            Optional<Preset> chosen = Optional.ofNullable(preset).map(Preset::of);
            if (chosen.isPresent() && words.size() > 1) {
                throw new BerthException(
                        ErrorCode.INVALID, "a preset has its kind", "leave out '%s'".formatted(words.getFirst()));
            }
            NetworkKind kind = chosen.map(Preset::kind)
                    .orElseGet(() -> words.size() > 1 ? NetworkKind.of(words.getFirst()) : NetworkKind.NAT);
            String subnet4 = one(subnets.stream().filter(s -> !s.contains(":")).toList());
            String subnet6 = one(subnets.stream().filter(s -> s.contains(":")).toList());
            if (subnet4 == null && subnet6 == null) {
                subnet4 = chosen.map(Preset::subnet)
                        .orElseGet(() -> networks(call).freeSubnet());
            }
            Network made = networks(call).create(choices.apply(Network.of(words.getLast(), kind, subnet4, subnet6)));
            if (networks(call).hasNoNames()) {
                call.out()
                        .warn(
                                "%s has no DHCP and no names: dnsmasq is not installed ('apt-get install dnsmasq-base', then"
                                        + " restart osctld)",
                                made.name());
            }
            call.out().done("network %s is there", made.name());
        }

        private static @Nullable String one(List<String> subnets) {
            if (subnets.size() > 1) {
                throw new BerthException(
                        ErrorCode.INVALID,
                        "a network has one subnet of a family, not %s".formatted(String.join(" and ", subnets)),
                        "make two networks");
            }
            return subnets.isEmpty() ? null : subnets.getFirst();
        }
    }

    @Command(
            name = "del",
            aliases = "delete",
            description = "Delete networks that no container is on",
            footer = "osctl network del net1")
    static final class Del extends OsctlCommand {
        @Parameters(arity = "1..*", paramLabel = "NAME", description = "networks")
        List<String> names = new ArrayList<>();

        @Override
        void run(Call call) {
            Each.of(call, names, (name, _) -> {
                networks(call).delete(name);
                call.out().done("network %s is deleted", name);
            });
        }
    }

    @Command(
            name = "ls",
            aliases = "list",
            description = "List networks",
            footer = {"osctl network ls", "osctl network ls -H -o name"})
    static final class Ls extends OsctlCommand {
        @Mixin
        ListOptions list = new ListOptions();

        @Override
        void run(Call call) {
            list.print(call, columns(networks(call)), networks(call).all());
        }
    }

    @Command(
            name = "show",
            aliases = "info",
            description = "Show all about a network",
            footer = "osctl network show net0")
    static final class Show extends OsctlCommand {
        @Mixin
        ShowOptions show = new ShowOptions();

        @Parameters(paramLabel = "NAME", description = "a network")
        String name = "";

        @Override
        void run(Call call) {
            show.print(call, columns(networks(call)), networks(call).get(name));
        }
    }

    @Command(
            name = "set",
            description = {
                "Change a network, at once for the containers on it",
                "Its kind and its subnets stay: make another network for others. '--range none' and '--domain none' bring the"
                        + " defaults back."
            },
            footer = {"osctl network set --intra allow net0", "osctl network set --domain example.test net0"})
    static final class Set extends OsctlCommand {
        @Mixin
        Choices choices = new Choices();

        @Parameters(paramLabel = "NAME", description = "a network")
        String name = "";

        @Override
        void run(Call call) {
            networks(call).change(name, choices::apply);
            call.out().done("network %s is set", name);
        }
    }
}
