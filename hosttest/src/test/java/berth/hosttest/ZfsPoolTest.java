package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A pool on ZFS. */
@Tag("machine")
final class ZfsPoolTest extends PoolContract {
    @RegisterExtension
    static final Host host = Host.withBusyboxOnZfs();

    ZfsPoolTest() {
        super(host);
    }

    private static Result zfs(String line) {
        return host.shell("PATH=/usr/sbin:/sbin:$PATH " + line).run();
    }

    private static List<String> datasets(String part) {
        return zfs("zfs list -H -o name -t filesystem -r %s/%s"
                        .formatted(host.zpool().name(), part))
                .stdout()
                .lines()
                .skip(1)
                .toList();
    }

    @AfterEach
    void withoutTheSecondPool() {
        host.osctl("ct del -f --purge other:web");
        host.osctl("pool uninstall other");
        host.zpool().clear("other");
        host.zpool().clear("elsewhere");
    }

    @Test
    void rootInsideGivesFilesAwayOnTheZfsOfTheKernel() {
        rootInsideGivesFilesAway();
    }

    @Test
    void nothingIsLeftOfDeletedContainersAndTheirSnapshots() {
        host.given(
                "ct snapshot new web one",
                "ct snapshot new web two",
                "ct cp web copy",
                "ct snapshot del web one",
                "ct del -f web",
                "ct del -f copy");

        await("no dataset of theirs")
                .atMost(Running.PATIENCE)
                .untilAsserted(() -> assertThat(datasets("ct")).isEmpty());
        await("none that waits to be destroyed")
                .atMost(Running.PATIENCE)
                .untilAsserted(() -> assertThat(datasets("limbo")).isEmpty());
    }

    @Test
    void anImageThatIsDeletedTakesItsDatasetsAlong() {
        host.given("ct del -f web");
        String base = "%s/base/%s"
                .formatted(
                        host.zpool().name(),
                        host.json("image show busybox").get("id").asString());
        assertThat(datasets("base")).contains(base);

        host.given("image del busybox");

        await("no dataset of it")
                .atMost(Running.PATIENCE)
                .untilAsserted(() -> assertThat(datasets("base")).noneMatch(d -> d.startsWith(base)));
        host.given("image build busybox");
    }

    @Test
    void aContainersRootCannotReachTheSnapshotsOfItsDataset() {
        host.given("ct snapshot new web one");

        assertThat(host.osctl("ct exec web ls /.zfs/snapshot")).fails(Status.FAILED);
    }

    @Test
    void aDatasetIsMadeForAPool() {
        String parent = host.zpool().name() + "/elsewhere";
        zfs("zfs create -o canmount=off -o mountpoint=%s %s"
                .formatted(host.pool("other").getParent(), parent));

        assertThat(host.osctl("pool install --dataset %s/other other".formatted(parent)))
                .succeeds();
        host.given("image build busybox --pool other", "ct new --image busybox other:web", "ct start other:web");

        assertThat(host.json("pool show other").get("driver").asString()).isEqualTo("zfs");
        assertThat(host.osctl("ct exec other:web stat -c %u /")).prints("0");
    }

    @Test
    void aDatasetThatIsMountedNowhereGetsAPlace() {
        String dataset = host.zpool().name() + "/other";
        zfs("zfs create -o mountpoint=none " + dataset);

        assertThat(host.osctl("pool install --dataset %s other".formatted(dataset)))
                .succeeds();

        assertThat(host.osctl("pool ls -H -o path other")).prints("/var/lib/%s/pool/other".formatted(host.instance()));
    }

    @Test
    void aQuotaHoldsAndIsRaisedWhileTheContainerRuns() {
        String write = "ct exec web dd if=/dev/urandom of=/root/big bs=1M count=40 conv=fsync";
        assertThat(host.osctl("ct set quota web 20M")).succeeds();

        assertThat(host.osctl(write)).fails(Status.FAILED);
        host.given("ct exec web rm /root/big", "ct set quota web 80M");
        assertThat(host.osctl(write)).succeeds();

        assertThat(host.osctl("ct set quota web 10M")).succeeds();
        assertThat(host.osctl("ct exec web dd if=/dev/urandom of=/root/more bs=1M count=20 conv=fsync"))
                .fails(Status.FAILED);
    }

    @Test
    void aZpoolThatHoldsOtherThingsNeedsADatasetForTheirPool() {
        assertThat(host.osctl("pool install " + host.zpool().name()))
                .fails(Status.EXISTS)
                .complains("is not empty", "--dataset");
        assertThat(host.osctl("pool install --dataset nowhere/berth other"))
                .fails(Status.NOT_FOUND)
                .complains("no ZFS pool 'nowhere'", "zpool import");
        assertThat(host.osctl("pool install --dataset ../x other")).fails(Status.INVALID);
        assertThat(host.osctl("pool install --driver zfs --path %s other".formatted(host.pool("other"))))
                .fails(Status.UNSUPPORTED)
                .complains("no dataset of ZFS");
    }

    @Test
    void aPoolWhoseZpoolIsMissingKeepsNoOtherPoolFromWorking() {
        host.given("ct stop --kill web");
        host.daemon().stop();
        host.zpool().takeAway(host.pool("tank"));

        host.startDaemon();

        assertThat(host.osctl("pool ls -o name,problem")).mentions("no ZFS pool", "zpool import");
        assertThat(host.osctl("ct new --image busybox tank:x")).fails(Status.WRONG_STATE);

        host.zpool().bringBack();
        assertThat(host.osctl("pool import tank")).succeeds();
        host.given("ct start web");
        holds("web", "first");
    }

    @Test
    void itsDatasetIsMountedAgainWhenTheDaemonStarts() {
        host.given("ct stop --kill web");
        host.daemon().stop();
        assertThat(host.shell("umount %s".formatted(host.pool("tank"))).run()).succeeds();

        host.startDaemon();

        host.given("ct start web");
        holds("web", "first");
    }

    @Test
    void aFullZpoolIsToldAndNothingIsLeftOfWhatFailed() {
        zfs("zfs set quota=%s %s".formatted(used() + (1 << 20), host.zpool().name()));
        host.shell("dd if=/dev/urandom of=%s/filler bs=64k count=64".formatted(host.pool("tank")))
                .run();

        Result result = host.osctl("ct new --image busybox full");

        zfs("zfs set quota=none %s".formatted(host.zpool().name()));
        host.shell("rm -f %s/filler".formatted(host.pool("tank"))).run();
        assertThat(result.status()).isNotZero();
        assertThat(host.osctl("ct show full")).fails(Status.NOT_FOUND);
        host.given("ct new --image busybox full", "ct start full");
    }

    private static long used() {
        return Long.parseLong(zfs("zfs get -H -p -o value used " + host.zpool().name())
                .stdout()
                .strip());
    }
}
