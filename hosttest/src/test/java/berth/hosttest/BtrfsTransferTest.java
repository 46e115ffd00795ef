package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** From one btrfs to another. */
final class BtrfsTransferTest extends SentTransferContract {
    @RegisterExtension
    static final Host host = Host.withBusyboxOnBtrfs();

    @RegisterExtension
    static final SecondPool fast = SecondPool.onBtrfs(host);

    BtrfsTransferTest() {
        super(host);
    }

    @Override
    void assertNothingPassing() {
        assertThat(host.shell("ls %s/ct %s/ct | grep passing".formatted(host.pool("tank"), host.pool("fast")))
                        .run())
                .prints("");
    }

    private static long usedMiB(String pool) {
        return Long.parseLong(
                host.shell("sync; btrfs filesystem sync %1$s >/dev/null; df -m --output=used %1$s | tail -n 1"
                                .formatted(host.pool(pool)))
                        .run()
                        .stdout()
                        .strip());
    }

    @Test
    void whatSnapshotsShareIsOnTheDiskOnceAfterAMove() {
        host.given("ct stop --kill web", "--pool fast image build busybox");
        long before = usedMiB("fast");

        host.given("ct mv web --pool fast");

        assertThat(usedMiB("fast") - before).isBetween(50L, 65L);
    }

    /** That is what btrfs leaves out of what it sends. */
    @Test
    void whatIsInASubvolumeOfTheContainersOwnComesAlong() {
        host.given("ct stop --kill web");
        assertThat(host.shell(
                                "cd %s/ct && cd $(ls -d web | head -n 1) && btrfs -q subvolume create srv/own && echo own > srv/own/file"
                                        .formatted(host.pool("tank")))
                        .run())
                .succeeds();

        assertThat(host.osctl("ct mv web --pool fast")).succeeds();

        host.given("ct start web");
        assertThat(host.osctl("ct exec web cat /srv/own/file")).prints("own");
    }

    @Test
    void aPoolWithoutRoomIsToldAndNothingIsLeft() {
        String before = files("web");
        host.given("ct stop --kill web");
        host.shell(
                        "cd %s && dd if=/dev/zero of=filler bs=1M count=$(($(df -m --output=avail . | tail -n 1) - 25)) && sync"
                                .formatted(host.pool("fast")))
                .run();

        assertThat(host.osctl("ct mv web --pool fast")).fails(Status.EXHAUSTED).complains("No space left");

        assertThat(layers("fast")).prints("");
        assertThat(host.shell("ls %s/ct | grep passing".formatted(host.pool("tank")))
                        .run())
                .prints("");
        assertThat(host.shell("rm %s/filler".formatted(host.pool("fast"))).run())
                .succeeds();
        host.given("ct start web");
        assertThat(files("web")).isEqualTo(before);
    }

    @Test
    void aMoveThatIsCutOffWhileItSendsLeavesTheFormerOneAndNothingElse() {
        String before = files("web");
        host.given("ct stop --kill web");
        String layers = layers("tank").stdout();
        CompletableFuture<Result> move = CompletableFuture.supplyAsync(() -> host.osctl("ct mv web --pool fast"));
        await().pollInterval(Duration.ofMillis(2))
                .atMost(Duration.ofMinutes(1))
                .until(() -> layers("fast").stdout().contains("@passing"));

        host.killDaemon();
        assertThat(move.join()).fails(Status.DAEMON_WENT_AWAY);
        host.startDaemon();

        assertThat(host.json("ct ls").findValuesAsString("pool")).containsExactly("tank");
        assertThat(layers("fast")).prints("");
        assertThat(layers("tank")).prints(layers.strip());
        assertThat(host.shell("ps ax | grep -c '[b]trfs.*receive.*%s'".formatted(host.pool("fast")))
                        .run())
                .prints("0");
        host.given("ct start web");
        assertThat(files("web")).isEqualTo(before);
    }
}
