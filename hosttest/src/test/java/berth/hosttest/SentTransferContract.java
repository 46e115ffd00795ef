package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Containers that go from a pool to another one of the same driver, by what its file system itself sends. */
abstract class SentTransferContract {
    private static final String LISTING =
            "sh -c 'cd /; ls -lnR root srv data | grep -v total | cut -c 1-10,16-; cat root/second; md5sum srv/* data/*'";

    private final Host host;

    /** @param host has a pool tank, and for each test a pool fast of the same driver */
    SentTransferContract(Host host) {
        this.host = host;
    }

    /** Looks that no pool has anything more that was there for a transfer alone. */
    abstract void assertNothingPassing();

    /** Two snapshots with a large file of which little changes, and a dataset that the first has not. */
    @BeforeEach
    void aContainerWithAPast() {
        host.given(
                "--pool tank ct new --image busybox web",
                "ct start web",
                "ct exec web sh -c 'mkdir /srv; dd if=/dev/urandom of=/srv/large bs=1M count=40 2>/dev/null'",
                "ct exec web sh -c 'echo first > /root/file; ln /root/file /root/second; chmod 4755 /root/file'",
                "ct exec web chown 1000:2000 /root/file",
                "ct stop --kill web",
                "ct snapshot new web one",
                "ct dataset new web data",
                "ct start web",
                "ct exec web sh -c 'echo more >> /root/second; echo x | dd of=/srv/large conv=notrunc seek=999 2>/dev/null'",
                "ct exec web sh -c 'dd if=/dev/urandom of=/data/large bs=1M count=10 2>/dev/null; mkfifo /pipe'",
                "ct stop --kill web",
                "ct snapshot new web two",
                "ct start web",
                "ct exec web sh -c 'rm /root/file; echo y | dd of=/srv/large conv=notrunc seek=9999 2>/dev/null'",
                "ct exec web sh -c 'truncate -s 9M /srv/sparse; echo z | dd of=/data/large conv=notrunc 2>/dev/null'");
    }

    final String files(String container) {
        return host.osctl("ct exec %s %s".formatted(container, LISTING)).stdout();
    }

    final Result layers(String pool) {
        return host.shell("ls %s/ct".formatted(host.pool(pool))).run();
    }

    private String in(String container, String snapshot, String script) {
        String path = host.osctl("ct snapshot mount %s %s".formatted(container, snapshot))
                .stdout()
                .strip();
        String shown = host.shell("cd %s && %s".formatted(path, script)).run().stdout();
        host.given("ct snapshot unmount %s %s".formatted(container, snapshot));
        return shown;
    }

    private String past(String container) {
        String script = "stat -c '%n %a %h %s %Y' root/* srv/*; md5sum srv/large root/*; md5sum data/large 2>&1";
        return in(container, "one", script) + in(container, "two", script);
    }

    @Test
    void aContainerThatMovedThereAndBackHasItsFilesItsDatasetsAndItsSnapshots() {
        String present = files("web");
        host.given("ct stop --kill web");
        String past = past("web");

        assertThat(host.osctl("ct mv web --pool fast")).succeeds();

        assertThat(past("web")).isEqualTo(past);
        host.given("ct start web");
        assertThat(files("web")).isEqualTo(present);
        assertThat(host.osctl("ct exec web touch /srv/new")).succeeds();
        host.given("ct exec web rm /srv/new", "ct stop --kill web", "ct mv web --pool tank");
        assertThat(past("web")).isEqualTo(past);
        host.given("ct snapshot rollback web one", "ct start web");
        assertThat(host.osctl("ct exec web cat /root/second")).prints("first");
        assertThat(layers("fast")).prints("");
    }

    @Test
    void aRunningContainerIsCopiedAndRunsOn() {
        String present = files("web");

        assertThat(host.osctl("ct cp web copy --pool fast")).succeeds();

        assertThat(host.state("web")).isEqualTo("running");
        assertThat(host.json("ct snapshot ls fast:copy").findValuesAsString("name"))
                .containsExactly("one", "two");
        host.given("ct start copy");
        assertThat(files("copy")).isEqualTo(present);
        assertNothingPassing();
    }

    @Test
    void quotasHoldInTheOtherPoolToo() {
        host.given("ct stop --kill web", "ct set quota web 100M", "ct dataset set quota web data 20M");

        host.given("ct mv web --pool fast", "ct start web");

        assertThat(host.osctl("ct exec web dd if=/dev/urandom of=/data/more bs=1M count=15"))
                .exits(1);
        assertThat(host.osctl("ct exec web dd if=/dev/urandom of=/srv/more bs=1M count=15"))
                .succeeds();
        assertThat(host.osctl("ct exec web dd if=/dev/urandom of=/srv/most bs=1M count=80"))
                .exits(1);
    }

    @Test
    void aPoolThatHasTheImageWithOtherTimesGetsTheSameFiles() {
        String present = files("web");
        host.given("--pool fast image build busybox", "ct stop --kill web");
        String image = host.json("--pool fast image ls").get(0).get("id").asString();
        assertThat(host.shell("find %s/image/%s/tree -exec touch -h -d 2001-02-03 {} +"
                                .formatted(host.pool("fast"), image))
                        .run())
                .succeeds();

        assertThat(host.osctl("ct mv web --pool fast")).succeeds();

        host.given("ct start web");
        assertThat(files("web")).isEqualTo(present);
        assertThat(host.osctl("ct exec web stat -c %Y /bin/busybox").stdout()).doesNotContain("981158400");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "after:make layer for snapshot one",
                "before:receive snapshot two",
                "after:receive snapshot two",
                "after:freeze snapshot two of data",
                "after:receive present files",
                "before:compare files",
                "after:record layers"
            })
    void aMoveThatIsCutOffEarlyLeavesTheFormerOneAndNothingElse(String point) {
        String before = files("web");
        host.given("ct stop --kill web");
        String layers = layers("tank").stdout();
        host.letDaemonDieAt("ct-receive/" + point);

        assertThat(host.osctl("ct mv web --pool fast")).fails(Status.DAEMON_WENT_AWAY);
        host.restartDeadDaemon();

        assertThat(host.json("ct ls").findValuesAsString("pool")).containsExactly("tank");
        assertThat(layers("fast")).prints("");
        assertThat(layers("tank")).prints(layers.strip());
        host.given("ct start web");
        assertThat(files("web")).isEqualTo(before);
        host.given("ct stop --kill web", "ct mv web --pool fast");
    }

    @Test
    void aMoveThatIsCutOffLateIsDone() {
        String before = files("web");
        host.given("ct stop --kill web");
        host.letDaemonDieAt("ct-receive/before:retire former container");

        assertThat(host.osctl("ct mv web --pool fast")).fails(Status.DAEMON_WENT_AWAY);
        host.restartDeadDaemon();

        assertThat(host.json("ct ls").findValuesAsString("pool")).containsExactly("fast");
        assertThat(layers("tank")).prints("");
        host.given("ct start web");
        assertThat(files("web")).isEqualTo(before);
        assertNothingPassing();
    }
}
