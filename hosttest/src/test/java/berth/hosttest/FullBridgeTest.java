package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * As many containers on one bridge as a host may have: the kernel lets a bridge have 1024 ports. Most of a thousand are taken by
 * others, unless {@code -Dberth.bridge=1000} has containers on all of them.
 */
@Tag("alone")
final class FullBridgeTest {
    private static final int PORTS = 1000;
    private static final int CONTAINERS = Integer.getInteger("berth.bridge", 100);
    private static final int AT_ONCE = 50;

    @RegisterExtension
    static final Host host = Host.withBusyboxInNetworkOfItsOwn();

    /** What a host of so many containers must have more of than the kernel's own choice; see docs/networks.md. */
    private static final Map<Path, String> SETTINGS = Map.of(
            Path.of("/proc/sys/kernel/pty/max"), "65536",
            Path.of("/proc/sys/net/ipv4/neigh/default/gc_thresh3"), "8192");

    private static final Map<Path, String> USUAL = new HashMap<>();

    @BeforeAll
    static void aHostForManyContainers() throws IOException {
        for (Path setting : SETTINGS.keySet()) {
            // In one piece: who comes for one byte first, as readString does, is given no more.
            try (InputStream in = Files.newInputStream(setting)) {
                USUAL.put(setting, new String(in.readNBytes(100), StandardCharsets.US_ASCII));
            }
            Files.writeString(setting, SETTINGS.get(setting));
        }
    }

    @AfterAll
    static void theHostIsAsItWas() throws IOException {
        for (Path setting : USUAL.keySet()) {
            Files.writeString(setting, USUAL.get(setting));
        }
    }

    private static void forAll(Consumer<String> ids) {
        Batches.of(CONTAINERS, AT_ONCE).forEach(ids);
    }

    @AfterEach
    void theyAreDeletedTogether() {
        forAll(ids -> host.osctl("ct del -f " + ids));
    }

    @Test
    void aNetworkWithAThousandPortsServesAllItsContainers() {
        host.given("network new nat --subnet 10.78.0.0/16 net0");
        assertThat(host.networkShell(("for i in $(seq %d); do ip link add other$i type veth peer peer$i"
                                        + " && ip link set other$i master net0 up || exit; done")
                                .formatted(PORTS - CONTAINERS))
                        .run())
                .succeeds();
        forAll(ids -> assertThat(host.shell(("for id in %s; do osctl ct new --image busybox $id"
                                        + " && osctl ct netif new bridge --link net0 $id eth0 || exit; done")
                                .formatted(ids))
                        .run())
                .succeeds());

        forAll(ids -> host.given("ct start " + ids));

        assertThat(host.osctl("ct ls -H -o state -S running").stdout().lines()).hasSize(CONTAINERS);
        List<String> addresses = host.osctl("network addresses -H -o addr net0")
                .stdout()
                .lines()
                .map(String::strip)
                .toList();
        assertThat(addresses).hasSize(CONTAINERS).doesNotHaveDuplicates();
        // Every one of them answers the host.
        assertThat(host.networkShell("for a in %s; do busybox ping -c 1 -W 2 $a >/dev/null || echo $a; done"
                                .formatted(String.join(" ", addresses)))
                        .run())
                .succeeds()
                .prints("");
        assertThat(host.osctl("ct exec c%d udhcpc -i eth0 -n -q -t 5 -T 1".formatted(CONTAINERS)))
                .succeeds();
    }
}
