package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UserTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    @Test
    void aUserGetsABlockOfItsOwnFromTheDefaultRange() {
        assertThat(host.osctl("user new alice")).succeeds();
        assertThat(host.osctl("user new bob")).succeeds();

        assertThat(host.osctl("user map alice").stdout())
                .isNotEqualTo(host.osctl("user map bob").stdout());
        assertThat(host.osctl("user ls")).mentions("alice", "bob");
        assertThat(host.osctl("user show alice")).succeeds().mentions("alice");
    }

    @Test
    void anExplicitMapIsTakenAsGiven() {
        assertThat(host.osctl("user new --map 0:700000:65536 alice")).succeeds();

        assertThat(host.osctl("user map alice")).succeeds().mentions("700000", "65536");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "user new --map 0:700000:65536 bob",
                "user new --map 0:765535:65536 bob",
                "user new --map 0:634465:65536 bob",
                "user new --map 0:710000:10 bob",
                "user new --map 0:600000:1000000 bob",
                "user new --offset 700000 --size 65536 bob",
                "user new --map 0:900000:1000 --map 1000:700000:1000 bob",
                "id-range new --start-id 700000 --block-size 65536 --block-count 4 more"
            })
    void whatOverlapsAnAllocatedBlockIsRefused(String line) {
        host.given("user new --map 0:700000:65536 alice");

        assertThat(host.osctl(line)).fails(Status.IN_USE).complains("alice");

        assertThat(host.osctl("user ls")).doesNotMention("bob");
        assertThat(host.osctl("id-range ls")).doesNotMention("more");
    }

    @Test
    void aMapInsideARangeIsNeverHandedOutAgain() {
        host.given(
                "id-range new --start-id 800000 --block-size 65536 --block-count 2 two",
                "user new --map 0:800000:65536 first",
                "user new --id-range two second");

        assertThat(host.osctl("user map second")).mentions("865536");
        assertThat(host.osctl("user new --id-range two third"))
                .fails(Status.EXHAUSTED)
                .complains("two");
    }

    @Test
    void theTableOfARangeShowsWhoHasWhat() {
        host.given(
                "id-range new --start-id 800000 --block-size 65536 --block-count 2 two",
                "user new --id-range two alice");

        assertThat(host.osctl("id-range table ls two")).succeeds().mentions("alice");
        assertThat(host.osctl("id-range table ls two free")).succeeds().doesNotMention("alice");
        assertThat(host.osctl("id-range show two")).succeeds().mentions("800000");
    }

    @Test
    void aRangeInUseIsNotDeleted() {
        host.given(
                "id-range new --start-id 800000 --block-size 65536 --block-count 2 two",
                "user new --id-range two alice");

        assertThat(host.osctl("id-range del two")).fails(Status.IN_USE).complains("two", "alice");

        host.given("user del alice");
        assertThat(host.osctl("id-range del two")).succeeds();
    }

    @Test
    void aUserWithContainersIsNotDeleted() {
        host.given("user new alice", "ct new --image busybox --user alice web");

        assertThat(host.osctl("user del alice")).fails(Status.IN_USE).complains("alice", "web");
    }

    @Test
    void twoContainersMayShareAUser() {
        host.given("user new alice", "ct new --image busybox --user alice a", "ct new --image busybox --user alice b");

        assertThat(host.osctl("ct start a b")).succeeds();

        assertThat(host.osctl("ct exec a true")).succeeds();
        assertThat(host.osctl("ct exec b true")).succeeds();
    }

    @Test
    void aFreedBlockIsUsedAgain() {
        host.given("user new alice");
        String map = host.osctl("user map alice").stdout();
        host.given("user del alice", "user new bob");

        assertThat(host.osctl("user map bob").stdout()).isEqualTo(map);
    }

    @Test
    void hostIdsMayBeAsLargeAsTheKernelHasThem() {
        host.given(
                "user new --offset 4200000000 --size 65536 high",
                "ct new --image busybox --user high web",
                "ct mounts new --type tmpfs --mountpoint /scratch web",
                "ct dataset new web data",
                "ct start web");

        assertThat(host.osctl(
                        "ct exec web sh -c 'touch /root/a /scratch/b /data/c; stat -c %u /root/a /scratch/b /data/c'"))
                .prints("0\n0\n0");
        assertThat(host.json("ct show web").get("init_pid").asLong()).isPositive();
        host.given(
                "ct snapshot new web one",
                "ct exec web rm /root/a",
                "ct stop --kill web",
                "ct snapshot rollback web one");
        host.given("ct start web");
        assertThat(host.osctl("ct exec web ls /root")).prints("a");
    }

    @Test
    void theMapInsideIsTheMapThatWasAskedFor() {
        host.given("user new --map 0:700000:65536 alice", "ct new --image busybox --user alice web", "ct start web");

        Result map = host.osctl("ct exec web cat /proc/self/uid_map");

        assertThat(map.stdout().trim().split("\\s+")).containsExactly("0", "700000", "65536");
    }
}
