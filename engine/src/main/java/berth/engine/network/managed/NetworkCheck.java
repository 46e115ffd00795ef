package berth.engine.network.managed;

import berth.engine.Instance;
import berth.linux.netlink.IpPrefix;
import berth.linux.process.Captured;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Looks for what keeps networks from working: what is missing, and rules of others. */
record NetworkCheck(Instance instance, Bridges bridges, HostPrograms programs) {
    private static final Path PROC = Path.of("/proc");
    private static final String HOST = "host";

    /** @param service the process of a network's name service, if it runs */
    List<Finding> run(List<Network> networks, Function<Network, Optional<Integer>> service) {
        List<Finding> findings = new ArrayList<>();
        for (Network network : networks) {
            if (!bridges.isUp(network)) {
                findings.add(new Finding(
                        network.name(),
                        "its bridge %s is not there, or down".formatted(network.bridge()),
                        "restart osctld; its log says why if it stays away"));
            }
            if (programs.dnsmasq().isPresent() && service.apply(network).isEmpty()) {
                findings.add(new Finding(
                        network.name(),
                        "its dnsmasq does not run: no DHCP, no names",
                        "see %s"
                                .formatted(instance.runDirectory()
                                        .resolve("network")
                                        .resolve(network.name())
                                        .resolve("dnsmasq.log"))));
            }
            String uplink = network.uplink();
            if (uplink != null && !bridges.exists(uplink)) {
                findings.add(new Finding(
                        network.name(),
                        "its uplink %s is not there: containers reach nothing beyond the host".formatted(uplink),
                        "osctl network set --uplink LINK %s".formatted(network.name())));
            }
            if (network.kind().isForwarded()) {
                network.hosts().forEach(h -> forwarding(network, h, findings));
            }
        }
        if (programs.dnsmasq().isEmpty()) {
            findings.add(new Finding(
                    HOST,
                    "dnsmasq is not installed: networks have no DHCP and no names",
                    "install it: 'apt-get install dnsmasq-base', then restart osctld"));
        }
        Captured rules = Filter.run(programs, "", "-j", "list", "ruleset");
        if (!networks.isEmpty() || !rules.status().isSuccess()) {
            findings.addAll(rules(rules.outputText(), Filter.table(instance.name()), networks));
        }
        legacy(findings);
        return findings;
    }

    /** What the rules of others, as {@code nft -j list ruleset} tells them, do to {@code networks}. */
    static List<Finding> rules(String json, String table, List<Network> networks) {
        ForeignRules others = new ForeignRules(json, table);
        List<Finding> findings = new ArrayList<>(others.findings(networks));
        if (!others.isOwnThere() && !networks.isEmpty()) {
            findings.add(new Finding(
                    HOST,
                    "the rules of the networks are gone; somebody has flushed nftables",
                    "restart osctld, and let nothing run 'nft flush ruleset' after it"));
        }
        return findings;
    }

    private static void forwarding(Network network, IpPrefix host, List<Finding> findings) {
        String setting = host.isIpv4() ? "net.ipv4.ip_forward" : "net.ipv6.conf.all.forwarding";
        if (!text(PROC.resolve("sys").resolve(setting.replace('.', '/'))).equals("1")) {
            findings.add(new Finding(
                    network.name(),
                    "the host passes no packets on: %s is not 1".formatted(setting),
                    "sysctl -w %s=1, and see what in /etc/sysctl.d turns it off".formatted(setting)));
        }
    }

    private static void legacy(List<Finding> findings) {
        for (String file : List.of("ip_tables_names", "ip6_tables_names")) {
            if (text(PROC.resolve("net").resolve(file)).lines().anyMatch("filter"::equals)) {
                findings.add(new Finding(
                        HOST,
                        "there are rules of the old iptables, which cannot be looked at here",
                        "see '%s-legacy -S FORWARD'".formatted(file.replace("_tables_names", "tables"))));
            }
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
