package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On a pool of driver dir, by project quotas of its file system. */
@Tag("machine")
final class QuotaTest extends QuotaContract {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    QuotaTest() {
        super(host, "kept");
    }

    @BeforeAll
    static void aPoolThatKeepsQuotas() {
        KeptPool.make(host, QuotaTest.class);
    }

    @AfterAll
    static void noSuchPool() {
        KeptPool.remove(host);
    }

    @ParameterizedTest
    @ValueSource(strings = {"after:begin", "before:change bound", "after:change bound"})
    void aChangeCutOffEarlyIsUndone(String point) {
        host.given("ct set quota web 20M");

        host.letDaemonDieAt("ct-set-quota/" + point);
        assertThat(host.osctl("ct set quota web 100M")).fails(Status.DAEMON_WENT_AWAY);
        host.restartDeadDaemon();

        assertThat(host.json("ct show web").get("quota").asLong()).isEqualTo(20L << 20);
        assertThat(host.osctl("ct exec web dd if=/dev/urandom of=/root/a bs=1M count=40 conv=fsync"))
                .exits(1);
    }

    /** The quota is not kept, as before the change: that stands in nobody's way. */
    @Test
    void aChangeIsUndoneAlsoWhereThePoolWasMountedWithoutQuotasMeanwhile() {
        host.given("ct set quota web 20M", "ct stop --kill web");
        host.letDaemonDieAt("ct-set-quota/after:change bound");
        assertThat(host.osctl("ct set quota web 100M")).fails(Status.DAEMON_WENT_AWAY);
        KeptPool.mount(host, "noquota");
        host.restartDeadDaemon();

        assertThat(host.osctl("ct start web")).succeeds();
        assertThat(host.json("ct show web").get("quota").asLong()).isEqualTo(20L << 20);
        assertThat(host.osctl("ct set quota web 30M")).doesNotSucceed().complains("prjquota");

        host.given("ct stop --kill web");
        host.daemon().stop();
        KeptPool.mount(host, "prjquota");
        host.startDaemon();
    }

    @ParameterizedTest
    @ValueSource(strings = {"before:record quota", "after:record quota", "before:end"})
    void aChangeCutOffLateIsCompleted(String point) {
        host.letDaemonDieAt("ct-set-quota/" + point);
        assertThat(host.osctl("ct set quota web 20M")).fails(Status.DAEMON_WENT_AWAY);
        host.restartDeadDaemon();

        assertThat(host.json("ct show web").get("quota").asLong()).isEqualTo(20L << 20);
        assertThat(host.osctl("ct exec web dd if=/dev/urandom of=/root/a bs=1M count=40 conv=fsync"))
                .exits(1);
    }
}
