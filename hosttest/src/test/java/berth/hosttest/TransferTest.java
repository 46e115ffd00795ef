package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Containers that go from pool to pool, between two drivers. */
final class TransferTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    @RegisterExtension
    static final SecondPool fast = SecondPool.onBtrfs(host);

    private static final String LISTING =
            "sh -c 'cd /; ls -lnR root srv | grep -v total | cut -c 1-10,16-; cat root/second; md5sum srv/sparse'";

    /** Two snapshots, in which files were changed, linked anew, and taken away, and a present that differs from both. */
    @BeforeEach
    void aContainerWithAPast() {
        host.given(
                "--pool tank ct new --image busybox web",
                "ct set memory-limit web 64M",
                "ct start web",
                "ct exec web sh -c 'echo first > /root/file; ln /root/file /root/second; chmod 4755 /root/file'",
                "ct exec web sh -c 'echo gone > /root/gone; mkdir -p /srv/dir /srv/empty; ln -s ../etc/passwd"
                        + " /srv/link'",
                "ct exec web sh -c 'truncate -s 3M /srv/sparse; echo end >> /srv/sparse; mkfifo /srv/pipe'",
                "ct exec web chown 1000:2000 /srv/dir",
                "ct stop --kill web",
                "ct snapshot new web one",
                "ct start web",
                "ct exec web sh -c 'rm -r /root/gone /srv/empty; echo more >> /root/second; echo x > /srv/dir/x'",
                "ct stop --kill web",
                "ct snapshot new web two",
                "ct start web",
                "ct exec web sh -c 'rm -r /srv/dir; echo now > /srv/dir; rm /root/second; echo now > /root/second'",
                "ct exec web touch -d 2001-02-03 /root/file");
    }

    private static String files(String container) {
        return host.osctl("ct exec %s %s".formatted(container, LISTING)).stdout();
    }

    private static String filesIn(String container, String snapshot) {
        String path = host.osctl("ct snapshot mount %s %s".formatted(container, snapshot))
                .stdout()
                .strip();
        String listing = host.shell(
                        "cd %s && ls -lR root srv | awk '$1 != \"total\" {print $1, $5, $6, $7, $8, $9, $10, $11}' | grep -v ^d; cat root/*"
                                .formatted(path))
                .run()
                .stdout();
        host.given("ct snapshot unmount %s %s".formatted(container, snapshot));
        return listing;
    }

    @Test
    void aContainerThatMovedHasItsFilesItsSnapshotsAndItsHistory() {
        String present = files("web");
        host.given("ct stop --kill web");
        String one = filesIn("web", "one");
        String two = filesIn("web", "two");

        assertThat(host.osctl("ct mv web --pool fast")).succeeds();

        assertThat(host.json("ct ls").findValuesAsString("pool")).containsExactly("fast");
        assertThat(filesIn("web", "one")).isEqualTo(one);
        assertThat(filesIn("web", "two")).isEqualTo(two);
        assertThat(host.json("ct show web").get("memory_limit").asLong()).isEqualTo(64L << 20);
        assertThat(host.json("ct history web").findValuesAsString("command")).contains("ct new --image busybox web");
        host.given("ct start web");
        assertThat(files("web")).isEqualTo(present);
    }

    @Test
    void aContainerThatMovedThereAndBackIsTheSame() {
        String present = files("web");
        host.given("ct stop --kill web");
        String one = filesIn("web", "one");

        host.given("ct mv web --pool fast", "ct mv web --pool tank");

        assertThat(filesIn("web", "one")).isEqualTo(one);
        host.given("ct snapshot rollback web two", "ct start web");
        assertThat(host.osctl("ct exec web cat /srv/dir/x")).prints("x");
        host.given("ct stop --kill web", "ct snapshot rollback web two", "ct start web");
        assertThat(files("web")).isNotEqualTo(present);
    }

    @Test
    void aRunningContainerIsCopiedToAnotherPoolAndRunsOn() {
        String present = files("web");

        assertThat(host.osctl("ct cp web copy --pool fast")).succeeds();

        assertThat(host.state("web")).isEqualTo("running");
        assertThat(host.json("ct snapshot ls fast:copy").findValuesAsString("name"))
                .containsExactly("one", "two");
        host.given("ct start copy");
        assertThat(files("copy")).isEqualTo(present);
    }

    @Test
    void aContainerThatIsStoppedForItsCopyRunsAgain() {
        int before = host.initPid("web");

        assertThat(host.osctl("ct cp --consistent stop web copy")).succeeds();

        assertThat(host.state("web")).isEqualTo("running");
        assertThat(host.initPid("web")).isNotEqualTo(before);
    }

    @Test
    void aContainerThatIsStoppedForACopyThatFailsRunsAgain() {
        assertThat(host.osctl("ct cp --consistent stop web web")).fails(Status.EXISTS);

        assertThat(host.state("web")).isEqualTo("running");
    }

    @Test
    void aContainerThatIsStoppedForACopyRunsAgainAlthoughTheDaemonWasKilled() {
        host.letDaemonDieAt("ct-receive/before:compare files");

        assertThat(host.osctl("ct cp --consistent stop web copy --pool fast")).fails(Status.DAEMON_WENT_AWAY);
        host.restartDeadDaemon();

        host.awaitState("web", "running");
        assertThat(host.osctl("ct show copy")).fails(Status.NOT_FOUND);
    }

    @Test
    void aFullCopyInThePoolSharesNoLayerAndHasNoSnapshotsUnlessWanted() {
        host.given("ct stop --kill web");

        assertThat(host.osctl("ct cp --full-copy --no-snapshots web copy")).prints("copy is there");

        assertThat(host.json("ct snapshot ls copy")).isEmpty();
        host.given("ct del --purge web", "ct start copy");
        assertThat(host.osctl("ct exec copy cat /root/second")).prints("now");
    }

    @Test
    void moreSnapshotsThanAContainerStandsOnLayersGoToAnotherPool() {
        host.given("ct stop --kill web");
        assertThat(host.shell("for i in 1 2 3 4 5 6 7 8 9; do osctl ct start web && osctl ct exec web sh -c \"echo"
                                + " $i > /root/n\" && osctl ct stop --kill web && osctl ct snapshot new web n$i ||"
                                + " exit 1; done")
                        .run())
                .succeeds();
        host.given("ct mv web --pool fast");

        assertThat(host.osctl("ct mv web --pool tank")).succeeds();

        host.given("ct snapshot rollback web n3", "ct start web");
        assertThat(host.osctl("ct exec web cat /root/n")).prints("3");
        host.given("ct stop --kill web", "ct snapshot rollback web n9", "ct start web");
        assertThat(host.osctl("ct exec web cat /root/n")).prints("9");
    }

    @Test
    void aRunningContainerDoesNotMove() {
        assertThat(host.osctl("ct mv web --pool fast"))
                .fails(Status.WRONG_STATE)
                .complains("web", "stop");
    }

    @Test
    void anIdThatIsTakenThereIsNotGivenAgain() {
        host.given("ct stop --kill web", "--pool fast image build busybox", "--pool fast ct new --image busybox other");

        assertThat(host.osctl("ct mv tank:web fast:other")).fails(Status.EXISTS);

        assertThat(host.json("ct ls")).hasSize(2);
    }

    @Test
    void theFormerOneIsInTheTrashOfItsPool() {
        host.given("ct stop --kill web", "pool set trash-age tank 1d", "ct mv web --pool fast");

        assertThat(host.osctl("--pool tank trash restore --as former web")).succeeds();

        host.given("pool set trash-age tank 0", "ct start former");
        assertThat(host.osctl("ct exec former cat /root/second")).prints("now");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "after:bring image",
                "after:make layer for snapshot one",
                "after:receive snapshot two",
                "after:freeze snapshot two",
                "before:compare files",
                "after:record layers",
                "after:release interfaces"
            })
    void aMoveThatIsCutOffEarlyLeavesTheFormerOneAndNothingElse(String point) {
        host.given("ct stop --kill web");
        host.letDaemonDieAt("ct-receive/" + point);

        assertThat(host.osctl("ct mv web --pool fast")).fails(Status.DAEMON_WENT_AWAY);
        host.restartDeadDaemon();

        assertThat(host.json("ct ls").findValuesAsString("pool")).containsExactly("tank");
        assertThat(host.osctl("--pool fast image ls -H")).prints("");
        assertThat(host.shell("ls %s/ct".formatted(host.pool("fast"))).run()).prints("");
        host.given("ct start web");
        assertThat(host.osctl("ct exec web cat /root/second")).prints("now");
        host.given("ct stop --kill web", "ct mv web --pool fast");
    }

    @Test
    void anImageThatWasThereStaysWhereAMoveIsCutOff() {
        host.given("ct stop --kill web", "--pool fast image build busybox");
        String image = host.json("--pool fast image ls").get(0).get("id").asString();
        assertThat(host.shell("mkdir -p {0}/etc && echo other >{0}/etc/hostname"
                                .replace("{0}", host.scratch().resolve("other").toString()))
                        .run())
                .succeeds();
        host.given("--pool fast image import --name busybox " + host.scratch().resolve("other"));

        host.letDaemonDieAt("ct-receive/before:compare files");
        assertThat(host.osctl("ct mv web --pool fast")).fails(Status.DAEMON_WENT_AWAY);
        host.restartDeadDaemon();

        assertThat(host.json("--pool fast image ls").findValuesAsString("id")).contains(image);
        host.given("--pool fast image del busybox", "--pool fast image del " + image);
    }

    /** What has the name of the former one by then is another. */
    @Test
    void aMoveThatIsDoneLateTakesNothingElseAway() {
        host.given("ct stop --kill web");
        String images = host.pool("fast").resolve("image").toString();
        host.letDaemonDieAt("ct-receive/before:keep image");
        assertThat(host.osctl("ct mv web --pool fast")).fails(Status.DAEMON_WENT_AWAY);
        assertThat(host.shell("chattr +i %s/*/".formatted(images)).run()).succeeds();
        host.restartDeadDaemon();
        host.given("--pool tank ct new --image busybox web", "ct set memory-limit tank:web 48M");

        assertThat(host.shell("chattr -i %s/*/".formatted(images)).run()).succeeds();
        host.killDaemon();
        host.startDaemon();

        assertThat(host.json("ct ls").findValuesAsString("pool")).containsExactlyInAnyOrder("fast", "tank");
        assertThat(host.json("ct show tank:web").get("memory_limit").asLong()).isEqualTo(48L << 20);
        host.given("ct start tank:web");
    }

    @ParameterizedTest
    @CsvSource({
        "tank, fast, after:write configuration",
        "tank, fast, before:retire former container",
        "tank, fast, after:retire former container",
        "fast, tank, after:write configuration",
        "fast, tank, after:take interfaces",
        "fast, tank, before:end"
    })
    void aMoveThatIsCutOffLateIsDone(String from, String to, String point) {
        host.given("ct stop --kill web");
        assertThat(host.shell("test %1$s = tank || osctl ct mv web --pool %1$s".formatted(from))
                        .run())
                .succeeds();
        host.letDaemonDieAt("ct-receive/" + point);

        assertThat(host.osctl("ct mv web --pool " + to)).fails(Status.DAEMON_WENT_AWAY);
        host.restartDeadDaemon();

        assertThat(host.json("ct ls").findValuesAsString("pool")).containsExactly(to);
        assertThat(host.shell("ls %s/ct".formatted(host.pool(from))).run()).prints("");
        host.given("ct start web");
        assertThat(host.osctl("ct exec web cat /root/second")).prints("now");
    }
}
