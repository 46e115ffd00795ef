package berth.hosttest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** On a pool of subvolumes. */
final class BtrfsPowerCutTest extends PowerCutContract {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    BtrfsPowerCutTest() {
        super(host, "btrfs");
    }

    @Test
    void aQuotaIsThereAfterAPowerCut() {
        isThereAfterAPowerCut("ct set quota web 100M");
    }
}
