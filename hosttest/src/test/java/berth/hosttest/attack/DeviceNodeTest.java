package berth.hosttest.attack;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import berth.hosttest.Host;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes that root inside makes for the host's devices open nothing, wherever they lie. */
@ParameterizedClass
@EnumSource(Kind.class)
final class DeviceNodeTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    private final Kind kind;

    private Attacker bad;

    DeviceNodeTest(Kind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void anAttacker() {
        bad = Attacker.in(host, kind, "bad");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/root/node", "/dev/node", "/tmp/own/node"})
    void noDiskOpens(String node) {
        bad.asRoot("mkdir -p /tmp/own; mount -t tmpfs -o dev none /tmp/own");

        assertThat(bad.tries("devices block " + node)).succeeds().printsNothing();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/root/node", "/dev/node", "/tmp/own/node"})
    void noOtherDeviceOpens(String node) {
        bad.asRoot("mkdir -p /tmp/own; mount -t tmpfs -o dev none /tmp/own");

        assertThat(bad.tries("devices char " + node)).succeeds().printsNothing();
    }

    @ParameterizedTest
    @ValueSource(strings = {"mount -o remount,dev /", "mount --bind /root /mnt; mount -o remount,bind,dev,rw /mnt"})
    void aMountDoesNotLearnOfDevicesAgain(String remount) {
        bad.asRoot("mkdir -p /mnt; " + remount);

        assertThat(bad.tries("devices char /mnt/node").stdout()).isEmpty();
        assertThat(bad.asRoot("mknod /root/null c 1 3 && : </root/null").status())
                .isNotZero();
    }
}
