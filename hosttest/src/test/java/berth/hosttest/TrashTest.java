package berth.hosttest;

import org.junit.jupiter.api.extension.RegisterExtension;

/** On a pool of driver dir. */
final class TrashTest extends TrashContract {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    TrashTest() {
        super(host);
    }
}
