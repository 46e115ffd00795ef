package berth.engine.guest;

import static berth.engine.guest.GuestFixture.BRIDGED;
import static berth.engine.guest.GuestFixture.DHCP;
import static berth.engine.guest.GuestFixture.ROUTED;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunitTest {
    private static final String MARK =
            "# Written by Berth whenever this container starts. 'chmod u-w' keeps the file as it is.\n";

    private static final String SCRIPT = "etc/runit/core-services/90-berth-network.sh";
    private static final String USERS = "duid\ninterface wlan0\nstatic ip_address=10.0.0.1/24\n";

    @TempDir
    private Path root;

    private GuestFixture guest = new GuestFixture(Path.of(""));

    @BeforeEach
    void voidLinux() {
        guest = new GuestFixture(root).directory("etc/runit/core-services").file("etc/dhcpcd.conf", USERS);
    }

    @Test
    void aScriptForTheFirstStage() {
        guest.write(BRIDGED, ROUTED, DHCP);

        assertThat(guest.path(SCRIPT)).hasContent(MARK + """
                ip link set dev eth0 up mtu 1400
                ip addr replace 192.0.2.7/24 broadcast 192.0.2.255 dev eth0
                ip -6 addr replace 2001:db8::7/64 dev eth0
                ip route replace default via 192.0.2.1 dev eth0
                ip -6 route replace default via 2001:db8::1 dev eth0
                ip link set dev eth1 up
                ip addr replace 198.51.100.7/32 dev eth1
                ip -6 addr replace 2001:db8:1::7/128 dev eth1
                ip route replace 255.255.255.254/32 dev eth1
                ip route replace default via 255.255.255.254 dev eth1 onlink
                ip -6 route replace default via fe80::1 dev eth1
                ip link set dev eth2 up
                [ -e /etc/runit/runsvdir/default/dhcpcd ] || [ -e /etc/runit/runsvdir/default/dhcpcd-eth2 ] || dhcpcd -q -b eth2
                """);
    }

    @Test
    void theDhcpClientLeavesTheOthersAlone() {
        guest.write(BRIDGED, ROUTED, DHCP);

        assertThat(guest.path("etc/dhcpcd.conf")).hasContent("""
                # BEGIN berth: written whenever this container starts; 'chmod u-w' keeps the file as it is
                denyinterfaces eth0 eth1
                # END berth
                """ + USERS);
    }

    @Test
    void whatWasWrittenGoesAndTheUsersLinesStay() {
        guest.write(BRIDGED, DHCP);

        guest.write();

        assertThat(guest.path(SCRIPT)).doesNotExist();
        assertThat(guest.path("etc/dhcpcd.conf")).hasContent(USERS);
    }

    @Test
    void withoutADhcpClientNoConfigurationIsMadeForOne() {
        guest.remove("etc/dhcpcd.conf").write(BRIDGED);

        assertThat(guest.path("etc/dhcpcd.conf")).doesNotExist();
    }
}
