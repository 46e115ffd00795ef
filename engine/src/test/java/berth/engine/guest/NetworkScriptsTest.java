package berth.engine.guest;

import static berth.engine.guest.GuestFixture.BRIDGED;
import static berth.engine.guest.GuestFixture.DHCP;
import static berth.engine.guest.GuestFixture.ROUTED;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkScriptsTest {
    private static final String MARK =
            "# Written by Berth whenever this container starts. 'chmod u-w' keeps the file as it is.\n";

    private static final String SCRIPTS = "etc/sysconfig/network-scripts/";

    @TempDir
    private Path root;

    private GuestFixture guest = new GuestFixture(Path.of(""));

    @BeforeEach
    void centos() {
        guest = new GuestFixture(root).program(SCRIPTS + "ifup-eth").program("etc/rc.d/rc3.d/S10network");
    }

    @Test
    void addressesAndTheWayOut() {
        guest.write(BRIDGED);

        assertThat(guest.path(SCRIPTS + "ifcfg-eth0")).hasContent(MARK + """
                DEVICE=eth0
                TYPE=Ethernet
                ONBOOT=yes
                NM_CONTROLLED=no
                BOOTPROTO=none
                MTU=1400
                IPADDR=192.0.2.7
                PREFIX=24
                IPV6INIT=yes
                IPV6_AUTOCONF=no
                IPV6ADDR=2001:db8::7/64
                """);
        assertThat(guest.path(SCRIPTS + "route-eth0")).hasContent(MARK + "default via 192.0.2.1 dev eth0\n");
        assertThat(guest.path(SCRIPTS + "route6-eth0")).hasContent(MARK + "default via 2001:db8::1 dev eth0\n");
    }

    @Test
    void severalAddresses() {
        guest.write(GuestFixture.netif(
                "eth0", null, java.util.List.of("192.0.2.7/24", "192.0.2.8/32", "2001:db8::7/64", "2001:db8::8/128")));

        assertThat(guest.path(SCRIPTS + "ifcfg-eth0")).content().endsWith("""
                IPADDR=192.0.2.7
                PREFIX=24
                IPADDR1=192.0.2.8
                PREFIX1=32
                IPV6INIT=yes
                IPV6_AUTOCONF=no
                IPV6ADDR=2001:db8::7/64
                IPV6ADDR_SECONDARIES="2001:db8::8/128"
                """);
    }

    @Test
    void nextHopsInNoNetworkOfTheInterface() {
        guest.write(ROUTED);

        assertThat(guest.path(SCRIPTS + "route-eth1")).hasContent(MARK + """
                255.255.255.254/32 dev eth1
                default via 255.255.255.254 dev eth1 onlink
                """);
        assertThat(guest.path(SCRIPTS + "route6-eth1")).hasContent(MARK + "default via fe80::1 dev eth1\n");
    }

    @Test
    void anInterfaceThatAsksForItsAddresses() {
        guest.write(DHCP);

        assertThat(guest.path(SCRIPTS + "ifcfg-eth2")).content().endsWith("BOOTPROTO=dhcp\n");
        assertThat(guest.path(SCRIPTS + "route-eth2")).doesNotExist();
    }

    @Test
    void whatWasWrittenGoesAndTheScriptsStay() {
        guest.write(BRIDGED, ROUTED);

        guest.write();

        assertThat(guest.path(SCRIPTS))
                .isDirectoryContaining("glob:**/ifup-eth")
                .isDirectoryNotContaining("glob:**/*-eth?");
    }

    @Test
    void anImagesOwnFileStaysAndIsTold() {
        guest.file(SCRIPTS + "ifcfg-eth0", "BOOTPROTO=dhcp");

        guest.write(BRIDGED);

        assertThat(guest.path(SCRIPTS + "ifcfg-eth0")).hasContent("BOOTPROTO=dhcp");
        assertThat(guest.notes())
                .containsExactly("/" + SCRIPTS + "ifcfg-eth0 is left alone: it was not written by Berth");
    }

    @Test
    void theGatewayOfTheFirstInterfaceCounts() {
        guest.write(GuestFixture.SECOND);

        assertThat(guest.path(SCRIPTS + "route-eth3")).content().endsWith("""
                255.255.255.254/32 dev eth3 metric 1025
                default via 255.255.255.254 dev eth3 metric 1025 onlink
                """);
    }
}
