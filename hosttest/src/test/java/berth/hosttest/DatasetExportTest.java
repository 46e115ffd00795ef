package berth.hosttest;

import org.junit.jupiter.api.extension.RegisterExtension;

/** On a pool of driver dir. */
final class DatasetExportTest extends DatasetExportContract {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    DatasetExportTest() {
        super(host);
    }
}
