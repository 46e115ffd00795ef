package berth.hosttest.attack;

import static berth.hosttest.ResultAssert.assertThat;

import berth.hosttest.Checkout;
import berth.hosttest.Host;
import berth.hosttest.Running;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What the kernel does for the host's root it does for no root of a container. */
@ParameterizedClass
@EnumSource(Kind.class)
final class SystemCallTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    private final Kind kind;

    private Attacker bad;

    SystemCallTest(Kind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void anAttacker() {
        bad = Attacker.in(host, kind, "bad");
    }

    private static String serial(Running holder) {
        return holder.shows("\n").output().replaceAll("\\D", "");
    }

    @Test
    void noCallReachesTheHostsKernelClockLogOrCounters() {
        assertThat(bad.tries("calls")).succeeds().printsNothing();
    }

    @Test
    void norDoesOneFromANamespaceWithinTheContainer() {
        assertThat(bad.asRoot("unshare -Ur /root/hostile calls; unshare -m /root/hostile calls"))
                .printsNothing();
    }

    @Test
    void anotherContainersKeysAreNotFound() {
        Attacker good = Attacker.in(host, kind, "good");
        String key = serial(good.begins("hold-key secret hidden"));

        assertThat(good.tries("read-key %s secret".formatted(key))).mentions("hidden");
        assertThat(bad.tries("read-key %s secret".formatted(key))).doesNotMention("hidden");
    }

    @Test
    void theHostsKeysAreNotFound() {
        String key = serial(host.shell("exec %s hold-key secret hidden".formatted(Checkout.hostile()))
                .start());

        assertThat(bad.tries("read-key %s secret".formatted(key))).doesNotMention("hidden");
    }
}
