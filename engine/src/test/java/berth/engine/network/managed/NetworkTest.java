package berth.engine.network.managed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.store.Yaml;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkTest {
    private static Network nat(String subnet) {
        return Network.of("net0", NetworkKind.NAT, subnet, null);
    }

    @Test
    void whatIsNotChosenFollowsFromTheRest() {
        Network network = nat("10.0.5.0/24");

        assertThat(network.gateway(true)).contains("10.0.5.1");
        assertThat(network.gateway(false)).isEmpty();
        assertThat(network.rangeText()).contains("10.0.5.128-10.0.5.254");
        assertThat(network.domainName()).isEqualTo("net0");
        assertThat(network.intraPolicy()).isEqualTo(Intra.DENY);
        assertThat(network.bridge()).isEqualTo("net0");
    }

    @Test
    void onlyContainersOfARoutedNetworkReachEachOther() {
        assertThat(Network.of("a", NetworkKind.ROUTED, "10.0.5.0/24", null).intraPolicy())
                .isEqualTo(Intra.ALLOW);
        assertThat(Network.of("a", NetworkKind.HOST_ONLY, "10.0.5.0/24", null).intraPolicy())
                .isEqualTo(Intra.DENY);
    }

    @Test
    void anAddressInASubnetIsTheGateway() {
        assertThat(nat("10.0.5.254/24").gateway(true)).contains("10.0.5.254");
        assertThat(nat("10.0.5.254/24").subnet4()).isEqualTo("10.0.5.0/24");
        assertThat(nat("10.0.5.1/24")).isEqualTo(nat("10.0.5.0/24"));
    }

    @Test
    void aLongNameMakesAShortLink() {
        assertThat(Network.of("a-very-long-network-name", NetworkKind.NAT, "10.0.5.0/24", null)
                        .bridge())
                .startsWith("a-very-")
                .hasSize(15);
    }

    @Test
    void itIsKeptAsItIs() {
        Network network = new Network(
                "net0",
                NetworkKind.HOST_ONLY,
                "10.0.5.9/24",
                "fd00:5::/64",
                null,
                null,
                "10.0.5.20-10.0.5.30",
                "example.test",
                Intra.ALLOW,
                "eth0",
                NdpProxy.OFF,
                List.of(new Forward("tcp", 8080, "tank:web", 80)));

        assertThat(Yaml.read(Yaml.write(network), Network.class)).isEqualTo(network);
        assertThat(Yaml.write(network)).contains("kind: host_only", "gateway4: 10.0.5.9");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "lo", "all", "default", "Net", "a_b", "-a", "a-", "a.b", "a/b", "..", "a b"})
    void whatCannotNameANetworkIsRefused(String name) {
        assertThatThrownBy(() -> Network.of(name, NetworkKind.NAT, "10.0.5.0/24", null))
                .isInstanceOf(BerthException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"10.0.5.0/31", "10.0.5.0/7", "0.0.0.0/0", "127.0.0.0/8", "224.0.0.0/24", "10.0.5.255/24", "x"})
    void whatCannotBeASubnetIsRefused(String subnet) {
        assertThatThrownBy(() -> nat(subnet)).isInstanceOf(BerthException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.5.20", "10.0.5.30-10.0.5.20", "10.0.6.1-10.0.6.9", "10.0.5.0-10.0.5.9", "a-b"})
    void whatCannotBeARangeIsRefused(String range) {
        assertThatThrownBy(() -> nat("10.0.5.0/24").withRange(range)).isInstanceOf(BerthException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"80", "tcp:0", "tcp:65536", "icmp:1", "tcp:x"})
    void whatCannotBeForwardedIsRefused(String port) {
        assertThatThrownBy(() -> Forward.parse(port, "web:80")).isInstanceOf(BerthException.class);
    }

    @Test
    void aForwardToAContainerOfAPoolIsUnderstood() {
        assertThat(Forward.parse("udp:53", "tank:dns:5353")).isEqualTo(new Forward("udp", 53, "tank:dns", 5353));
    }

    @Test
    void theHostAnswersOnlyForWhatIsRoutedByAnUplink() {
        Network routed = Network.of("pub0", NetworkKind.ROUTED, null, "2001:db8::c:0/112");

        assertThat(routed.proxyLink()).isEmpty();
        assertThat(routed.withUplink("eth0").proxyLink()).contains("eth0");
        assertThat(routed.withUplink("eth0").withNdpProxy(NdpProxy.OFF).proxyLink())
                .isEmpty();
        assertThat(nat("10.0.5.0/24").withUplink("eth0").proxyLink()).isEmpty();
        assertThatThrownBy(() -> routed.withNdpProxy(NdpProxy.ON)).hasMessageContaining("pub0");
    }
}
