package berth.engine.network.managed;

import static org.assertj.core.api.Assertions.assertThat;

import berth.linux.netlink.IpPrefix;
import berth.linux.netlink.MacAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NameServiceFilesTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    private NameServiceFiles files;

    NameServiceFilesTest() {
        files = new NameServiceFiles(Path.of("run"), Path.of("state"));
    }

    @BeforeEach
    void make() {
        files = new NameServiceFiles(directory.resolve("run"), directory.resolve("state"));
        files.make();
    }

    private static Port port(String name) {
        return new Port(
                "net0",
                "tank:" + name,
                "eth0",
                "i.tank." + name,
                MacAddress.parse("02:00:00:00:00:01"),
                List.of(IpPrefix.parse("10.0.5.7/24"), IpPrefix.parse("fd00:5::7/64")),
                false);
    }

    @Test
    void aNetworkThatLeadsNowhereAnswersForItselfOnly() {
        assertThat(files.text(Network.of("net0", NetworkKind.HOST_ONLY, "10.0.5.0/24", null)))
                .contains("no-resolv\n", "dhcp-option=option:router\n", "dhcp-range=10.0.5.0,static,1h\n");
        assertThat(files.text(Network.of("net0", NetworkKind.NAT, "10.0.5.0/24", null)))
                .doesNotContain("no-resolv", "enable-ra");
    }

    @Test
    void aContainerIsToldOfInBothDirectories() throws IOException {
        files.put(port("web"));
        files.putNames(port("web"), "example.test");

        assertThat(Files.readString(directory.resolve("run/hosts/i.tank.web")))
                .isEqualTo("02:00:00:00:00:01,10.0.5.7,[fd00:5::7],web\n");
        assertThat(Files.readString(directory.resolve("run/names/i.tank.web")))
                .isEqualTo("10.0.5.7 web.example.test web\nfd00:5::7 web.example.test web\n");
    }

    @Test
    void aNameThatIsNoHostNameIsLeftOut() throws IOException {
        files.put(port("my_web"));
        files.putNames(port("my_web"), "example.test");

        assertThat(Files.readString(directory.resolve("run/hosts/i.tank.my_web")))
                .isEqualTo("02:00:00:00:00:01,10.0.5.7,[fd00:5::7]\n");
        assertThat(directory.resolve("run/names/i.tank.my_web")).doesNotExist();
    }

    @Test
    void whatIsGoneIsForgotten() {
        files.put(port("web"));
        files.put(port("db"));

        files.keepOnly(List.of(port("db")));

        assertThat(directory.resolve("run/hosts/i.tank.web")).doesNotExist();
        assertThat(directory.resolve("run/hosts/i.tank.db")).exists();
    }

    @Test
    void leasesOfBothFamiliesAreRead() throws IOException {
        Files.writeString(files.leases(), """
                1700000000 02:00:00:00:00:01 10.0.5.7 web 01:02:00:00:00:00:01
                duid 00:01:00:01
                0 12345 fd00:5::7 * 00:01
                """);

        assertThat(Lease.read(files.leases())).hasSize(2).first().satisfies(l -> {
            assertThat(l.address()).isEqualTo("10.0.5.7");
            assertThat(l.hostname()).contains("web");
            assertThat(l.expires()).isPresent();
        });
    }
}
