package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How much containers may take of a pool, the same on every storage driver that can keep them to it. */
abstract class QuotaContract {
    private final Host host;
    private final String pool;

    QuotaContract(Host host, String pool) {
        this.host = host;
        this.pool = pool;
    }

    @BeforeEach
    void aRunningContainer() {
        host.given("--pool %s ct new --image busybox web".formatted(pool), "ct start web");
    }

    private Result inside(String container, String script) {
        return host.osctl(List.of("ct", "exec", container, "sh", "-c", script));
    }

    /** Writes so many MiB into a file inside; the disk has them when it returns. */
    private Result writes(String file, int size) {
        return inside("web", "dd if=/dev/urandom of=%s bs=1M count=%d conv=fsync 2>&1".formatted(file, size));
    }

    private long counted() {
        return host.json("ct show web").get("quota_used").asLong();
    }

    @Test
    void whoeverIsFullCanWriteNothingMoreAndOthersDo() {
        host.given("--pool %s ct new --image busybox mail".formatted(pool), "ct start mail");
        assertThat(host.osctl("ct set quota web 20M")).succeeds();

        assertThat(writes("/root/a", 10)).succeeds();
        assertThat(writes("/root/b", 30)).exits(1).mentions("dd:");

        assertThat(counted()).isBetween(10L << 20, 21L << 20);
        assertThat(host.json("ct show web").get("quota").asLong()).isEqualTo(20L << 20);
        assertThat(inside("mail", "dd if=/dev/urandom of=/root/b bs=1M count=30 conv=fsync"))
                .succeeds();
    }

    @Test
    void manySmallFilesCountToo() {
        host.given("ct set quota web 12M");

        assertThat(inside(
                        "web",
                        "mkdir /root/d; i=0; while [ $i -lt 4000 ]; do dd if=/dev/urandom of=/root/d/$i bs=8k count=1 2>/dev/null"
                                + " || exit 7; i=$((i+1)); done; sync"))
                .exits(7);
    }

    @Test
    void aQuotaHoldsThroughRestartsSnapshotsAndRollbacks() {
        host.given("ct set quota web 20M");
        writes("/root/a", 10);
        host.given("ct stop --kill web", "ct snapshot new web one", "ct start web");
        assertThat(writes("/root/b", 30)).exits(1);
        host.given("ct snapshot new web live", "ct stop --kill web", "ct snapshot rollback web one", "ct start web");

        assertThat(inside("web", "test -e /root/b")).exits(1);
        assertThat(writes("/root/c", 5)).succeeds();
        assertThat(writes("/root/d", 30)).exits(1);
        host.killDaemon();
        host.startDaemon();
        assertThat(host.json("ct show web").get("quota").asLong()).isEqualTo(20L << 20);
        host.given("ct stop --kill web", "ct reinstall web", "ct start web");
        assertThat(writes("/root/e", 30)).exits(1);
    }

    @Test
    void aCopyHasAQuotaOfItsOwn() {
        host.given("ct set quota web 20M", "ct cp web copy", "ct start copy");

        assertThat(host.json("ct show copy").get("quota").asLong()).isEqualTo(20L << 20);
        assertThat(inside("copy", "dd if=/dev/urandom of=/root/b bs=1M count=30 conv=fsync 2>&1"))
                .exits(1);
        assertThat(writes("/root/a", 10)).succeeds();
    }

    @Test
    void aFullContainerStopsStartsAndGoesIntoASnapshot() {
        host.given("ct set quota web 12M");
        writes("/root/a", 30);
        inside("web", "i=0; while echo $i > /root/f$i; do i=$((i+1)); done 2>/dev/null");
        assertThat(host.osctl("ct healthcheck web")).succeeds().mentions("of its quota of 12M");
        host.given("ct snapshot new web running", "ct stop --kill web", "ct set hostname web other.example.org");

        assertThat(host.osctl("ct start web")).succeeds();

        assertThat(inside("web", "rm /root/a && echo there > /root/new")).succeeds();
        host.given("ct stop --kill web", "ct snapshot new web stopped", "ct start web");
        assertThat(inside("web", "hostname")).prints("other.example.org");
    }

    @Test
    void aDatasetHasAQuotaBesideThatOfTheRoot() {
        host.given("ct dataset new web data", "ct dataset set quota web data 16M");

        assertThat(writes("/data/a", 30)).exits(1);
        assertThat(writes("/root/a", 30)).succeeds();

        assertThat(host.json("ct dataset ls web").get(1).get("quota").asLong()).isEqualTo(16L << 20);
        assertThat(host.osctl("ct dataset unset quota web data")).succeeds();
        assertThat(writes("/data/a", 30)).succeeds();
    }

    @Test
    void aDatasetOfAPoolIsBoundedForAllThatMountIt() {
        host.given(
                "--pool %s ct new --image busybox mail".formatted(pool),
                "pool dataset new --quota 20M %s full".formatted(pool),
                "ct mounts dataset web %s:full /srv".formatted(pool),
                "ct mounts dataset mail %s:full /srv".formatted(pool),
                "ct start mail");

        assertThat(writes("/srv/a", 12)).succeeds();
        assertThat(inside("mail", "dd if=/dev/urandom of=/srv/b bs=1M count=20 conv=fsync"))
                .exits(1);
        assertThat(writes("/root/b", 30)).succeeds();

        assertThat(host.json("pool dataset ls").get(0).get("quota").asLong()).isEqualTo(20L << 20);
        assertThat(host.json("pool dataset ls").get(0).get("used").asLong()).isBetween(12L << 20, 21L << 20);
        assertThat(host.osctl("pool dataset set quota %s full 10M".formatted(pool)))
                .succeeds()
                .complains("nothing can be written");
        assertThat(host.osctl("pool dataset unset quota %s full".formatted(pool)))
                .succeeds();
        assertThat(writes("/srv/c", 30)).succeeds();
    }

    @Test
    void aQuotaThatIsRaisedOrTakenAwayLetsTheGuestWriteAtOnce() {
        host.given("ct set quota web 12M");
        assertThat(writes("/root/a", 30)).exits(1);
        host.given("ct set quota web 60M");
        assertThat(writes("/root/a", 30)).succeeds();

        assertThat(host.osctl("ct set quota web 10M")).succeeds().complains("nothing can be written");
        assertThat(writes("/root/b", 5)).exits(1);
        host.given("ct unset quota web");
        assertThat(writes("/root/b", 5)).succeeds();
        assertThat(host.json("ct show web").get("quota").isNull()).isTrue();
    }

    @Test
    void whatIsNoQuotaIsRefused() {
        assertThat(host.osctl("ct set quota web many")).fails(Status.INVALID);
        assertThat(host.osctl("ct set quota web 0")).fails(Status.INVALID).complains("unset quota");
        assertThat(host.osctl("ct set quota web -- -5")).fails(Status.INVALID);
        assertThat(host.osctl("ct dataset set quota web none 5G")).fails(Status.NOT_FOUND);
        assertThat(host.json("ct show web").get("quota").isNull()).isTrue();
    }
}
