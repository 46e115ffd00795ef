package berth.hosttest;

import org.junit.jupiter.api.extension.RegisterExtension;

/** On a pool of layers. */
final class PowerCutTest extends PowerCutContract {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    PowerCutTest() {
        super(host, "dir");
    }
}
