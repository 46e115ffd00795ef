package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** On a pool of driver dir. */
final class DatasetTest extends DatasetContract {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    DatasetTest() {
        super(host);
    }

    @Test
    void whereTheFileSystemKeepsNoQuotasOneIsRefusedWithTheReason() {
        assertThat(host.shell("mkdir {0} && mount -t tmpfs none {0} && chmod 755 {0}".replace("{0}", directory()))
                        .run())
                .succeeds();
        host.given(
                "pool install --path %s/pool bare".formatted(directory()),
                "--pool bare image build busybox",
                "--pool bare ct new --image busybox mail");

        assertThat(host.osctl("ct set quota mail 20M"))
                .fails(Status.UNSUPPORTED)
                .complains("does not keep directories to quotas", "prjquota");

        assertThat(host.json("ct show mail").get("quota").isNull()).isTrue();
        host.given("ct del --purge mail", "pool uninstall bare");
        assertThat(host.shell("umount {0} && rmdir {0}".replace("{0}", directory()))
                        .run())
                .succeeds();
    }

    private static String directory() {
        return host.scratch().toString() + "/bare";
    }
}
