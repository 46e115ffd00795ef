package berth.engine.guest;

import static berth.engine.guest.GuestFixture.BRIDGED;
import static berth.engine.guest.GuestFixture.DHCP;
import static berth.engine.guest.GuestFixture.ROUTED;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkdTest {
    private static final String MARK =
            "# Written by Berth whenever this container starts. 'chmod u-w' keeps the file as it is.\n";

    @TempDir
    private Path root;

    private GuestFixture guest = new GuestFixture(Path.of(""));

    @BeforeEach
    void arch() {
        guest = new GuestFixture(root)
                .program("usr/lib/systemd/systemd-networkd")
                .directory("etc/systemd/network")
                .enabled("systemd-networkd.service");
    }

    @Test
    void addressesAndTheWayOut() {
        guest.write(BRIDGED);

        assertThat(guest.path("etc/systemd/network/10-berth-eth0.network")).hasContent(MARK + """
                [Match]
                Name=eth0

                [Link]
                MTUBytes=1400

                [Network]
                DHCP=no
                Address=192.0.2.7/24
                Address=2001:db8::7/64

                [Route]
                Destination=0.0.0.0/0
                Gateway=192.0.2.1

                [Route]
                Destination=::/0
                Gateway=2001:db8::1
                """);
    }

    @Test
    void nextHopsInNoNetworkOfTheInterface() {
        guest.write(ROUTED);

        assertThat(guest.path("etc/systemd/network/10-berth-eth1.network")).hasContent(MARK + """
                [Match]
                Name=eth1

                [Network]
                DHCP=no
                Address=198.51.100.7/32
                Address=2001:db8:1::7/128

                [Route]
                Destination=255.255.255.254/32
                Scope=link

                [Route]
                Destination=0.0.0.0/0
                Gateway=255.255.255.254
                GatewayOnlink=yes

                [Route]
                Destination=::/0
                Gateway=fe80::1
                """);
    }

    @Test
    void anInterfaceThatAsksForItsAddresses() {
        guest.write(DHCP);

        assertThat(guest.path("etc/systemd/network/10-berth-eth2.network")).hasContent(MARK + """
                [Match]
                Name=eth2

                [Network]
                DHCP=yes
                """);
    }

    @Test
    void whatWasWrittenForAnInterfaceGoesWithIt() {
        guest.write(BRIDGED, ROUTED, DHCP);

        guest.write(ROUTED);

        assertThat(guest.path("etc/systemd/network"))
                .isDirectoryContaining("glob:**/10-berth-eth1.network")
                .isDirectoryNotContaining("glob:**/10-berth-eth0.network")
                .isDirectoryNotContaining("glob:**/10-berth-eth2.network");
    }

    @Test
    void aUsersFileOfTheSameNameStays() {
        guest.file("etc/systemd/network/10-berth-eth0.network", "mine");

        guest.write(BRIDGED);
        guest.write();

        assertThat(guest.path("etc/systemd/network/10-berth-eth0.network")).hasContent("mine");
        assertThat(guest.notes())
                .containsExactly(
                        "/etc/systemd/network/10-berth-eth0.network is left alone: it was not written by Berth");
    }

    @Test
    void theGatewayOfTheFirstInterfaceCounts() {
        guest.write(GuestFixture.SECOND);

        assertThat(guest.path("etc/systemd/network/10-berth-eth3.network"))
                .content()
                .endsWith("""

                [Route]
                Destination=255.255.255.254/32
                Scope=link
                Metric=1025

                [Route]
                Destination=0.0.0.0/0
                Gateway=255.255.255.254
                Metric=1025
                GatewayOnlink=yes
                """);
    }
}
