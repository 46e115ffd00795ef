package berth.engine.guest;

import static berth.engine.guest.GuestFixture.BRIDGED;
import static berth.engine.guest.GuestFixture.DHCP;
import static berth.engine.guest.GuestFixture.ROUTED;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetplanTest {
    private static final String MARK =
            "# Written by Berth whenever this container starts. 'chmod u-w' keeps the file as it is.\n";

    @TempDir
    private Path root;

    private GuestFixture guest = new GuestFixture(Path.of(""));

    @BeforeEach
    void ubuntu() {
        guest = new GuestFixture(root)
                .program("usr/lib/systemd/systemd-networkd", "usr/sbin/netplan")
                .directory("etc/systemd/network", "etc/netplan");
    }

    @Test
    void oneFileForAllInterfaces() {
        guest.write(BRIDGED, ROUTED, DHCP);

        assertThat(guest.path("etc/netplan/90-berth.yaml")).hasContent(MARK + """
                network:
                  version: 2
                  ethernets:
                    "eth0":
                      renderer: networkd
                      dhcp4: false
                      dhcp6: false
                      mtu: 1400
                      addresses:
                        - "192.0.2.7/24"
                        - "2001:db8::7/64"
                      routes:
                        - to: "0.0.0.0/0"
                          via: "192.0.2.1"
                        - to: "::/0"
                          via: "2001:db8::1"
                    "eth1":
                      renderer: networkd
                      dhcp4: false
                      dhcp6: false
                      addresses:
                        - "198.51.100.7/32"
                        - "2001:db8:1::7/128"
                      routes:
                        - to: "255.255.255.254/32"
                          scope: link
                        - to: "0.0.0.0/0"
                          via: "255.255.255.254"
                          on-link: true
                        - to: "::/0"
                          via: "fe80::1"
                    "eth2":
                      renderer: networkd
                      dhcp4: true
                      dhcp6: true
                """);
    }

    @Test
    void othersMayNotReadIt() throws Exception {
        guest.write(BRIDGED);

        assertThat(java.nio.file.Files.getPosixFilePermissions(guest.path("etc/netplan/90-berth.yaml")))
                .hasToString("[OWNER_READ, OWNER_WRITE]");
    }

    @Test
    void theFileGoesWithTheLastInterface() {
        guest.write(BRIDGED);

        guest.write();

        assertThat(guest.path("etc/netplan")).isEmptyDirectory();
    }

    @Test
    void theGatewayOfTheFirstInterfaceCounts() {
        guest.write(GuestFixture.SECOND);

        assertThat(guest.path("etc/netplan/90-berth.yaml")).content().endsWith("""
                      routes:
                        - to: "255.255.255.254/32"
                          scope: link
                          metric: 1025
                        - to: "0.0.0.0/0"
                          via: "255.255.255.254"
                          metric: 1025
                          on-link: true
                """);
    }
}
