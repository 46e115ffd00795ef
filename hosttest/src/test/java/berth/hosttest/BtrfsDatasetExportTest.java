package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** On a pool of driver btrfs. */
final class BtrfsDatasetExportTest extends DatasetExportContract {
    @RegisterExtension
    static final Host host = Host.withBusyboxOnBtrfs();

    BtrfsDatasetExportTest() {
        super(host);
    }

    @Test
    void quotasComeBackToo() {
        host.given(
                "ct set quota web 100M",
                "ct dataset set quota web data 20M",
                "ct export web %s/quota.tar".formatted(host.scratch()));

        assertThat(host.osctl("ct import --as-id other %s/quota.tar".formatted(host.scratch())))
                .succeeds();

        assertThat(host.json("ct dataset ls other -o name,quota").findValuesAsString("quota"))
                .containsExactly("104857600", "20971520", "");
        host.given("ct start other");
        assertThat(inside("other", "dd if=/dev/urandom of=/data/more bs=1M count=30"))
                .exits(1);
        host.given("ct del -f --purge other", "ct stop --kill web");
        assertThat(host.shell("rm %s/quota.tar".formatted(host.scratch())).run())
                .succeeds();
    }
}
