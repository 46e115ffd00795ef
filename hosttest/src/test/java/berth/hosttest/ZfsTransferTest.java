package berth.hosttest;

import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

/** From one ZFS pool to another. */
@Tag("machine")
final class ZfsTransferTest extends SentTransferContract {
    @RegisterExtension
    static final Host host = Host.withBusyboxOnZfs();

    @RegisterExtension
    static final SecondPool fast = SecondPool.onZfs(host);

    ZfsTransferTest() {
        super(host);
    }

    /** Datasets are destroyed in the background. */
    @Override
    void assertNothingPassing() {
        await("nothing in limbo")
                .atMost(Running.PATIENCE)
                .until(() -> host.shell("PATH=/usr/sbin:/sbin:$PATH; zfs list -H -o name | grep /limbo/")
                        .run()
                        .stdout()
                        .isEmpty());
    }
}
