package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the host lacks, and what is broken or unusual about what is on it. */
@Tag("alone")
final class DoctorTest {
    private static final String INSTANCES = "fs.inotify.max_user_instances";

    @RegisterExtension
    static final Host host = Host.withBusybox();

    private KernelSettings usual = new KernelSettings(List.of());

    @BeforeEach
    void howTheMachineIs() {
        usual = new KernelSettings(KernelSettings.thatTheDoctorKnows(host));
    }

    @AfterEach
    void theMachineIsAsItWas() throws IOException {
        Files.deleteIfExists(file());
        usual.close();
    }

    private static Path file() {
        return Path.of("/etc/sysctl.d", "60-%s.conf".formatted(host.instance()));
    }

    private static Map<String, Long> values() {
        return KernelSettings.thatTheDoctorKnows(host).stream().collect(toMap(n -> n, KernelSettings::value));
    }

    private static List<String> low(int containers) {
        return KernelSettings.thatAreLow(host, containers);
    }

    @Test
    void everythingThatContainersNeedIsLookedAt() {
        assertThat(host.osctl("doctor --everything"))
                .mentions("AppArmor", "user namespaces", "cgroup controller memory", "newuidmap", "package uidmap")
                .mentions("kernel.pty.max", "fs.inotify.max_user_watches", "kernel.keys.maxkeys", "vm.max_map_count");
    }

    @Test
    void moreContainersNeedMore() {
        assertThat(low(1)).doesNotContain("net.ipv4.neigh.default.gc_thresh3");
        assertThat(low(100000)).contains("net.ipv4.neigh.default.gc_thresh3", "kernel.pty.max");
        assertThat(host.osctl("doctor --containers 0")).fails(Status.INVALID);
    }

    @Test
    void whatIsTooLowIsRaisedNowAndForEveryBootAndNothingIsLowered() {
        KernelSettings.set(INSTANCES, "128");
        KernelSettings.set("vm.max_map_count", "300000");
        Map<String, Long> before = values();
        assertThat(low(300)).contains(INSTANCES, "kernel.pty.max");

        assertThat(host.osctl("doctor --containers 300 --fix").stderr())
                .contains(INSTANCES + " is 1024 now", file().toString());

        assertThat(low(300)).isEmpty();
        assertThat(KernelSettings.value(INSTANCES)).isEqualTo(1024);
        assertThat(KernelSettings.value("vm.max_map_count")).isEqualTo(300_000);
        assertThat(values()).allSatisfy((name, value) -> assertThat(value).isGreaterThanOrEqualTo(before.get(name)));
        assertThat(file()).content().contains(INSTANCES + " = 1024\n").doesNotContain("vm.max_map_count");

        host.osctl("doctor --containers 400 --fix");
        assertThat(file()).content().containsOnlyOnce("kernel.pty.max").contains("kernel.pty.max = 412000\n");
    }

    @Test
    void aHealthyInstanceHasNothingToTell() {
        host.given("ct new --image busybox web", "ct start web");

        assertThat(host.osctl("healthcheck")).succeeds().mentions("nothing is broken or unusual");
        assertThat(host.json("healthcheck tank")).isEmpty();
        assertThat(host.json("ct healthcheck web")).isEmpty();
    }

    @Test
    void aLostLayerAndALostLinkAreNamed() throws IOException {
        host.given("ct new --image busybox web", "ct netif new macvlan --link nosuchlink0 web eth0");
        Path layer = host.pool("tank").resolve("ct").resolve("web");
        Path elsewhere = host.scratch().resolve("web");
        Files.move(layer, elsewhere);

        Result result = host.osctl("ct healthcheck web");

        Files.move(elsewhere, layer);
        assertThat(result).exits(1).mentions("its layer web is gone", "the link nosuchlink0 of its interface eth0");
    }

    @Test
    void anUnreadableConfigurationIsNamed() throws IOException {
        host.given("ct new --image busybox web");
        Path file = host.pool("tank").resolve("conf/ct/web.yml");
        String good = Host.read(file);
        host.daemon().stop();
        Host.write(file, "nonsense: [");
        host.startDaemon();

        assertThat(host.osctl("healthcheck tank")).exits(1).mentions("container web", "cannot be read");

        host.daemon().stop();
        Host.write(file, good);
        Files.delete(file.resolveSibling("web.yml.broken"));
        host.startDaemon();
        assertThat(host.osctl("healthcheck tank")).succeeds();
    }
}
