package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class PoolTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    private static final Path AWAY = host.scratch().resolve("away");

    private static void aSecondPool() {
        host.given("pool install --path %s other".formatted(host.pool("other")), "image build busybox --pool other");
    }

    @AfterEach
    void withoutTheSecondPool() throws IOException {
        if (Files.exists(AWAY)) {
            host.daemon().destroy();
            Files.move(AWAY, host.pool("other"));
            host.startDaemon();
        }
        host.shell("umount " + host.pool("other")).run();
        host.osctl("pool import other");
        host.shell("for c in $(osctl ct ls -H -o id --pool other); do osctl ct del -f --purge other:$c; done")
                .run();
        host.osctl("pool uninstall other");
        // Busy until then if a container ran on it.
        host.shell("umount %1$s; rm -rf %1$s".formatted(host.pool("other"))).run();
    }

    @Test
    void aPoolIsListedWithWhatIsInIt() {
        host.given("ct new --image busybox web");

        assertThat(host.osctl("pool ls")).mentions("tank");
        assertThat(host.json("pool show tank").get("containers").asInt()).isEqualTo(1);
    }

    @Test
    void anExportedPoolIsGoneUntilItIsImported() {
        aSecondPool();
        host.given("ct new --image busybox other:web");

        assertThat(host.osctl("pool export other")).succeeds();
        assertThat(host.osctl("ct ls")).doesNotMention("web");

        assertThat(host.osctl("pool import other")).succeeds();
        assertThat(host.osctl("ct ls")).mentions("web");
        assertThat(host.osctl("ct start other:web")).succeeds();
    }

    @Test
    void anUninstalledPoolKeepsItsDataAndCanBeInstalledAgain() {
        aSecondPool();
        host.given("ct new --image busybox other:web", "pool uninstall other");

        assertThat(host.osctl("pool install --path %s other".formatted(host.pool("other"))))
                .succeeds();

        assertThat(host.osctl("ct start other:web")).succeeds();
    }

    @Test
    void aPoolWithRunningContainersIsNeitherExportedNorUninstalled() {
        aSecondPool();
        host.given("ct new --image busybox other:web", "ct start other:web");

        assertThat(host.osctl("pool uninstall other")).fails(Status.IN_USE).complains("other", "web");
        assertThat(host.osctl("pool export --no-stop-containers other"))
                .fails(Status.IN_USE)
                .complains("other", "web");

        assertThat(host.state("other:web")).isEqualTo("running");
    }

    @Test
    void thePoolThatWasInstalledFirstIsTheDefault() {
        aSecondPool();

        host.given("ct new --image busybox web");

        assertThat(host.osctl("ct ls -H -o pool,id")).prints("tank  web");
    }

    @Test
    void anIdThatSeveralPoolsHaveMustNameOne() {
        aSecondPool();
        host.given("ct new --image busybox web", "ct new --image busybox other:web");

        assertThat(host.osctl("ct start web")).fails(Status.INVALID).complains("other:web", "tank:web");
        assertThat(host.osctl("ct start other:web")).succeeds();

        assertThat(host.state("other:web")).isEqualTo("running");
        assertThat(host.state("tank:web")).isEqualTo("stopped");
    }

    @Test
    void aPoolWhoseDirectoryIsMissingKeepsNoOtherPoolFromWorking() throws IOException {
        aSecondPool();
        host.given("ct new --image busybox web");
        host.daemon().stop();
        Files.move(host.pool("other"), AWAY);

        host.startDaemon();

        assertThat(host.osctl("ct start web")).succeeds();
        assertThat(host.osctl("pool ls")).mentions("other", "tank");
        assertThat(host.osctl("ct new --image busybox other:x"))
                .fails(Status.WRONG_STATE)
                .complains("other", "does not exist");

        Files.move(AWAY, host.pool("other"));
        assertThat(host.osctl("pool import other")).succeeds();
        assertThat(host.osctl("ct new --image busybox other:x")).succeeds();
    }

    @Test
    void aPoolThatIsReadOnlyKeepsNoOtherPoolFromWorking() {
        aSecondPool();
        host.given("ct new --image busybox web");
        host.daemon().stop();
        String path = host.pool("other").toString();
        assertThat(host.shell("mount --bind %1$s %1$s && mount -o remount,bind,ro %1$s".formatted(path))
                        .run())
                .succeeds();

        host.startDaemon();

        assertThat(host.osctl("ct start web")).succeeds();
        assertThat(host.osctl("ct new --image busybox other:x"))
                .fails(Status.WRONG_STATE)
                .complains("other", "read-only");

        assertThat(host.shell("umount " + path).run()).succeeds();
        assertThat(host.osctl("pool import other")).succeeds();
        assertThat(host.osctl("ct new --image busybox other:x")).succeeds();
    }

    @Test
    void aBrokenConfigurationFileIsSetAsideAndKeepsNothingElseFromWorking() {
        host.given("ct new --image busybox web", "ct new --image busybox broken");
        host.daemon().stop();
        Path file = host.pool("tank").resolve("conf/ct/broken.yml");
        String before = Host.read(file);
        Host.write(file, "id: [this is\n  not: yaml");

        host.startDaemon();

        assertThat(host.osctl("ct start web")).succeeds();
        assertThat(host.osctl("ct show broken").status()).isNotZero();
        assertThat(host.daemon().log()).contains("broken.yml");

        host.daemon().stop();
        assertThat(host.shell("rm -f %s*".formatted(file)).run()).succeeds();
        Host.write(file, before);
        host.startDaemon();
        assertThat(host.osctl("ct start broken")).succeeds();
    }

    @Test
    void createOnAFullDiskFailsAndLeavesNothing() {
        Path pool = host.pool("other");
        assertThat(host.shell("mkdir -p %1$s && mount -t tmpfs -o size=12m,mode=0711 tmpfs %1$s".formatted(pool))
                        .run())
                .succeeds();
        aSecondPool();
        assertThat(host.shell("dd if=/dev/zero of=%s/filler bs=4k 2> /dev/null; true".formatted(pool))
                        .run())
                .succeeds();
        String before = host.osctl("user ls").stdout();

        Result result = host.osctl("ct new --image busybox other:x");

        assertThat(result.status()).isIn(Status.EXHAUSTED.number(), Status.FAILED.number());
        assertThat(result).complains("space");
        assertThat(host.osctl("ct ls")).doesNotMention("x");
        assertThat(host.osctl("user ls")).prints(before.stripTrailing());
        assertThat(host.shell("rm %s/filler".formatted(pool)).run()).succeeds();
        host.given("ct new --image busybox other:x", "ct start other:x", "ct exec other:x true");
    }
}
