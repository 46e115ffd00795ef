package berth.engine.guest;

import static berth.engine.guest.GuestFixture.BRIDGED;
import static berth.engine.guest.GuestFixture.DHCP;
import static berth.engine.guest.GuestFixture.ROUTED;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WickedTest {
    private static final String MARK =
            "# Written by Berth whenever this container starts. 'chmod u-w' keeps the file as it is.\n";

    @TempDir
    private Path root;

    private GuestFixture guest = new GuestFixture(Path.of(""));

    @BeforeEach
    void openSuse() {
        guest = new GuestFixture(root)
                .program("usr/sbin/wicked")
                .directory("etc/sysconfig/network")
                .link("etc/systemd/system/network.service", "/usr/lib/systemd/system/wicked.service");
    }

    @Test
    void addressesAndTheWayOut() {
        guest.write(BRIDGED);

        assertThat(guest.path("etc/sysconfig/network/ifcfg-eth0")).hasContent(MARK + """
                STARTMODE='auto'
                BOOTPROTO='static'
                MTU='1400'
                IPADDR='192.0.2.7/24'
                IPADDR_1='2001:db8::7/64'
                """);
        assertThat(guest.path("etc/sysconfig/network/ifroute-eth0")).hasContent(MARK + """
                default 192.0.2.1 - eth0
                default 2001:db8::1 - eth0
                """);
    }

    @Test
    void nextHopsInNoNetworkOfTheInterface() {
        guest.write(ROUTED);

        assertThat(guest.path("etc/sysconfig/network/ifroute-eth1")).hasContent(MARK + """
                255.255.255.254/32 - - eth1
                default 255.255.255.254 - eth1
                default fe80::1 - eth1
                """);
    }

    @Test
    void anInterfaceThatAsksForItsAddressesHasNoRoutes() {
        guest.write(DHCP);

        assertThat(guest.path("etc/sysconfig/network/ifcfg-eth2")).hasContent(MARK + """
                STARTMODE='auto'
                BOOTPROTO='dhcp'
                """);
        assertThat(guest.path("etc/sysconfig/network/ifroute-eth2")).doesNotExist();
    }

    @Test
    void whatWasWrittenGoesAndWhatTheUserHasStays() {
        guest.file("etc/sysconfig/network/ifcfg-lo", "IPADDR=127.0.0.1/8").write(BRIDGED, ROUTED);

        guest.write();

        assertThat(guest.path("etc/sysconfig/network"))
                .isDirectoryContaining("glob:**/ifcfg-lo")
                .isDirectoryNotContaining("glob:**/*-eth?");
    }

    @Test
    void theGatewayOfTheFirstInterfaceCounts() {
        guest.write(GuestFixture.SECOND);

        assertThat(guest.path("etc/sysconfig/network/ifroute-eth3")).content().endsWith("""
                255.255.255.254/32 - - eth3 metric 1025
                default 255.255.255.254 - eth3 metric 1025
                """);
    }
}
