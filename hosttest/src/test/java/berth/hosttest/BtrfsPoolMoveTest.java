package berth.hosttest;

import org.junit.jupiter.api.extension.RegisterExtension;

/** A pool of driver btrfs. */
final class BtrfsPoolMoveTest extends PoolMoveContract {
    @RegisterExtension
    static final Host here = Host.withBusyboxOnBtrfs();

    @RegisterExtension
    static final Host there = Host.bare();

    BtrfsPoolMoveTest() {
        super(here, there);
    }
}
