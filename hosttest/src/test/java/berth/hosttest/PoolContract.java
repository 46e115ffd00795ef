package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a container's files can be asked for where each layer is a file system of its own, the same on every such driver. */
abstract class PoolContract {
    private final Host host;

    PoolContract(Host host) {
        this.host = host;
    }

    @BeforeEach
    void aRunningContainerWithAFile() {
        host.given("ct new --image busybox web", "ct start web");
        writes("web", "first");
    }

    private void writes(String container, String text) {
        host.given("ct exec %s sh -c 'echo %s > /root/file'".formatted(container, text));
    }

    void holds(String container, String text) {
        assertThat(host.osctl("ct exec %s cat /root/file".formatted(container))).prints(text);
    }

    @Test
    void itsContainersOwnTheirFilesInsideAndNotOnTheHost() {
        assertThat(host.osctl("ct exec web stat -c %u:%g / /root/file /etc/hostname"))
                .prints("0:0\n0:0\n0:0");
    }

    void rootInsideGivesFilesAway() {
        assertThat(host.osctl("ct exec web sh -c 'chown 5:6 /root/file && stat -c %u:%g /root/file'"))
                .prints("5:6");
    }

    @Test
    void snapshotsOfRunningContainersAreRolledBackToAndForth() {
        host.given("ct snapshot new web one");
        writes("web", "second");

        host.given("ct stop --kill web", "ct snapshot rollback web one", "ct start web");
        holds("web", "first");

        String undo = host.json("ct snapshot ls web").get(1).get("name").asString();
        host.given("ct stop --kill web", "ct snapshot del web one", "ct snapshot rollback web " + undo, "ct start web");
        holds("web", "second");
    }

    @Test
    void copiesGoTheirOwnWay() {
        host.given("ct cp web copy", "ct start copy");
        writes("copy", "of the copy");

        holds("web", "first");
        host.given("ct del -f web");
        holds("copy", "of the copy");
        assertThat(host.osctl("ct exec copy stat -c %u:%g /root/file")).prints("0:0");
    }

    @Test
    void aReinstalledContainerIsAsNewAndCanBeWhatItWasAgain() {
        host.given("ct stop --kill web", "ct reinstall web", "ct start web");
        assertThat(host.osctl("ct exec web ls /root/file")).fails(Status.FAILED);

        String undo = host.json("ct snapshot ls web").get(0).get("name").asString();
        host.given("ct stop --kill web", "ct snapshot rollback web " + undo, "ct start web");
        holds("web", "first");
    }

    @Test
    void aSnapshotIsLookedIntoWhileTheContainerRuns() {
        host.given("ct snapshot new web one");
        writes("web", "second");

        String place = host.osctl("ct snapshot mount web one").stdout().strip();

        assertThat(host.shell("cat %s/root/file".formatted(place)).run()).prints("first");
        assertThat(host.shell("touch %s/new".formatted(place)).run().status()).isNotZero();
        host.given("ct snapshot unmount web one", "ct snapshot del web one");
    }

    @Test
    void aSnapshotBecomesAContainer() {
        host.given("ct snapshot new web one");
        writes("web", "second");

        host.given("ct snapshot clone web one copy", "ct start copy");

        holds("copy", "first");
    }

    @Test
    void containersRunOnWhenTheDaemonIsKilled() {
        int init = host.initPid("web");

        host.killDaemon();
        host.startDaemon();

        assertThat(host.initPid("web")).isEqualTo(init);
        holds("web", "first");
    }

    @Test
    void aContainerThatRunsIsExportedAndTakenInAgain() {
        host.given(
                "ct new --image busybox packed", "ct start packed", "ct exec packed sh -c 'echo first > /root/file'");

        assertThat(host.shell("osctl ct export packed - | osctl ct import --as-id taken -")
                        .run())
                .succeeds();

        host.given("ct start taken");
        assertThat(host.osctl("ct exec taken cat /root/file")).prints("first");
    }
}
