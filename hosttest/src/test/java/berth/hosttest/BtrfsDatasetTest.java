package berth.hosttest;

import org.junit.jupiter.api.extension.RegisterExtension;

/** On a pool of driver btrfs. */
final class BtrfsDatasetTest extends DatasetContract {
    @RegisterExtension
    static final Host host = Host.withBusyboxOnBtrfs();

    BtrfsDatasetTest() {
        super(host);
    }
}
