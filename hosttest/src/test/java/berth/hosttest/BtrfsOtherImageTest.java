package berth.hosttest;

import org.junit.jupiter.api.extension.RegisterExtension;

/** On a pool of driver btrfs. */
final class BtrfsOtherImageTest extends OtherImageContract {
    @RegisterExtension
    static final Host host = Host.withBusyboxOnBtrfs();

    BtrfsOtherImageTest() {
        super(host);
    }
}
