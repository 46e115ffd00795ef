package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A pool whose file system is full: nothing that is in it is lost, nothing half-done is left, and it can be emptied. */
final class FullPoolTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    private static final Path POOL = host.pool("small");
    private static final String ARCHIVE = host.scratch().resolve("web.tar").toString();

    @BeforeAll
    static void aSmallPool() {
        assertThat(host.shell(
                                ("truncate -s 48M {0}.disk && mkfs.ext4 -q -m 0 -E lazy_itable_init=0 {0}.disk && mkdir -p {0}"
                                                + " && mount -o loop {0}.disk {0} && chmod 755 {0}")
                                        .replace("{0}", POOL.toString()))
                        .run())
                .succeeds();
        host.given(
                "pool install --path %s small".formatted(POOL),
                "pool set trash-age small 0",
                "image build --pool small busybox");
    }

    @BeforeEach
    void aContainerInIt() {
        host.given(
                "ct new --pool small --image busybox web",
                "ct start web",
                "ct exec web sh -c 'echo first > /root/file'",
                "ct snapshot new web one",
                "ct exec web sh -c 'echo second > /root/file'",
                "ct stop --kill web",
                "ct export web " + ARCHIVE,
                "ct new --pool tank --image busybox big",
                "ct start big",
                "ct exec big dd if=/dev/urandom of=/root/much bs=1M count=8",
                "ct stop --kill big");
    }

    @AfterEach
    void itIsEmptiedAgain() {
        assertThat(host.shell("rm -f %s/filler %s".formatted(POOL, ARCHIVE)).run())
                .succeeds();
    }

    /** What comes after {@link Host}'s own {@code afterAll} would find it mounted. */
    @AfterAll
    static void itIsGone() {
        assertThat(host.shell(
                                "for c in $(osctl ct ls -H -o id --pool small); do osctl ct del -f --purge small:$c; done;"
                                        + " osctl pool uninstall small && umount {0} && rm -r {0} {0}.disk"
                                                .replace("{0}", POOL.toString()))
                        .run())
                .succeeds();
    }

    /** Leaves {@code kilobytes} of it, or a little less: what was only promised to files before is found by the second attempt. */
    private static void fill(int kilobytes) {
        assertThat(host.shell(
                                ("for size in 64k 1k; do dd if=/dev/zero of=%1$s/filler bs=$size oflag=append conv=notrunc"
                                                + " 2>/dev/null; sync; done; truncate -s -%2$dk %1$s/filler && sync")
                                        .formatted(POOL, kilobytes))
                        .run())
                .succeeds();
    }

    private static String files() {
        return host.shell("cd %s && find ct conf/ct conf/user conf/dataset conf/journal trash image | LC_ALL=C sort"
                        .formatted(POOL))
                .run()
                .stdout();
    }

    private static void thereIsWhatThereWas(String before) {
        assertThat(host.shell("rm %s/filler".formatted(POOL)).run()).succeeds();
        assertThat(files()).isEqualTo(before);
        assertThat(host.json("ct ls").findValuesAsString("id")).containsExactlyInAnyOrder("big", "web");
        assertThat(host.json("ct snapshot ls web").findValuesAsString("name")).containsExactly("one");
        host.given("ct start web");
        assertThat(host.osctl("ct exec web cat /root/file")).prints("second");
        host.given("ct stop --kill web", "ct snapshot rollback web one", "ct start web");
        assertThat(host.osctl("ct exec web cat /root/file")).prints("first");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ct snapshot new web two",
                "ct snapshot rollback web one",
                "ct cp web copy",
                "ct cp --full-copy web copy",
                "ct reinstall web",
                "ct dataset new web data",
                "ct new --pool small --image busybox other",
                "ct mv big --pool small"
            })
    void whatFindsNoSpaceLeavesWhatWasThere(String line) {
        String before = files();
        fill(0);

        assertThat(host.osctl(line)).fails(Status.EXHAUSTED).complains("pace");

        thereIsWhatThereWas(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ct mv big --pool small", "ct cp big copy --pool small", "ct cp --full-copy tank:big small:copy"
            })
    void whatRunsOutOfSpaceHalfWayLeavesWhatWasThere(String line) {
        String before = files();
        fill(5000);

        assertThat(host.osctl(line)).fails(Status.EXHAUSTED).complains("no space left");

        thereIsWhatThereWas(before);
    }

    @Test
    void anImportThatFindsNoSpaceLeavesNothing() {
        String before = files();
        fill(500);

        assertThat(host.osctl("ct import --pool small --as-id again " + ARCHIVE))
                .fails(Status.EXHAUSTED);

        thereIsWhatThereWas(before);
    }

    @Test
    void containersStartAndStopInIt() {
        fill(0);

        assertThat(host.osctl("ct start web")).succeeds();
        assertThat(host.osctl("ct exec web cat /root/file")).prints("second");
        assertThat(host.osctl("ct stop --kill web")).succeeds();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ct del web",
                "ct snapshot del web one",
                "image del small:spare",
                "pool dataset del small media",
                "user del small:bob"
            })
    void eachDeletionIsWrittenDownInIt(String line) {
        host.given(
                "pool set trash-age small 1d",
                "image build busybox --pool small --name spare",
                "pool dataset new small media",
                "user new --pool small bob");
        fill(0);

        assertThat(host.osctl(line)).succeeds();

        assertThat(host.shell("rm %s/filler".formatted(POOL)).run()).succeeds();
        host.osctl("pool dataset del --purge small media");
        host.osctl("image del --purge small:spare");
        host.given("pool set trash-age small 0");
    }

    @Test
    void itIsEmptiedByDeletions() {
        host.given("pool set trash-age small 1d");
        fill(0);

        assertThat(host.osctl("ct snapshot del web one")).succeeds();
        assertThat(host.osctl("ct del web")).succeeds();
        assertThat(host.osctl("trash prune --all")).succeeds();

        assertThat(host.osctl("ct show web")).fails(Status.NOT_FOUND);
        assertThat(host.shell("ls %s/ct".formatted(POOL)).run()).prints("");
        host.given("pool set trash-age small 0");
    }
}
