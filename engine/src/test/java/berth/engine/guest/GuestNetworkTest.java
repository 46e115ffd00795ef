package berth.engine.guest;

import static berth.engine.guest.GuestFixture.BRIDGED;
import static berth.engine.guest.GuestFixture.DHCP;
import static berth.engine.guest.GuestFixture.ROUTED;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which manager is told, and what a guest may have prepared for whoever writes into its tree. */
class GuestNetworkTest {
    /** Guests as their distributions lay them out, with the file that is written for eth0. */
    enum Distro {
        DEBIAN("etc/network/interfaces") {
            @Override
            void layOut(GuestFixture guest) {
                guest.program("usr/sbin/ifup", "usr/lib/systemd/systemd-networkd")
                        .link("sbin", "usr/sbin")
                        .link("lib", "usr/lib")
                        .directory("etc/systemd/network", "etc/network/interfaces.d")
                        .file("etc/network/interfaces", "auto lo\niface lo inet loopback\n")
                        .enabled("networking.service");
            }
        },
        DEBIAN_WITH_NETWORKD("etc/systemd/network/10-berth-eth0.network") {
            @Override
            void layOut(GuestFixture guest) {
                DEBIAN.layOut(guest);
                guest.enabled("systemd-networkd.service");
            }
        },
        DEBIAN_WITH_A_DESKTOP("etc/network/interfaces") {
            @Override
            void layOut(GuestFixture guest) {
                DEBIAN.layOut(guest);
                guest.program("usr/sbin/NetworkManager")
                        .directory("etc/NetworkManager/system-connections", "etc/NetworkManager/conf.d")
                        .enabled("NetworkManager.service");
            }
        },
        UBUNTU("etc/netplan/90-berth.yaml") {
            @Override
            void layOut(GuestFixture guest) {
                guest.program("usr/share/netplan/netplan.script", "usr/lib/systemd/systemd-networkd")
                        .link("usr/sbin/netplan", "../share/netplan/netplan.script")
                        .link("lib", "usr/lib")
                        .directory("etc/netplan", "etc/systemd/network")
                        .enabled("systemd-networkd.service");
            }
        },
        ALPINE("etc/network/interfaces") {
            @Override
            void layOut(GuestFixture guest) {
                guest.program("bin/busybox")
                        .link("sbin/ifup", "/bin/busybox")
                        .directory("etc/network")
                        .link("etc/runlevels/boot/networking", "/etc/init.d/networking");
            }
        },
        FEDORA("etc/NetworkManager/system-connections/berth-eth0.nmconnection") {
            @Override
            void layOut(GuestFixture guest) {
                guest.program("usr/bin/NetworkManager", "usr/lib/systemd/systemd-networkd")
                        .link("usr/sbin", "bin")
                        .directory(
                                "etc/NetworkManager/system-connections",
                                "etc/NetworkManager/conf.d",
                                "etc/sysconfig/network-scripts",
                                "etc/systemd/network")
                        .enabled("NetworkManager.service");
            }
        },
        CENTOS_7("etc/sysconfig/network-scripts/ifcfg-eth0") {
            @Override
            void layOut(GuestFixture guest) {
                guest.program(
                                "etc/sysconfig/network-scripts/ifup-eth",
                                "usr/sbin/NetworkManager",
                                "usr/lib/systemd/systemd-networkd")
                        .directory("etc/NetworkManager/system-connections", "etc/NetworkManager/conf.d")
                        .link("etc/rc.d/rc3.d/S10network", "../init.d/network");
            }
        },
        ARCH("etc/systemd/network/10-berth-eth0.network") {
            @Override
            void layOut(GuestFixture guest) {
                guest.program("usr/lib/systemd/systemd-networkd").directory("etc/systemd/network");
            }
        },
        OPENSUSE("etc/sysconfig/network/ifcfg-eth0") {
            @Override
            void layOut(GuestFixture guest) {
                guest.program("usr/sbin/wicked", "usr/lib/systemd/systemd-networkd")
                        .directory("etc/sysconfig/network", "etc/systemd/network")
                        .enabled("wicked.service");
            }
        },
        TUMBLEWEED("etc/NetworkManager/system-connections/berth-eth0.nmconnection") {
            @Override
            void layOut(GuestFixture guest) {
                guest.program("usr/sbin/wicked", "usr/sbin/NetworkManager")
                        .directory(
                                "etc/sysconfig/network",
                                "etc/NetworkManager/system-connections",
                                "etc/NetworkManager/conf.d")
                        .enabled("NetworkManager.service");
            }
        },
        VOID("etc/runit/core-services/90-berth-network.sh") {
            @Override
            void layOut(GuestFixture guest) {
                guest.directory("etc/runit/core-services").file("etc/dhcpcd.conf", "duid\n");
            }
        },
        GENTOO("etc/conf.d/net") {
            @Override
            void layOut(GuestFixture guest) {
                guest.program("etc/init.d/net.lo").directory("etc/conf.d", "etc/runlevels/default");
            }
        };

        private final String file;

        Distro(String file) {
            this.file = file;
        }

        abstract void layOut(GuestFixture guest);
    }

    @TempDir
    private Path root;

    private GuestFixture guest = new GuestFixture(Path.of(""));

    @BeforeEach
    void aGuest() {
        guest = new GuestFixture(root);
    }

    @ParameterizedTest
    @EnumSource
    void theManagerThatIsUsedIsTold(Distro distro) {
        distro.layOut(guest);

        assertThat(guest.write(BRIDGED)).isTrue();

        assertThat(guest.path(distro.file)).content().contains("192.0.2.7").containsIgnoringCase("berth");
        assertThat(guest.notes()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void writingTheSameAgainChangesNothing(Distro distro) {
        distro.layOut(guest);
        guest.write(BRIDGED, ROUTED, DHCP);
        String before = guest.state();

        guest.write(BRIDGED, ROUTED, DHCP);

        assertThat(guest.state()).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    void aGuestThatNeverHadAnInterfaceIsNotTouched(Distro distro) {
        distro.layOut(guest);
        String before = guest.state();

        guest.write();

        assertThat(guest.state()).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    void aFileThatItsOwnerMayNotWriteStaysAndIsTold(Distro distro) {
        distro.layOut(guest);
        guest.write(DHCP, BRIDGED);
        guest.mode(distro.file, "r--r--r--");

        guest.write(DHCP, GuestFixture.netif("eth0", null, List.of("203.0.113.9/24")));
        guest.write();

        assertThat(guest.path(distro.file)).content().contains("192.0.2.7");
        assertThat(guest.notes()).contains("/%s is left alone: its owner may not write it".formatted(distro.file));
    }

    @ParameterizedTest
    @EnumSource
    void aLinkLeadsNowhereOutOfTheTree(Distro distro) throws Exception {
        Path tree = Files.createDirectory(root.resolve("tree"));
        Path victim = Files.writeString(root.resolve("victim"), "untouched");
        guest = new GuestFixture(tree);
        distro.layOut(guest);
        Files.deleteIfExists(guest.path(distro.file));
        guest.link(distro.file, "../".repeat(8) + victim);

        guest.write(BRIDGED);
        guest.write();

        assertThat(victim).hasContent("untouched");
        assertThat(guest.path(distro.file)).isSymbolicLink();
    }

    @Test
    void aDirectoryThatIsALinkOutOfTheTreeIsHarmless() throws Exception {
        Path tree = Files.createDirectory(root.resolve("tree"));
        Path outside = Files.createDirectory(root.resolve("outside"));
        Files.writeString(outside.resolve("interfaces"), "untouched");
        guest = new GuestFixture(tree).program("sbin/ifup").link("etc/network", outside.toString());

        assertThat(guest.write(BRIDGED)).isFalse();

        assertThat(outside.resolve("interfaces")).hasContent("untouched");
        assertThat(outside.toFile().list()).containsExactly("interfaces");
    }

    @Test
    void aLinkThatIsADirectoryInsideIsFollowed() {
        guest.program("sbin/ifup").directory("srv/network").link("etc/network", "/srv/network");

        guest.write(BRIDGED);

        assertThat(guest.path("srv/network/interfaces")).content().contains("192.0.2.7");
    }

    @Test
    void whatIsNoFileIsNotWaitedFor() {
        guest.program("sbin/ifup").directory("etc/network/interfaces");

        guest.write(BRIDGED);

        assertThat(guest.notes()).containsExactly("/etc/network/interfaces is left alone: it cannot be read");
    }

    @Test
    void aGuestWithoutAKnownManagerKeepsWhatTheKernelHas() {
        guest.program("bin/busybox").link("sbin/ifup", "/bin/busybox").directory("etc/init.d");
        String before = guest.state();

        assertThat(guest.write(BRIDGED)).isFalse();

        assertThat(guest.state()).isEqualTo(before);
        assertThat(guest.notes()).isEmpty();
    }

    @Test
    void anEmptyTreeIsNoGuestToTell() {
        assertThat(guest.write(BRIDGED)).isFalse();
    }

    @Test
    void aManagerThatIsMaskedIsNotUsed() {
        Distro.ARCH.layOut(guest);
        guest.link("etc/systemd/system/systemd-networkd.service", "/dev/null");

        assertThat(guest.write(BRIDGED)).isFalse();
    }

    @Test
    void whatAnotherManagerWasToldGoesWithIt() {
        Distro.DEBIAN.layOut(guest);
        guest.write(BRIDGED);

        guest.enabled("systemd-networkd.service").write(BRIDGED);

        assertThat(guest.path("etc/network/interfaces")).hasContent("auto lo\niface lo inet loopback\n");
        assertThat(guest.path("etc/systemd/network/10-berth-eth0.network")).exists();
    }
}
