package berth.hosttest;

import org.junit.jupiter.api.extension.RegisterExtension;

/** On a pool of driver dir. */
final class DatasetTest extends DatasetContract {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    DatasetTest() {
        super(host);
    }
}
