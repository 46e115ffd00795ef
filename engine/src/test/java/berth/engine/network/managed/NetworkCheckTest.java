package berth.engine.network.managed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NetworkCheckTest {
    private static final Network NET = Network.of("net0", NetworkKind.NAT, "10.0.5.0/24", null);
    private static final String OWN = chain("inet", "berth-test", "forward", "forward", "accept");

    private static final String FORWARD = chain("ip", "filter", "FORWARD", "forward", "drop");
    private static final String ACCEPT = "{\"accept\": null}";
    private static final String COUNTER = "{\"counter\": {\"packets\": 0, \"bytes\": 0}}";

    private static String rule(String family, String table, String chain, String... statements) {
        return "{\"rule\": {\"family\": \"%s\", \"table\": \"%s\", \"chain\": \"%s\", \"expr\": [%s]}}"
                .formatted(family, table, chain, String.join(",", statements));
    }

    private static String met(String key, String value) {
        return "{\"match\": {\"op\": \"==\", \"left\": {\"meta\": {\"key\": \"%s\"}}, \"right\": \"%s\"}}"
                .formatted(key, value);
    }

    private static String chain(String family, String table, String name, String hook, String policy) {
        return "{\"chain\": {\"family\": \"%s\", \"table\": \"%s\", \"name\": \"%s\", \"hook\": \"%s\", \"policy\": \"%s\"}}"
                .formatted(family, table, name, hook, policy);
    }

    private static List<Finding> check(String... objects) {
        return NetworkCheck.rules(
                "{\"nftables\": [%s]}".formatted(String.join(",", objects)), "berth-test", List.of(NET));
    }

    @Test
    void nothingIsSaidOfRulesThatDoNoHarm() {
        assertThat(check(OWN, chain("ip", "filter", "FORWARD", "forward", "accept")))
                .isEmpty();
    }

    @Test
    void dockersPolicyIsNamed() {
        assertThat(check(OWN, FORWARD, chain("ip", "filter", "DOCKER-USER", "", "")))
                .singleElement()
                .satisfies(f -> assertThat(f.about()).isEqualTo("net0"))
                .satisfies(f -> assertThat(f.problem()).contains("ip filter FORWARD", "Docker"))
                .satisfies(f -> assertThat(f.advice()).contains("iptables -I DOCKER-USER -i net0 -j ACCEPT"));
    }

    @Test
    void aPolicyThatExceptsTheNetworkInBothDirectionsDoesNoHarm() {
        assertThat(check(
                        OWN,
                        FORWARD,
                        rule("ip", "filter", "DOCKER-USER", met("iifname", "net0"), COUNTER, ACCEPT),
                        rule("ip", "filter", "DOCKER-USER", met("oifname", "net*"), COUNTER, ACCEPT)))
                .isEmpty();
    }

    @Test
    void answersOfEveryLinkNeedNoOtherRule() {
        String fromNet0 = rule("ip", "filter", "ufw-user-forward", met("iifname", "net0"), ACCEPT);
        String conntrack = "{\"xt\": {\"type\": \"match\", \"name\": \"conntrack\"}}";

        assertThat(check(OWN, FORWARD, fromNet0, rule("ip", "filter", "ufw-before-forward", conntrack, ACCEPT)))
                .isEmpty();
        assertThat(check(
                        OWN,
                        FORWARD,
                        fromNet0,
                        rule("ip", "filter", "FORWARD", met("oifname", "docker0"), conntrack, ACCEPT)))
                .hasSize(1);
    }

    @Test
    void aPolicyForAFamilyThatTheNetworkHasNotDoesNoHarm() {
        assertThat(check(OWN, chain("ip6", "filter", "FORWARD", "forward", "drop")))
                .isEmpty();
    }

    @Test
    void ufwsPolicyForTheHostIsNamed() {
        assertThat(check(
                        OWN,
                        chain("ip", "filter", "INPUT", "input", "drop"),
                        chain("ip", "filter", "ufw-user-input", "", "")))
                .singleElement()
                .satisfies(f -> assertThat(f.problem()).contains("ip filter INPUT", "ufw", "DHCP"))
                .satisfies(f -> assertThat(f.advice()).contains("ufw allow in on net0"));
    }

    @Test
    void firewalldsLastRuleIsNamedUntilTheBridgeIsTrusted() {
        String chain = chain("inet", "firewalld", "filter_FORWARD", "forward", "accept");
        String last = rule(
                "inet",
                "firewalld",
                "filter_FORWARD",
                "{\"reject\": {\"type\": \"icmpx\", \"expr\": \"admin-prohibited\"}}");
        String state = "{\"match\": {\"op\": \"in\", \"left\": {\"ct\": {\"key\": \"state\"}},"
                + " \"right\": [\"established\", \"related\"]}}";
        String zone = rule(
                "inet",
                "firewalld",
                "filter_FORWARD_ZONES",
                met("iifname", "net0"),
                "{\"goto\": {\"target\": \"filter_FWD_trusted\"}}");

        assertThat(check(OWN, chain, last, zone))
                .singleElement()
                .satisfies(f -> assertThat(f.problem()).contains("inet firewalld filter_FORWARD"))
                .satisfies(f -> assertThat(f.advice()).contains("--add-interface=net0"));
        assertThat(check(
                        OWN,
                        chain,
                        rule("inet", "firewalld", "filter_FORWARD", state, ACCEPT),
                        last,
                        zone,
                        rule("inet", "firewalld", "filter_FWD_trusted", ACCEPT)))
                .isEmpty();
    }

    @Test
    void rulesThatSomebodyFlushedAreMissed() {
        assertThat(check())
                .singleElement()
                .satisfies(f -> assertThat(f.problem()).contains("flushed"));
    }
}
