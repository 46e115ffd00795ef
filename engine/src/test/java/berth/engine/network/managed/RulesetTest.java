package berth.engine.network.managed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RulesetTest {
    private static final Network NAT = Network.of("net0", NetworkKind.NAT, "10.0.5.0/24", "fd00:5::/64");
    private static final Network HOST_ONLY = Network.of("alone", NetworkKind.HOST_ONLY, "10.0.6.0/24", null);
    private static final Network ROUTED = Network.of("public", NetworkKind.ROUTED, "192.0.2.0/28", null);

    private static String rules(Network... networks) {
        return Ruleset.text("berth-test", List.of(networks));
    }

    @Test
    void natHidesItsContainersBehindTheHost() {
        assertThat(rules(NAT))
                .contains(
                        "ip saddr 10.0.5.0/24 ip daddr != 10.0.5.0/24 oifname != \"net0\" masquerade",
                        "ip6 saddr fd00:5::/64 ip6 daddr != fd00:5::/64 oifname != \"net0\" masquerade",
                        "iifname != \"net0\" oifname \"net0\" ct state established,related accept",
                        "iifname != \"net0\" oifname \"net0\" drop");
    }

    @Test
    void nothingIsForwardedIntoOrOutOfAHostOnlyNetwork() {
        assertThat(rules(HOST_ONLY))
                .contains("iifname \"alone\" drop", "oifname \"alone\" drop")
                .doesNotContain("masquerade");
    }

    @Test
    void whatAHostOnlyNetworkForbidsNoOtherNetworkAllows() {
        assertThat(rules(NAT, HOST_ONLY).indexOf("oifname \"alone\" drop"))
                .isLessThan(rules(NAT, HOST_ONLY).indexOf("accept\n    iifname != \"net0\""));
    }

    @Test
    void theHostLooksForNobodyThatIsNotThere() {
        assertThat(rules(NAT, ROUTED))
                .contains(
                        "oifname \"net0\" ip daddr 10.0.5.0/24 ip daddr != @known4 drop",
                        "oifname \"net0\" ip6 daddr fd00:5::/64 ip6 daddr != @known6 drop",
                        "oifname \"public\" ip daddr");
    }

    @Test
    void aRoutedNetworkIsOpenBothWays() {
        assertThat(rules(ROUTED)).doesNotContain("masquerade", "oifname \"public\" drop");
    }

    @Test
    void containersReachEachOtherThroughTheHostOnlyIfTheyMay() {
        assertThat(rules(NAT)).contains("iifname \"net0\" oifname \"net0\" drop");
        assertThat(rules(NAT.withIntra(Intra.ALLOW))).doesNotContain("iifname \"net0\" oifname \"net0\" drop");
    }

    @Test
    void anUplinkIsTheOnlyWayOut() {
        assertThat(rules(NAT.withUplink("eth1")))
                .contains("iifname \"net0\" oifname != { \"eth1\", \"net0\" } ct state new drop");
    }

    @Test
    void containersReachOfTheHostOnlyWhatTheirNetworkOffers() {
        assertThat(rules(NAT, HOST_ONLY))
                .contains(
                        "iifname { \"net0\", \"alone\" } goto guest_input",
                        "iifname \"net0\" ip daddr 10.0.5.1 meta l4proto { tcp, udp } th dport 53 accept");
    }

    @Test
    void elementsOutliveTheRules() {
        assertThat(rules(NAT)).contains("flush table bridge berth-test").doesNotContain("delete table");
    }
}
