package berth.linux.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.linux.Errno;
import berth.linux.KernelException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("root")
class NftSocketTest {
    private static final NftTable TABLE = new NftTable(NftFamily.INET, "berth");
    private static final NftSet HOSTS = TABLE.set("hosts");
    private static final NftSet CHAINS = TABLE.set("chains");
    private static final NftSet PORTS = TABLE.set("ports");
    private static final NftSet NETWORKS = TABLE.set("networks");
    private static final NftSet RANGES = TABLE.set("ranges");
    private static final NftSet SENDERS = new NftTable(NftFamily.BRIDGE, "berth").set("senders");

    private final TestNetwork network = new TestNetwork();
    private final NftSocket nft = NftSocket.inNamespace(network.namespace());

    @BeforeEach
    void loadTables() {
        network.nft("""
                table inet berth {
                    set hosts { type ipv4_addr; }
                    set networks { type ipv6_addr; flags interval; }
                    set ranges { type ipv4_addr . inet_service; flags interval; }
                    map chains { type ifname : verdict; }
                    map ports { type inet_proto . inet_service : ipv4_addr . inet_service; }
                    chain web { }
                }
                table bridge berth {
                    set senders { type ifname . ether_addr . ipv4_addr; }
                }
                """);
    }

    @AfterEach
    void close() {
        nft.close();
        network.close();
    }

    @Test
    void elementsOfASetComeAndGo() {
        NftElement one = NftElement.of(NftKey.of(IpAddresses.parse("10.0.0.1")));
        NftElement two = NftElement.of(NftKey.of(IpAddresses.parse("10.0.0.2")));

        nft.commit(NftChange.add(HOSTS, List.of(one, two)), NftChange.add(HOSTS, List.of(one)));

        assertThat(nft.elements(HOSTS)).containsExactlyInAnyOrder(one, two);
        assertThat(shown("inet")).contains("elements = { 10.0.0.1, 10.0.0.2 }");

        nft.commit(NftChange.delete(HOSTS, List.of(one)));
        assertThat(nft.elements(HOSTS)).containsExactly(two);

        nft.commit(NftChange.clear(HOSTS));
        assertThat(nft.elements(HOSTS)).isEmpty();
    }

    @Test
    void aVerdictMapSendsPacketsToAChain() {
        NftElement jump = NftElement.of(NftKey.builder().interfaceName("veth0").build(), NftVerdict.jump("web"));
        NftElement drop = NftElement.of(NftKey.builder().interfaceName("veth1").build(), NftVerdict.DROP);

        nft.commit(NftChange.add(CHAINS, List.of(jump, drop)));

        assertThat(nft.elements(CHAINS)).containsExactlyInAnyOrder(jump, drop);
        assertThat(shown("inet")).contains("\"veth0\" : jump web", "\"veth1\" : drop");
    }

    @Test
    void aMapHasConcatenatedKeysAndValues() {
        NftElement forward = NftElement.of(
                NftKey.builder().protocol(6).port(8080).build(),
                NftKey.builder().address(IpAddresses.parse("10.0.0.5")).port(80).build());

        nft.commit(NftChange.add(PORTS, List.of(forward)));

        assertThat(nft.elements(PORTS)).containsExactly(forward);
        assertThat(shown("inet")).contains("tcp . 8080 : 10.0.0.5 . 80");
    }

    @Test
    void aTableOfBridgesKnowsSendersByNameAndBothAddresses() {
        NftElement sender = NftElement.of(NftKey.builder()
                .interfaceName("veth0")
                .mac(MacAddress.parse("00:16:3e:01:02:03"))
                .address(IpAddresses.parse("10.0.0.5"))
                .build());

        nft.commit(NftChange.add(SENDERS, List.of(sender)));

        assertThat(nft.elements(SENDERS)).containsExactly(sender);
        assertThat(shown("bridge")).contains("\"veth0\" . 00:16:3e:01:02:03 . 10.0.0.5");
    }

    @Test
    void intervalsAreGivenByTheirEnds() {
        nft.commit(
                NftChange.add(
                        NETWORKS,
                        NftElement.interval(
                                NftKey.of(IpAddresses.parse("fd00:1::")), NftKey.of(IpAddresses.parse("fd00:2::")))),
                NftChange.add(
                        RANGES, List.of(NftElement.of(range("10.0.0.0", 80)).withEnd(range("10.0.0.255", 89)))));

        assertThat(shown("inet")).contains("elements = { fd00:1::/32 }");
        assertThat(shown("inet")).contains("elements = { 10.0.0.0/24 . 80-89 }");
        assertThat(nft.elements(RANGES)).extracting(NftElement::key).containsExactly(range("10.0.0.0", 80));
    }

    @Test
    void aCommitThatFailsInPartChangesNothing() {
        NftElement host = NftElement.of(NftKey.of(IpAddresses.parse("10.0.0.1")));
        NftElement missing = NftElement.of(NftKey.of(IpAddresses.parse("10.0.0.9")));

        assertThatThrownBy(() ->
                        nft.commit(NftChange.add(HOSTS, List.of(host)), NftChange.delete(HOSTS, List.of(missing))))
                .isInstanceOfSatisfying(
                        KernelException.class,
                        e -> assertThat(e.is(Errno.ENOENT)).isTrue())
                .hasMessage("delete elements of 'inet berth hosts': no such file or directory (ENOENT)");

        assertThat(nft.elements(HOSTS)).isEmpty();
        nft.commit(NftChange.add(HOSTS, List.of(host)));
        assertThat(nft.elements(HOSTS)).containsExactly(host);
    }

    @Test
    void aMapsValueIsReplacedByDeletingItInTheSameCommit() {
        NftKey key = NftKey.builder().interfaceName("veth0").build();
        nft.commit(NftChange.add(CHAINS, List.of(NftElement.of(key, NftVerdict.DROP))));

        nft.commit(
                NftChange.delete(CHAINS, List.of(NftElement.of(key))),
                NftChange.add(CHAINS, List.of(NftElement.of(key, NftVerdict.goTo("web")))));

        assertThat(nft.elements(CHAINS)).containsExactly(NftElement.of(key, NftVerdict.goTo("web")));
    }

    @Test
    void thousandsOfElementsGoInOneCommit() {
        List<NftElement> many = IntStream.range(0, 5000)
                .mapToObj(i -> NftElement.of(NftKey.of(IpAddresses.parse("10.0." + i / 250 + "." + i % 250))))
                .toList();

        nft.commit(NftChange.add(HOSTS, many));

        assertThat(nft.elements(HOSTS)).hasSize(5000);
    }

    @Test
    void aDeletedTableIsGone() {
        nft.commit(NftChange.deleteTable(TABLE));

        assertThat(network.run("nft", "list", "tables")).isEqualTo("table bridge berth\n");
        assertThatThrownBy(() -> nft.commit(NftChange.deleteTable(TABLE)))
                .hasMessage("delete table 'inet berth': no such file or directory (ENOENT)");
        assertThatThrownBy(() -> nft.elements(HOSTS))
                .isInstanceOfSatisfying(
                        KernelException.class,
                        e -> assertThat(e.is(Errno.ENOENT)).isTrue());
    }

    private static NftKey range(String address, int port) {
        return NftKey.builder().address(IpAddresses.parse(address)).port(port).build();
    }

    private String shown(String family) {
        return network.run("nft", "list", "table", family, "berth");
    }
}
