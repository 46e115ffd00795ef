package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Containers with datasets that go from pool to pool, between two drivers. */
final class DatasetTransferTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    @RegisterExtension
    static final SecondPool fast = SecondPool.onBtrfs(host);

    /** Without link counts and the sizes of directories, which are the file systems' matter. */
    private static final String LISTING =
            "cd /; d=$(ls -d root data new 2>/dev/null); find $d ! -type d | sort | xargs ls -lnd | cut -c 1-10,16-; find $d -type d | sort"
                    + " | xargs stat -c '%n %a %u %g %Y'; cat data/[fg] data/pg/* new/* root/f 2>/dev/null; md5sum data/sparse";

    @BeforeEach
    void bothHaveTheImage() {
        host.given("--pool fast image build busybox");
    }

    /** A snapshot with a dataset that was deleted since, a later one that it has not, and nested ones that differ from it. */
    private static void aContainerWithDatasets(String pool) {
        host.given(
                "--pool %s ct new --image busybox web".formatted(pool),
                "ct dataset new web data",
                "ct dataset new web data/pg",
                "ct dataset new web old",
                "ct start web");
        inside(
                "web",
                "echo one > /data/f; ln /data/f /data/g; chown 33:34 /data/f; echo one > /data/pg/f; echo old >"
                        + " /old/f; echo one > /root/f; truncate -s 3M /data/sparse; echo end >> /data/sparse");
        inside(
                "web",
                "chmod 1775 /data; chown 33:34 /data; mkdir /data/gone /data/pg/dir; mkfifo /root/pipe; touch /data/pg/dir/x");
        host.given("ct stop --kill web", "ct snapshot new web one", "ct dataset del --purge web old");
        host.given("ct dataset new web new", "ct start web");
        inside("web", "echo two > /data/pg/f; rm /data/g; rmdir /data/gone; rm -r /data/pg/dir; echo x > /data/pg/dir");
        inside("web", "echo new > /new/f; ln -s f /new/link; echo two > /root/f");
    }

    private static Result inside(String container, String script) {
        return host.osctl(List.of("ct", "exec", container, "sh", "-c", script));
    }

    private static String files(String container) {
        return inside(container, LISTING).stdout();
    }

    private static List<String> datasets(String container) {
        return host.json("ct dataset ls " + container).findValuesAsString("name");
    }

    private static List<String> mountpoints(String container) {
        return host.json("ct mounts ls " + container).findValuesAsString("mountpoint");
    }

    @ParameterizedTest
    @CsvSource({"tank, fast", "fast, tank"})
    void aContainerThatMovesTakesItsDatasetsAlong(String from, String to) {
        aContainerWithDatasets(from);
        String before = files("web");
        host.given("ct stop --kill web");

        assertThat(host.osctl("ct mv web --pool " + to)).succeeds();

        assertThat(host.json("ct ls").findValuesAsString("pool")).containsExactly(to);
        assertThat(datasets("web")).containsExactly("/", "data", "data/pg", "new");
        assertThat(mountpoints("web")).containsExactlyInAnyOrder("/data", "/data/pg", "/new");
        host.given("ct start web");
        assertThat(files("web")).isEqualTo(before);
        assertThat(inside("web", "ls -ldn /data")).mentions("drwxrwxr-t", "33", "34");
        assertThat(inside("web", "echo more > /data/pg/more")).succeeds();
    }

    @ParameterizedTest
    @CsvSource({"tank, fast", "fast, tank"})
    void theSnapshotsOfAContainerThatMovedShowItsDatasetsAsTheyWere(String from, String to) {
        aContainerWithDatasets(from);
        host.given("ct stop --kill web", "ct mv web --pool " + to);

        assertThat(host.osctl("ct snapshot rollback web one")).succeeds();

        assertThat(datasets("web")).containsExactly("/", "data", "data/pg", "new", "old");
        host.given("ct mounts dataset web old /old", "ct start web");
        assertThat(inside("web", "cat /root/f /data/f /data/g /data/pg/f /old/f /new/f"))
                .prints("one\none\none\none\nold\nnew");
        assertThat(inside("web", "test -d /data/gone && test -f /data/pg/dir/x"))
                .succeeds();
    }

    @Test
    void aContainerThatMovedThereAndBackIsTheSame() {
        aContainerWithDatasets("tank");
        String before = files("web");
        host.given("ct stop --kill web", "ct mv web --pool fast");

        host.given("ct mv web --pool tank", "ct start web");

        assertThat(files("web")).isEqualTo(before);
        assertThat(host.shell("ls %s/ct".formatted(host.pool("fast"))).run()).prints("");
    }

    @Test
    void theFormerOneIsInTheTrashWithItsDatasets() {
        aContainerWithDatasets("tank");
        String before = files("web");
        host.given("ct stop --kill web", "pool set trash-age tank 1d", "ct mv web --pool fast");

        assertThat(host.osctl("--pool tank trash restore --as former web")).succeeds();

        host.given("ct start former");
        assertThat(files("former")).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({"tank, fast", "fast, tank", "tank, tank", "fast, fast"})
    void aFullCopyOfARunningContainerHasItsDatasets(String from, String to) {
        aContainerWithDatasets(from);
        String before = files("web");

        Result copied = host.osctl("ct cp --full-copy web %s:copy".formatted(to));

        assertThat(copied).succeeds();
        assertThat(copied.stderr()).doesNotContain("left out");
        assertThat(host.state("web")).isEqualTo("running");
        assertThat(datasets("copy")).containsExactly("/", "data", "data/pg", "new");
        host.given("ct del -f --purge web", "ct start copy");
        assertThat(files("copy")).isEqualTo(before);
        host.given("ct stop --kill copy", "ct snapshot rollback copy one", "ct start copy");
        assertThat(inside("copy", "cat /data/pg/f")).prints("one");
    }

    @Test
    void aCopyWithoutSnapshotsHasTheDatasetsAsTheyAre() {
        aContainerWithDatasets("tank");
        String before = files("web");

        assertThat(host.osctl("ct cp --no-snapshots web fast:copy")).succeeds();

        assertThat(host.json("ct snapshot ls copy")).isEmpty();
        assertThat(datasets("copy")).containsExactly("/", "data", "data/pg", "new");
        host.given("ct start copy");
        assertThat(files("copy")).isEqualTo(before);
    }

    @Test
    void quotasGoAlong() {
        aContainerWithDatasets("fast");
        host.given("ct stop --kill web", "ct dataset set quota web data/pg 20M");

        host.given("ct cp --full-copy web copy", "ct start copy");

        assertThat(host.json("ct dataset ls copy -o name,quota")
                        .get(2)
                        .get("quota")
                        .asLong())
                .isEqualTo(20L << 20);
        assertThat(inside("copy", "dd if=/dev/urandom of=/data/pg/large bs=1M count=30"))
                .exits(1);
        assertThat(inside("copy", "dd if=/dev/urandom of=/data/large bs=1M count=30"))
                .succeeds();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "after:make layer for snapshot one of data",
                "after:receive snapshot one of data/pg",
                "after:freeze snapshot one of data",
                "after:receive snapshot one of old",
                "before:receive present files of new",
                "before:compare files",
                "after:record layers",
                "after:release interfaces"
            })
    void aMoveThatIsCutOffEarlyLeavesTheFormerOneAndNothingElse(String point) {
        aContainerWithDatasets("tank");
        String before = files("web");
        host.given("ct stop --kill web");
        host.letDaemonDieAt("ct-receive/" + point);

        assertThat(host.osctl("ct mv web --pool fast")).fails(Status.DAEMON_WENT_AWAY);
        host.restartDeadDaemon();

        assertThat(host.json("ct ls").findValuesAsString("pool")).containsExactly("tank");
        assertThat(host.shell("ls %s/ct".formatted(host.pool("fast"))).run()).prints("");
        host.given("ct start web");
        assertThat(files("web")).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({
        "tank, fast, after:write configuration",
        "tank, fast, before:retire former container",
        "fast, tank, after:retire former container",
        "fast, tank, before:end"
    })
    void aMoveThatIsCutOffLateIsDone(String from, String to, String point) {
        aContainerWithDatasets(from);
        String before = files("web");
        host.given("ct stop --kill web");
        host.letDaemonDieAt("ct-receive/" + point);

        assertThat(host.osctl("ct mv web --pool " + to)).fails(Status.DAEMON_WENT_AWAY);
        host.restartDeadDaemon();

        assertThat(host.json("ct ls").findValuesAsString("pool")).containsExactly(to);
        assertThat(host.shell("ls %s/ct".formatted(host.pool(from))).run()).prints("");
        host.given("ct start web");
        assertThat(files("web")).isEqualTo(before);
    }

    @Test
    void aCopyThatIsCutOffLeavesNoLayer() {
        aContainerWithDatasets("tank");
        host.letDaemonDieAt("ct-receive/before:compare files");

        assertThat(host.osctl("ct cp web fast:copy")).fails(Status.DAEMON_WENT_AWAY);
        host.restartDeadDaemon();

        assertThat(host.osctl("ct show copy")).fails(Status.NOT_FOUND);
        assertThat(host.shell("ls %s/ct".formatted(host.pool("fast"))).run()).prints("");
        assertThat(host.shell("ls %s/ct | grep passing".formatted(host.pool("tank")))
                        .run())
                .prints("");
    }
}
