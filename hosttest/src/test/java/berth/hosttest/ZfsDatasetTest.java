package berth.hosttest;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

/** On a pool of driver zfs. */
@Tag("machine")
final class ZfsDatasetTest extends DatasetContract {
    @RegisterExtension
    static final Host host = Host.withBusyboxOnZfs();

    ZfsDatasetTest() {
        super(host);
    }
}
