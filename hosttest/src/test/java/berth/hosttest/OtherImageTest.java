package berth.hosttest;

import org.junit.jupiter.api.extension.RegisterExtension;

/** On a pool of driver dir. */
final class OtherImageTest extends OtherImageContract {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    OtherImageTest() {
        super(host);
    }
}
