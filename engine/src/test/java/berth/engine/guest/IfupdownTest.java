package berth.engine.guest;

import static berth.engine.guest.GuestFixture.BRIDGED;
import static berth.engine.guest.GuestFixture.DHCP;
import static berth.engine.guest.GuestFixture.ROUTED;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IfupdownTest {
    private static final String FILE = "etc/network/interfaces";
    private static final String BEGIN =
            "# BEGIN berth: written whenever this container starts; 'chmod u-w' keeps the file as it is\n";
    private static final String USERS = """
            # This file describes the network interfaces available on your system
            source /etc/network/interfaces.d/*

            auto lo
            iface lo inet loopback
            """;

    @TempDir
    private Path root;

    private GuestFixture guest = new GuestFixture(Path.of(""));

    @BeforeEach
    void debian() {
        guest = new GuestFixture(root)
                .program("usr/sbin/ifup")
                .link("sbin", "usr/sbin")
                .directory("etc/network/interfaces.d")
                .file(FILE, USERS);
    }

    @Test
    void aBlockForAllInterfaces() {
        guest.write(BRIDGED, ROUTED, DHCP);

        assertThat(guest.path(FILE)).hasContent(USERS + BEGIN + """
                auto eth0
                iface eth0 inet manual
                    pre-up ip link set dev eth0 mtu 1400
                    up ip link set dev eth0 up
                    up ip addr replace 192.0.2.7/24 broadcast 192.0.2.255 dev eth0
                    up ip -6 addr replace 2001:db8::7/64 dev eth0
                    up ip route replace default via 192.0.2.1 dev eth0
                    up ip -6 route replace default via 2001:db8::1 dev eth0
                    down ip link set dev eth0 down
                auto eth1
                iface eth1 inet manual
                    up ip link set dev eth1 up
                    up ip addr replace 198.51.100.7/32 dev eth1
                    up ip -6 addr replace 2001:db8:1::7/128 dev eth1
                    up ip route replace 255.255.255.254/32 dev eth1
                    up ip route replace default via 255.255.255.254 dev eth1 onlink
                    up ip -6 route replace default via fe80::1 dev eth1
                    down ip link set dev eth1 down
                auto eth2
                iface eth2 inet dhcp
                # END berth
                """);
    }

    @Test
    void aGuestWithoutTheFileGetsLoopbackToo() {
        guest.remove(FILE);

        guest.write(DHCP);
        guest.write(DHCP);

        assertThat(guest.path(FILE)).hasContent(BEGIN + """
                auto lo
                iface lo inet loopback
                auto eth2
                iface eth2 inet dhcp
                # END berth
                """);
    }

    @Test
    void theBlockStaysWhereItIs() {
        guest.write(DHCP);
        String added = "auto wg0\niface wg0 inet manual\n";
        guest.file(FILE, USERS + BEGIN + "auto old\n# END berth\n" + added);

        guest.write(DHCP);

        assertThat(guest.path(FILE))
                .hasContent(USERS + BEGIN + "auto eth2\niface eth2 inet dhcp\n# END berth\n" + added);
    }

    @Test
    void whatTheFileSaysOfTheSameInterfaceIsOutOfForceMeanwhile() {
        String own = """
                auto eth0
                # by hand
                iface eth0 inet dhcp
                    up logger \\
                        eth0 is up
                iface wg0 inet manual
                    up true
                """;
        guest.file(FILE, own).write(BRIDGED);

        assertThat(guest.path(FILE)).content().startsWith("""
                #berth# auto eth0
                # by hand
                #berth# iface eth0 inet dhcp
                #berth#     up logger \\
                #berth#         eth0 is up
                iface wg0 inet manual
                    up true
                """ + BEGIN);

        guest.write();

        assertThat(guest.path(FILE)).hasContent(own);
    }

    /** busybox takes a name only once. */
    @Test
    void aNameThatIsBroughtUpWithOthersIsNotNamedAgain() {
        guest.file(FILE, "auto lo eth2\niface lo inet loopback\n").write(DHCP);

        assertThat(guest.path(FILE)).hasContent("auto lo eth2\niface lo inet loopback\n" + BEGIN + """
                iface eth2 inet dhcp
                # END berth
                """);
    }

    @Test
    void anInterfaceInAFileThatIsReadBesideIsLeftToIt() {
        guest.file("etc/network/interfaces.d/mine", "auto eth0\niface eth0 inet dhcp\n")
                .write(BRIDGED, DHCP);

        assertThat(guest.path(FILE)).content().doesNotContain("iface eth0").contains("iface eth2");
        assertThat(guest.path("etc/network/interfaces.d/mine")).hasContent("auto eth0\niface eth0 inet dhcp\n");
        assertThat(guest.notes())
                .containsExactly("/etc/network/interfaces leaves eth0 to a file in /etc/network/interfaces.d");
    }

    @Test
    void aFileThatIsNotReadSaysNothing() {
        guest.file(FILE, "auto lo\n")
                .file("etc/network/interfaces.d/mine", "iface eth0 inet dhcp\n")
                .write(BRIDGED);

        assertThat(guest.path(FILE)).content().contains("iface eth0 inet manual");
    }

    @Test
    void theBlockGoesWithTheLastInterface() {
        guest.write(BRIDGED, ROUTED);

        guest.write();

        assertThat(guest.path(FILE)).hasContent(USERS);
    }

    @Test
    void aBlockWithoutItsEndIsNotGuessed() {
        guest.file(FILE, BEGIN + "auto eth0\n").write(BRIDGED);

        assertThat(guest.path(FILE)).hasContent(BEGIN + "auto eth0\n");
        assertThat(guest.notes()).containsExactly("/etc/network/interfaces is left alone: its block has no end");
    }

    @Test
    void bytesOfAnyEncodingStay() throws Exception {
        byte[] latin = "# caf\u00e9\n".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        java.nio.file.Files.write(guest.path(FILE), latin);

        guest.write(DHCP);

        assertThat(java.nio.file.Files.readAllBytes(guest.path(FILE))).startsWith(latin);
    }

    @Test
    void theFileKeepsItsMode() throws Exception {
        guest.mode(FILE, "rw-r-----").write(DHCP);

        assertThat(java.nio.file.Files.getPosixFilePermissions(guest.path(FILE)))
                .isEqualTo(java.nio.file.attribute.PosixFilePermissions.fromString("rw-r-----"));
    }
}
