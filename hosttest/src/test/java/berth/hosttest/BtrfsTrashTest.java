package berth.hosttest;

import org.junit.jupiter.api.extension.RegisterExtension;

/** On a pool of driver btrfs. */
final class BtrfsTrashTest extends TrashContract {
    @RegisterExtension
    static final Host host = Host.withBusyboxOnBtrfs();

    BtrfsTrashTest() {
        super(host);
    }
}
