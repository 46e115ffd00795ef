package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** On a pool of driver dir. */
final class SharedDatasetTest extends SharedDatasetContract {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    SharedDatasetTest() {
        super(host);
    }

    @Test
    void whereTheFileSystemKeepsNoQuotasOneIsRefusedAndLeavesNothing() {
        String directory = host.scratch() + "/bare";
        assertThat(host.shell("mkdir {0} && mount -t tmpfs none {0} && chmod 755 {0}".replace("{0}", directory))
                        .run())
                .succeeds();
        host.given("pool install --path %s/pool bare".formatted(directory));

        assertThat(host.osctl("pool dataset new --quota 20M bare music"))
                .fails(Status.UNSUPPORTED)
                .complains("does not keep directories to quotas", "prjquota");

        assertThat(host.json("pool dataset ls bare")).isEmpty();
        assertThat(host.shell("ls %s/pool/ct".formatted(directory)).run()).printsNothing();
        host.given("pool uninstall bare");
        assertThat(host.shell("umount {0} && rmdir {0}".replace("{0}", directory))
                        .run())
                .succeeds();
    }

    @Test
    void whereTheFileSystemMapsNoIdsOneIsRefusedWithTheReason() {
        String directory = host.scratch() + "/plain";
        assertThat(host.shell("mkdir {0} && mount -t ramfs none {0} && chmod 755 {0}".replace("{0}", directory))
                        .run())
                .succeeds();
        host.given("pool install --path %s/pool plain".formatted(directory));

        assertThat(host.osctl("pool dataset new plain music"))
                .fails(Status.UNSUPPORTED)
                .complains("cannot map the ids of containers", "ext4");

        assertThat(host.json("pool dataset ls plain")).isEmpty();
        assertThat(host.shell("ls %s/pool/ct".formatted(directory)).run()).printsNothing();
        host.given("pool uninstall plain");
        assertThat(host.shell("umount {0} && rmdir {0}".replace("{0}", directory))
                        .run())
                .succeeds();
    }

    @Test
    void anExportedContainerHasItsMountOnlyAndSaysWhatIsMissing() {
        String file = host.scratch() + "/web.tar";
        host.given(
                "ct mounts dataset web tank:media /srv",
                "ct export --compression none web " + file,
                "ct del --purge web",
                "pool dataset del --purge tank media",
                "ct import --host-parts " + file);

        assertThat(host.osctl("ct start web"))
                .fails(Status.NOT_FOUND)
                .complains("tank:media", "pool 'tank' has no dataset 'media'");

        host.given("pool dataset new tank media", "ct start web");
        assertThat(host.shell("rm " + file).run()).succeeds();
    }
}
