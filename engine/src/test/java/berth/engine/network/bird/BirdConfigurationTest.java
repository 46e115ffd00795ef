package berth.engine.network.bird;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.network.IpFamily;
import berth.linux.netlink.IpPrefix;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BirdConfigurationTest {
    private static final Ospf OSPF =
            new Ospf(List.of("eth1", "eth2*"), new RouterId("1"), Ospf.LinkType.PTP, 5, Ospf.USUAL_COST);
    private static final Bgp BGP = new Bgp(64512, List.of(Bgp.Neighbour.parse("192.0.2.254@64500", 64512)));

    private static String text(Bird bird) {
        return BirdConfiguration.text(bird, "osctl network bird --ospf eth1");
    }

    private static Bird include() {
        return new Bird(Extent.INCLUDE, Set.of(), List.of(), Accepted.ALL, null, null, null);
    }

    @Test
    void aPartHasOnlyFiltersAndSaysWhatIsMissing() {
        assertThat(text(include()))
                .startsWith("# Made by Berth.")
                .contains("#   osctl network bird --ospf eth1\n")
                .contains("filter berth_learn4 {", "filter berth_announce4 {", "filter berth_learn6 {")
                .contains("#   protocol kernel { learn; ipv4 { import filter berth_learn4; export ...; }; }")
                .doesNotContainPattern("(?m)^(protocol|router id)");
    }

    @Test
    void onlyTheRoutesOfContainersAreTold() {
        assertThat(text(include())).contains("""
                filter berth_announce4 {
                  if net = 0.0.0.0/0 || net ~ [ 127.0.0.0/8+, 169.254.0.0/16+, 224.0.0.0/4+, 255.255.255.255/32 ] then reject;
                  if source = RTS_INHERIT && defined(krt_source) && krt_source = 98 then accept;
                  reject;
                }
                """);
    }

    @Test
    void whatLiesOutsideOfTheChosenNetworksIsNotTold() {
        Bird bird = new Bird(
                Extent.INCLUDE,
                Set.of(),
                List.of(IpPrefix.parse("192.0.2.0/24"), IpPrefix.parse("198.51.100.0/24")),
                Accepted.ALL,
                null,
                null,
                null);

        assertThat(text(bird))
                .contains("  if net !~ [ 192.0.2.0/24+, 198.51.100.0/24+ ] then reject;\n")
                .containsPattern("filter berth_announce6 \\{\n.*\n  reject;\n");
    }

    @Test
    void theWholeSpeaksByTheLinksThatAreNamed() {
        Bird bird = new Bird(Extent.WHOLE, Set.of(), List.of(), Accepted.DEFAULT, null, OSPF, null);

        assertThat(text(bird))
                .contains("router id from \"eth1\", \"eth2*\";\n", "protocol device {\n")
                .contains("protocol kernel berth_kernel4 {\n  learn;\n")
                .contains("""
                        protocol ospf v2 berth_ospf4 {
                          ipv4 {
                            import where net = 0.0.0.0/0;
                            export filter berth_announce4;
                          };
                          area 0.0.0.1 {
                            interface "eth1" {
                              type ptp;
                              hello 5;
                              cost 10;
                            };
                            interface "eth2*" {
                        """)
                .contains("protocol ospf v3 berth_ospf6 {\n  ipv6 {\n    import where net = ::/0;\n");
    }

    @Test
    void eachNeighbourOfBgpHasItsProtocol() {
        Bgp bgp = new Bgp(
                64512,
                List.of(Bgp.Neighbour.parse("192.0.2.254@64500", 64512), Bgp.Neighbour.parse("fe80::1%eth1", 64512)));
        Bird bird = new Bird(Extent.INCLUDE, Set.of(), List.of(), Accepted.NONE, new RouterId("192.0.2.1"), null, bgp);

        assertThat(text(bird)).contains("""
                        protocol bgp berth_bgp1 {
                          router id 192.0.2.1;
                          local as 64512;
                          neighbor 192.0.2.254 as 64500;
                          ipv4 {
                            import none;
                            export filter berth_announce4;
                            next hop self;
                          };
                        }
                        """).contains("  neighbor fe80::1%eth1 as 64512;\n  ipv6 {\n");
    }

    @Test
    void oneFamilyCanBeLeftOut() {
        Bird bird = new Bird(Extent.WHOLE, Set.of(IpFamily.IPV4), List.of(), Accepted.ALL, null, OSPF, null);

        assertThat(text(bird)).contains("protocol ospf v2").doesNotContain("ipv6", "ospf v3", "berth_learn6");
    }

    @Test
    void whatCannotWorkIsRefused() {
        assertThatThrownBy(() -> new Bird(Extent.WHOLE, Set.of(), List.of(), Accepted.ALL, null, null, null))
                .isInstanceOf(BerthException.class)
                .hasMessageContaining("neither OSPF nor BGP");
        assertThatThrownBy(() -> new Bird(Extent.WHOLE, Set.of(), List.of(), Accepted.ALL, null, null, BGP))
                .isInstanceOf(BerthException.class)
                .hasMessageContaining("router id");
        assertThatThrownBy(
                        () -> new Bird(Extent.INCLUDE, Set.of(IpFamily.IPV6), List.of(), Accepted.ALL, null, null, BGP))
                .isInstanceOf(BerthException.class)
                .hasMessageContaining("192.0.2.254");
        assertThatThrownBy(() -> Bgp.Neighbour.parse("fe80::1", 64512)).isInstanceOf(BerthException.class);
        assertThatThrownBy(() -> Bgp.Neighbour.parse("192.0.2.1%eth0", 64512)).isInstanceOf(BerthException.class);
        assertThatThrownBy(() -> Bgp.Neighbour.parse("192.0.2.1@0", 64512)).isInstanceOf(BerthException.class);
        assertThatThrownBy(() -> new RouterId("::1")).isInstanceOf(BerthException.class);
        assertThatThrownBy(() -> new RouterId("4294967296")).isInstanceOf(BerthException.class);
        assertThatThrownBy(
                        () -> new Ospf(List.of("a\"; include \"b"), RouterId.BACKBONE, Ospf.LinkType.BROADCAST, 10, 10))
                .isInstanceOf(BerthException.class);
    }
}
