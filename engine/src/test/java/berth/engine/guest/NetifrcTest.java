package berth.engine.guest;

import static berth.engine.guest.GuestFixture.BRIDGED;
import static berth.engine.guest.GuestFixture.DHCP;
import static berth.engine.guest.GuestFixture.ROUTED;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetifrcTest {
    private static final String USERS = "# my network\nconfig_wg0=\"10.0.0.1/24\"\n";

    @TempDir
    private Path root;

    private GuestFixture guest = new GuestFixture(Path.of(""));

    @BeforeEach
    void gentoo() {
        guest = new GuestFixture(root)
                .program("etc/init.d/net.lo")
                .directory("etc/runlevels/default")
                .file("etc/conf.d/net", USERS);
    }

    @Test
    void aBlockForAllInterfaces() {
        guest.write(BRIDGED, ROUTED, DHCP);

        assertThat(guest.path("etc/conf.d/net")).hasContent(USERS + """
                # BEGIN berth: written whenever this container starts; 'chmod u-w' keeps the file as it is
                # interfaces: eth0 eth1 eth2
                config_eth0="192.0.2.7/24
                2001:db8::7/64"
                routes_eth0="default via 192.0.2.1
                default via 2001:db8::1"
                mtu_eth0="1400"
                config_eth1="198.51.100.7/32
                2001:db8:1::7/128"
                routes_eth1="255.255.255.254/32
                default via 255.255.255.254 onlink
                default via fe80::1"
                config_eth2="dhcp"
                # END berth
                """);
    }

    @Test
    void eachInterfaceIsAServiceThatIsStarted() {
        guest.write(BRIDGED);

        assertThat(guest.path("etc/init.d/net.eth0").toFile()).exists();
        assertThat(guest.path("etc/runlevels/default/net.eth0")).isSymbolicLink();
    }

    @Test
    void whatWasWrittenGoesAndTheUsersLinesStay() {
        guest.write(BRIDGED, DHCP);

        guest.write();

        assertThat(guest.path("etc/conf.d/net")).hasContent(USERS);
        assertThat(guest.path("etc/runlevels/default")).isEmptyDirectory();
        assertThat(guest.path("etc/init.d")).isDirectoryNotContaining("glob:**/net.eth?");
    }

    @Test
    void namesThatAGuestMadeUpLeadNowhere() {
        String made = "# BEGIN berth\n# interfaces: ../../etc/passwd . eth7\n# END berth\n";
        guest.file("etc/conf.d/net", made).file("etc/passwd", "root").write(BRIDGED);

        assertThat(guest.path("etc/passwd")).hasContent("root");
        assertThat(guest.notes()).isEmpty();
    }

    @Test
    void aServiceThatIsNoLinkOfOursStays() {
        guest.write(BRIDGED);
        guest.remove("etc/init.d/net.eth0").file("etc/init.d/net.eth0", "mine");

        guest.write();

        assertThat(guest.path("etc/init.d/net.eth0")).hasContent("mine");
    }

    @Test
    void theGatewayOfTheFirstInterfaceCounts() {
        guest.write(GuestFixture.SECOND);

        assertThat(guest.path("etc/conf.d/net")).content().endsWith("""
                routes_eth3="255.255.255.254/32 metric 1025
                default via 255.255.255.254 metric 1025 onlink"
                # END berth
                """);
    }
}
