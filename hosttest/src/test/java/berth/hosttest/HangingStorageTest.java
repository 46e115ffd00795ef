package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A pool whose file system answers no write, because it is frozen: what is done in other pools goes on. */
final class HangingStorageTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    private long firstId;

    private static Path mountPoint() {
        return host.pool("slow");
    }

    private static Result shell(String script) {
        return host.shell(script.formatted(mountPoint())).run();
    }

    @BeforeEach
    void aSecondPoolWithAContainer() {
        assertThat(
                        shell(
                                "truncate -s 256M %1$s.img && mkfs.ext4 -q %1$s.img && mkdir %1$s && mount -o loop %1$s.img %1$s"))
                .succeeds();
        host.given(
                "pool install --path %s/pool slow".formatted(mountPoint()),
                "pool set trash-age slow 0",
                "image build --pool slow busybox",
                "ct new --pool slow --image busybox stuck");
        firstId = host.json("user map slow:stuck").get(0).get("host_id").asLong();
    }

    @AfterEach
    void itAnswersAgainAndIsGone() {
        shell("fsfreeze -u %s");
        host.osctl("pool import slow");
        comesIn();
        host.given("ct del -f --purge slow:stuck", "trash prune --all", "pool uninstall slow");
        assertThat(shell("umount %1$s && rmdir %1$s && rm %1$s.img")).succeeds();
    }

    private static void comesIn() {
        await("it is taken in when it answers")
                .atMost(Running.PATIENCE)
                .until(() -> host.osctl("ct ls").stdout(), containers -> containers.contains("stuck"));
    }

    private static void freezes() {
        assertThat(shell("fsfreeze -f %s")).succeeds();
    }

    private static void everythingWorksInTheOtherPool() {
        host.given(
                "ct new --pool tank --image busybox web",
                "ct start web",
                "ct exec web true",
                "ct set memory-limit web 64M",
                "group set memory-limit tank:/default 1G",
                "group unset memory-limit tank:/default",
                "pool set trash-age tank 1h",
                "pool set trash-age tank 0",
                "ct snapshot new web one",
                "ct stop --kill web",
                "ct snapshot rollback web one",
                "ct cp web copy",
                "user new --pool tank alice",
                "ct del copy",
                "ct del web");
    }

    @Test
    void commandsInOtherPoolsGoOn() {
        freezes();
        List<Running> stuck = Stream.of(
                        "ct snapshot new slow:stuck one",
                        "ct new --pool slow --image busybox other",
                        "group set memory-limit slow:/default 1G",
                        "user new --pool slow bob",
                        "pool set trash-age slow 1h")
                .map(line -> host.command(line).start())
                .toList();

        everythingWorksInTheOtherPool();
        assertThat(host.osctl("ct ls")).succeeds().mentions("stuck");
        assertThat(host.osctl("pool ls")).succeeds().mentions("slow");
        assertThat(stuck).allMatch(Running::isRunning);

        assertThat(shell("fsfreeze -u %s")).succeeds();
        assertThat(stuck).allSatisfy(s -> assertThat(s.result()).succeeds());
        host.given("ct del slow:other", "pool set trash-age slow 0", "group unset memory-limit slow:/default");
    }

    @Test
    void theDaemonStartsAndLeavesThatPoolOut() {
        host.given("ct start slow:stuck");
        int init = host.initPid("slow:stuck");
        freezes();
        host.killDaemon();
        host.startDaemon();

        everythingWorksInTheOtherPool();
        assertThat(host.osctl("pool ls -o name,problem")).mentions("did not answer");
        // What runs there keeps its ids meanwhile.
        assertThat(host.shell("grep -c '^%s-slow-stuck:' /etc/subuid".formatted(host.instance()))
                        .run())
                .prints("1");
        assertThat(shell("fsfreeze -u %s")).succeeds();
        comesIn();
        host.awaitState("slow:stuck", "running");
        assertThat(host.initPid("slow:stuck")).isEqualTo(init);
    }

    @Test
    void idsOfWhatRunsThereAreGivenToNobodyMeanwhile() {
        host.given("ct start slow:stuck");
        freezes();
        host.killDaemon();
        host.startDaemon();

        assertThat(host.osctl("user new --pool tank --offset %d --size 65536 taker".formatted(firstId)))
                .fails(Status.IN_USE);
        host.given("user new --pool tank other");

        assertThat(host.json("user map tank:other").get(0).get("host_id").asLong())
                .isNotEqualTo(firstId);
    }

    @Test
    void whatRunsThereKeepsItsIdsAlsoIfOthersHaveThem() {
        host.given("ct start slow:stuck");
        int init = host.initPid("slow:stuck");
        freezes();
        host.killDaemon();
        // What useradd does to somebody who does not look.
        String delegation = "nobody:%d:1".formatted(firstId + 500);
        assertThat(host.shell("echo %s >>/etc/subuid".formatted(delegation)).run())
                .succeeds();
        try {
            host.startDaemon();
            assertThat(shell("fsfreeze -u %s")).succeeds();
            comesIn();
            // It is listed before what runs of it is found.
            host.awaitState("slow:stuck", "running");

            assertThat(host.initPid("slow:stuck")).isEqualTo(init);
            assertThat(host.json("user map slow:stuck").get(0).get("host_id").asLong())
                    .isEqualTo(firstId);
            assertThat(host.osctl("ct exec slow:stuck true")).succeeds();
            assertThat(host.daemon().log()).contains("its containers run: stuck");

            host.given("ct stop --kill slow:stuck", "pool export slow", "pool import slow");
            assertThat(host.json("user map slow:stuck").get(0).get("host_id").asLong())
                    .isNotEqualTo(firstId);
            assertThat(host.osctl("ct start slow:stuck")).succeeds();
        } finally {
            assertThat(host.shell("sed -i /^%s$/d /etc/subuid".formatted(delegation))
                            .run())
                    .succeeds();
        }
    }
}
