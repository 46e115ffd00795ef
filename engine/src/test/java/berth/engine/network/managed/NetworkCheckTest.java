package berth.engine.network.managed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NetworkCheckTest {
    private static final Network NET = Network.of("net0", NetworkKind.NAT, "10.0.5.0/24", null);
    private static final String OWN = chain("inet", "berth-test", "forward", "forward", "accept");

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
        assertThat(check(OWN, chain("ip", "filter", "FORWARD", "forward", "drop")))
                .singleElement()
                .satisfies(f -> assertThat(f.problem()).contains("ip filter FORWARD", "Docker"))
                .satisfies(f -> assertThat(f.advice()).contains("DOCKER-USER"));
    }

    @Test
    void ufwsPolicyForTheHostIsNamed() {
        assertThat(check(OWN, chain("ip", "filter", "INPUT", "input", "drop")))
                .singleElement()
                .satisfies(f -> assertThat(f.problem()).contains("ip filter INPUT", "DHCP"));
    }

    @Test
    void firewalldsLastRuleIsNamed() {
        String rule = "{\"rule\": {\"family\": \"inet\", \"table\": \"firewalld\", \"chain\": \"filter_FORWARD\","
                + " \"expr\": [{\"reject\": {\"type\": \"icmpx\", \"expr\": \"admin-prohibited\"}}]}}";

        assertThat(check(OWN, rule))
                .singleElement()
                .satisfies(f -> assertThat(f.problem()).contains("inet firewalld filter_FORWARD"))
                .satisfies(f -> assertThat(f.advice()).contains("firewall-cmd"));
    }

    @Test
    void rulesThatSomebodyFlushedAreMissed() {
        assertThat(check())
                .singleElement()
                .satisfies(f -> assertThat(f.problem()).contains("flushed"));
    }
}
