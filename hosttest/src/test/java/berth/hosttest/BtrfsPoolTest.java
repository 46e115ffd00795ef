package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A pool that is a btrfs in a file. */
final class BtrfsPoolTest extends PoolContract {
    @RegisterExtension
    static final Host host = Host.withBusyboxOnBtrfs();

    BtrfsPoolTest() {
        super(host);
    }

    @Test
    void filesAreGivenAwayInside() {
        rootInsideGivesFilesAway();
    }

    @Test
    void itIsUnmountedWhileItIsExported() {
        assertThat(host.osctl("pool export -f tank")).succeeds();
        assertThat(host.shell("mountpoint %s".formatted(host.pool("tank")))
                        .run()
                        .status())
                .isNotZero();

        assertThat(host.osctl("pool import tank")).succeeds();
        host.given("ct start web");
        holds("web", "first");
    }

    @Test
    void itIsMountedAgainWhenTheDaemonStarts() {
        host.given("ct stop --kill web");
        host.daemon().stop();
        assertThat(host.shell("umount %s".formatted(host.pool("tank"))).run()).succeeds();

        host.startDaemon();

        host.given("ct start web");
        holds("web", "first");
    }

    @Test
    void itGrowsWhileItsContainersRun() {
        assertThat(host.osctl("pool grow --size 768M tank")).succeeds();

        assertThat(host.osctl("ct exec web df -m /")).mentions("768");
        assertThat(host.osctl("pool grow --size 256M tank"))
                .fails(Status.INVALID)
                .complains("only become larger");
    }

    @Test
    void aDirectoryThatIsNotOnBtrfsIsRefused() {
        assertThat(host.osctl("pool install --driver btrfs --path %s other".formatted(host.pool("other"))))
                .fails(Status.UNSUPPORTED)
                .complains("not on a btrfs", "--size");
        assertThat(host.pool("other")).doesNotExist();
    }
}
