package berth.engine.network.managed;

import berth.engine.network.Words;
import berth.linux.netlink.IpPrefix;
import berth.linux.netlink.NftFamily;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The rules of all networks as {@code nft -f -} reads them. Loading them again replaces the rules in one moment and leaves the
 * elements of the sets as they are. Source: nft(8).
 */
final class Ruleset {
    /** What a guest sends past its bridge's port: nothing in another's name, and no answers of routers and DHCP servers. */
    private static final String GUESTS = """
              chain guest_arp {
                arp htype != 1 drop
                iifname . arp saddr ether != @macs drop
                arp operation request arp saddr ip 0.0.0.0 accept
                iifname . arp saddr ip != @addresses4 drop
                accept
              }
              chain guest_ip4 {
                ip saddr 0.0.0.0 udp sport 68 udp dport 67 accept
                iifname . ip saddr != @addresses4 drop
                udp sport 67 drop
                accept
              }
              chain guest_ip6 {
                icmpv6 type { nd-router-advert, nd-redirect } drop
                udp sport 547 drop
                ip6 saddr :: icmpv6 type { nd-neighbor-solicit, mld-listener-report, mld2-listener-report } accept
                iifname . ip6 saddr != @addresses6 drop
                icmpv6 type nd-neighbor-advert iifname . @th,64,128 != @targets6 drop
                accept
              }
              chain guest {
                iifname . ether saddr != @macs drop
                ether type arp goto guest_arp
                ether type ip goto guest_ip4
                ether type ip6 goto guest_ip6
                drop
              }
              chain prerouting {
                type filter hook prerouting priority dstnat; policy accept;
                iifname @ports goto guest
              }
              chain forward {
                type filter hook forward priority filter; policy accept;
                iifname @isolated oifname @isolated drop
              }
            """;

    private static final String FORWARDS = """
              chain prerouting {
                type nat hook prerouting priority dstnat; policy accept;
                fib daddr type local dnat ip to meta l4proto . th dport map @forwards4
                fib daddr type local dnat ip6 to meta l4proto . th dport map @forwards6
              }
              chain output {
                type nat hook output priority -100; policy accept;
                oifname "lo" ip daddr != 127.0.0.0/8 dnat ip to meta l4proto . th dport map @forwards4
                oifname "lo" ip6 daddr != ::1 dnat ip6 to meta l4proto . th dport map @forwards6
              }
            """;

    private Ruleset() {}

    /** The rules of {@code networks}, in the table {@code table} of each family. */
    static String text(String table, Collection<Network> networks) {
        StringBuilder text = new StringBuilder();
        for (NftFamily family : List.of(NftFamily.BRIDGE, NftFamily.INET)) {
            text.append("add table %s %s\n".formatted(family, table));
            text.append("flush table %s %s\n".formatted(family, table));
            text.append("table %s %s {\n".formatted(family, table));
            Arrays.stream(FilterSet.values())
                    .filter(s -> s.family() == family)
                    .forEach(s -> text.append("  ").append(s.declaration()).append('\n'));
            text.append(
                    family == NftFamily.BRIDGE
                            ? GUESTS
                            : FORWARDS + input(networks) + forward(networks) + masquerade(networks));
            text.append("}\n");
        }
        return text.toString();
    }

    /** What containers reach of the host: leases, names and the echo of their gateway. */
    private static String input(Collection<Network> networks) {
        StringBuilder text = new StringBuilder("""
                  chain guest_input {
                    ct state established,related accept
                    meta nfproto ipv4 udp sport 68 udp dport 67 accept
                    udp dport 547 accept
                    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, mld-listener-report, mld2-listener-report, mld-listener-done } accept
                """);
        for (Network network : networks) {
            for (IpPrefix host : network.hosts()) {
                String to = "    iifname \"%s\" %s daddr %s ".formatted(network.bridge(), ip(host), address(host));
                text.append(to).append("meta l4proto { tcp, udp } th dport 53 accept\n");
                text.append(to)
                        .append(
                                host.isIpv4()
                                        ? "icmp type echo-request accept\n"
                                        : "icmpv6 type echo-request accept\n");
            }
        }
        return text.append("    drop\n  }\n")
                .append("  chain input {\n    type filter hook input priority filter; policy accept;\n")
                .append(networks.isEmpty() ? "" : "    iifname { %s } goto guest_input\n".formatted(bridges(networks)))
                .append("  }\n")
                .toString();
    }

    private static String forward(Collection<Network> networks) {
        StringBuilder from = new StringBuilder();
        StringBuilder to = new StringBuilder();
        for (Network network : networks) {
            String bridge = network.bridge();
            if (!network.kind().isForwarded()) {
                from.append("    iifname \"%s\" drop\n".formatted(bridge));
                from.append("    oifname \"%s\" drop\n".formatted(bridge));
                continue;
            }
            // Whoever sends to addresses that nobody has would have the host ask for each, and fill its table of
            // neighbours.
            for (IpPrefix host : network.hosts()) {
                from.append("    oifname \"%s\" %s daddr %s %s daddr != @known%d drop\n"
                        .formatted(bridge, ip(host), host.network(), ip(host), host.isIpv4() ? 4 : 6));
            }
            if (network.intraPolicy() == Intra.DENY) {
                from.append("    iifname \"%s\" oifname \"%s\" drop\n".formatted(bridge, bridge));
            }
            if (network.uplink() != null) {
                from.append("    iifname \"%s\" oifname != { \"%s\", \"%s\" } ct state new drop\n"
                        .formatted(bridge, network.uplink(), bridge));
            }
            if (network.kind() == NetworkKind.NAT) {
                to.append("    iifname != \"%s\" oifname \"%s\" ct state established,related accept\n"
                        .formatted(bridge, bridge));
                to.append("    iifname != \"%s\" oifname \"%s\" ct status dnat accept\n".formatted(bridge, bridge));
                to.append("    iifname != \"%s\" oifname \"%s\" drop\n".formatted(bridge, bridge));
            }
        }
        return "  chain forward {\n    type filter hook forward priority filter; policy accept;\n" + from + to
                + "  }\n";
    }

    private static String masquerade(Collection<Network> networks) {
        StringBuilder text = new StringBuilder(
                "  chain postrouting {\n    type nat hook postrouting priority srcnat; policy accept;\n");
        networks.stream()
                .filter(n -> n.kind() == NetworkKind.NAT)
                .forEach(n -> n.hosts().stream()
                        .map(IpPrefix::network)
                        .forEach(s -> text.append("    %s saddr %s %s daddr != %s oifname != \"%s\" masquerade\n"
                                .formatted(ip(s), s, ip(s), s, n.bridge()))));
        return text.append("  }\n").toString();
    }

    private static String bridges(Collection<Network> networks) {
        return networks.stream().map(n -> '"' + n.bridge() + '"').collect(Collectors.joining(", "));
    }

    private static String ip(IpPrefix prefix) {
        return prefix.isIpv4() ? "ip" : "ip6";
    }

    private static String address(IpPrefix prefix) {
        return Words.text(prefix.address());
    }
}
