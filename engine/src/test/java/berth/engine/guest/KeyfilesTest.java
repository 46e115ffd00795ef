package berth.engine.guest;

import static berth.engine.guest.GuestFixture.BRIDGED;
import static berth.engine.guest.GuestFixture.DHCP;
import static berth.engine.guest.GuestFixture.ROUTED;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyfilesTest {
    private static final String MARK =
            "# Written by Berth whenever this container starts. 'chmod u-w' keeps the file as it is.\n";

    private static final String CONNECTIONS = "etc/NetworkManager/system-connections";

    @TempDir
    private Path root;

    private GuestFixture guest = new GuestFixture(Path.of(""));

    @BeforeEach
    void fedora() {
        guest = new GuestFixture(root)
                .program("usr/sbin/NetworkManager")
                .directory(CONNECTIONS, "etc/NetworkManager/conf.d")
                .enabled("NetworkManager.service");
    }

    @Test
    void addressesAndTheWayOut() {
        guest.write(BRIDGED);

        assertThat(guest.path(CONNECTIONS + "/berth-eth0.nmconnection")).hasContent(MARK + """
                [connection]
                id=berth-eth0
                uuid=88df0cd4-0e14-37b9-acce-06c0c2163deb
                type=ethernet
                interface-name=eth0
                autoconnect=true
                autoconnect-priority=100

                [ethernet]
                cloned-mac-address=preserve
                mtu=1400

                [ipv4]
                method=manual
                address1=192.0.2.7/24
                route1=0.0.0.0/0,192.0.2.1

                [ipv6]
                method=manual
                address1=2001:db8::7/64
                route1=::/0,2001:db8::1
                """);
    }

    @Test
    void nextHopsInNoNetworkOfTheInterface() {
        guest.write(ROUTED);

        assertThat(guest.path(CONNECTIONS + "/berth-eth1.nmconnection"))
                .content()
                .endsWith("""
                [ipv4]
                method=manual
                address1=198.51.100.7/32
                route1=255.255.255.254/32
                route2=0.0.0.0/0,255.255.255.254
                route2_options=onlink=true

                [ipv6]
                method=manual
                address1=2001:db8:1::7/128
                route1=::/0,fe80::1
                """);
    }

    @Test
    void anInterfaceThatAsksForItsAddresses() {
        guest.write(DHCP);

        assertThat(guest.path(CONNECTIONS + "/berth-eth2.nmconnection"))
                .content()
                .endsWith("""
                [ethernet]
                cloned-mac-address=preserve

                [ipv4]
                method=auto

                [ipv6]
                method=auto
                """);
    }

    @Test
    void aFamilyWithoutAddressesIsLeftToTheKernel() {
        guest.write(GuestFixture.netif("eth0", null, java.util.List.of()));

        assertThat(guest.path(CONNECTIONS + "/berth-eth0.nmconnection"))
                .content()
                .endsWith("""
                [ipv4]
                method=disabled

                [ipv6]
                method=ignore
                """);
    }

    @Test
    void othersMayNotReadAConnection() throws Exception {
        guest.write(BRIDGED);

        assertThat(java.nio.file.Files.getPosixFilePermissions(guest.path(CONNECTIONS + "/berth-eth0.nmconnection")))
                .hasToString("[OWNER_READ, OWNER_WRITE]");
    }

    @Test
    void aVethIsManagedThoughUdevSaysOtherwise() {
        guest.write(BRIDGED, DHCP);

        assertThat(guest.path("etc/NetworkManager/conf.d/10-berth.conf")).hasContent(MARK + """
                [device-berth]
                match-device=interface-name:eth0;interface-name:eth2
                managed=1
                """);
    }

    @Test
    void nothingStaysWhenTheLastInterfaceGoes() {
        guest.write(BRIDGED, DHCP);

        guest.write();

        assertThat(guest.path(CONNECTIONS)).isEmptyDirectory();
        assertThat(guest.path("etc/NetworkManager/conf.d")).isEmptyDirectory();
    }

    @Test
    void theGatewayOfTheFirstInterfaceCounts() {
        guest.write(GuestFixture.SECOND);

        assertThat(guest.path(CONNECTIONS + "/berth-eth3.nmconnection"))
                .content()
                .endsWith("""
                route1=255.255.255.254/32,0.0.0.0,1025
                route2=0.0.0.0/0,255.255.255.254,1025
                route2_options=onlink=true

                [ipv6]
                method=ignore
                """);
    }
}
