package berth.hosttest;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

/** On a pool of driver zfs whose mounts can map ids. */
@Tag("machine")
final class ZfsSharedDatasetTest extends SharedDatasetContract {
    @RegisterExtension
    static final Host host = Host.withBusyboxOnZfs();

    ZfsSharedDatasetTest() {
        super(host);
    }
}
