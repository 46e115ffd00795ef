package berth.hosttest;

import org.junit.jupiter.api.extension.RegisterExtension;

/** On a pool of driver btrfs. */
final class BtrfsQuotaTest extends QuotaContract {
    @RegisterExtension
    static final Host host = Host.withBusyboxOnBtrfs();

    BtrfsQuotaTest() {
        super(host, "tank");
    }
}
