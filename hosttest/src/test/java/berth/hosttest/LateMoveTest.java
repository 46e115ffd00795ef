package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Moves that were cut off when the container was there in its new pool, and not gone from the former one, whose new pool is away then. */
final class LateMoveTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    @RegisterExtension
    static final SecondPool fast = SecondPool.onBtrfs(host);

    private static final Path AWAY = host.scratch().resolve("fast.away");

    @BeforeEach
    void aMoveThatIsCutOffAndThePoolIsAway() throws IOException {
        host.given(
                "pool set trash-age fast 1d",
                "pool set trash-age tank 1d",
                "--pool tank ct new --image busybox web",
                "ct start web",
                "ct exec web sh -c 'echo before > /root/file'",
                "ct stop --kill web");
        host.letDaemonDieAt("ct-receive/before:retire former container");
        assertThat(host.osctl("ct mv web --pool fast")).fails(Status.DAEMON_WENT_AWAY);
        assertThat(host.shell("umount " + host.pool("fast")).run()).succeeds();
        Files.move(disk(), AWAY, StandardCopyOption.ATOMIC_MOVE);
        host.restartDeadDaemon();
    }

    @AfterEach
    void thePoolIsBack() throws IOException {
        if (Files.exists(AWAY)) {
            Files.move(AWAY, disk(), StandardCopyOption.ATOMIC_MOVE);
            host.given("pool import fast");
        }
    }

    private static Path disk() {
        return Path.of(host.pool("fast") + ".btrfs");
    }

    @Test
    void aContainerThatRunsWhenItsMoveCouldBeCompletedStays() throws IOException {
        host.given("ct start web", "ct exec web sh -c 'echo after > /root/file'");

        thePoolIsBack();

        assertThat(host.json("ct ls").findValuesAsString("pool")).containsExactly("tank");
        assertThat(host.osctl("ct exec web cat /root/file")).prints("after");
        assertThat(host.osctl("ct log cat web")).mentions("used before its move to fast:web");
        assertThat(host.osctl("-p trash ls -H -o pool,id")).prints("fast\tweb");
        host.given("--pool fast trash restore --as copy web", "ct start copy");
        assertThat(host.osctl("ct exec copy cat /root/file")).prints("before");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ct set memory-limit web 40M", "ct snapshot new web one"})
    void aContainerThatWasChangedMeanwhileStays(String change) throws IOException {
        host.given(change);

        thePoolIsBack();

        assertThat(host.json("ct ls").findValuesAsString("pool")).containsExactly("tank");
        host.given("ct mv web --pool fast", "ct start web");
    }

    @Test
    void whatTheDaemonDoesByItselfIsNoUse() throws IOException {
        host.given("ct new --image busybox zeta", "pool snapshot schedule set --every 1d tank");
        await("a snapshot of what stays")
                .atMost(Running.PATIENCE)
                .until(() -> host.json("ct snapshot ls zeta").size() == 1);

        thePoolIsBack();

        host.given("pool snapshot schedule unset tank", "ct del zeta");
        assertThat(host.json("ct ls").findValuesAsString("pool")).containsExactly("fast");
    }

    /** The former one is used while the other pool is away, the one that came while the former's is. */
    @Test
    void bothStayIfBothWereUsed() throws IOException {
        host.given("ct start web", "ct exec web sh -c 'echo after > /root/file'", "ct stop --kill web");
        host.given("ct set memory-limit web 40M", "pool export tank");
        thePoolIsBack();
        host.given(
                "ct start web",
                "ct exec web sh -c 'echo there > /root/file'",
                "ct stop --kill web",
                "pool import tank");

        host.killDaemon();
        host.startDaemon();

        assertThat(host.json("ct ls").findValuesAsString("pool")).containsExactlyInAnyOrder("fast", "tank");
        assertThat(host.osctl("-p trash ls -H -o pool,id")).prints("");
        assertThat(host.osctl("ct log cat tank:web")).mentions("both stay");
        assertThat(host.osctl("ct log cat fast:web")).mentions("both stay");
        host.given("ct start fast:web");
        assertThat(host.osctl("ct exec fast:web cat /root/file")).prints("there");
        host.given("ct del -f fast:web", "ct start tank:web");
        assertThat(host.osctl("ct exec tank:web cat /root/file")).prints("after");
    }

    @Test
    void aContainerThatWasRenamedMeanwhileStays() throws IOException {
        host.given("ct mv web kept");

        thePoolIsBack();

        assertThat(host.osctl("-p ct ls -H -o pool,id").stdout().lines())
                .containsExactlyInAnyOrder("fast\tweb", "tank\tkept");
        assertThat(host.osctl("-p trash ls -H -o pool,id")).prints("");
        host.given("ct start web", "ct start kept");
        assertThat(host.osctl("ct exec web cat /root/file")).prints("before");
        assertThat(host.osctl("ct exec kept cat /root/file")).prints("before");
    }

    @Test
    void whatCameIsWholeWhereTheFormerPoolIsGoneForGood() throws IOException {
        host.given("pool uninstall tank");

        thePoolIsBack();

        host.given("ct set memory-limit web 40M", "ct snapshot new web one", "ct start web");
        assertThat(host.osctl("ct exec web cat /root/file")).prints("before");
        assertThat(host.osctl("ct log cat web")).mentions("not installed any more");
        host.given("ct del -f web", "pool install --path %s tank".formatted(host.pool("tank")));
        host.given("ct start web");
    }

    @Test
    void aContainerThatStayedAsItWasGoes() throws IOException {
        Instant back = Instant.now();
        thePoolIsBack();

        assertThat(host.json("ct ls").findValuesAsString("pool")).containsExactly("fast");
        assertThat(host.osctl("-p trash ls -H -o pool,id")).prints("tank\tweb");
        assertThat(Instant.parse(host.json("trash ls").get(0).get("deleted").asString()))
                .isAfter(back);
        host.given("ct start web");
        assertThat(host.osctl("ct exec web cat /root/file")).prints("before");
    }
}
