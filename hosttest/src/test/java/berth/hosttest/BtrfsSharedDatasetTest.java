package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On a pool of driver btrfs. */
final class BtrfsSharedDatasetTest extends SharedDatasetContract {
    @RegisterExtension
    static final Host host = Host.withBusyboxOnBtrfs();

    BtrfsSharedDatasetTest() {
        super(host);
    }

    private static Result writes40M() {
        return host.osctl("ct exec web dd if=/dev/urandom of=/srv/a bs=1M count=40 conv=fsync");
    }

    @ParameterizedTest
    @ValueSource(strings = {"after:begin", "before:change bound", "after:change bound"})
    void aChangeOfAQuotaCutOffEarlyIsUndone(String point) {
        host.given("pool dataset set quota tank media 20M");

        host.letDaemonDieAt("pool-dataset-set-quota/" + point);
        assertThat(host.osctl("pool dataset set quota tank media 100M")).fails(Status.DAEMON_WENT_AWAY);
        host.restartDeadDaemon();

        assertThat(host.json("pool dataset ls").get(0).get("quota").asLong()).isEqualTo(20L << 20);
        host.given("ct mounts dataset web tank:media /srv", "ct start web");
        assertThat(writes40M()).exits(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"before:write configuration", "after:write configuration", "before:end"})
    void aChangeOfAQuotaCutOffLateIsCompleted(String point) {
        host.letDaemonDieAt("pool-dataset-set-quota/" + point);
        assertThat(host.osctl("pool dataset set quota tank media 20M")).fails(Status.DAEMON_WENT_AWAY);
        host.restartDeadDaemon();

        assertThat(host.json("pool dataset ls").get(0).get("quota").asLong()).isEqualTo(20L << 20);
        host.given("ct mounts dataset web tank:media /srv", "ct start web");
        assertThat(writes40M()).exits(1);
    }
}
