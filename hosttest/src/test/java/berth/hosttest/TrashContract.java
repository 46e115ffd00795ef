package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Deleted containers and the ways back, the same on every storage driver. */
abstract class TrashContract {
    private final Host host;

    TrashContract(Host host) {
        this.host = host;
    }

    @BeforeEach
    void aStoppedContainerWithAFileASnapshotAndALimit() {
        host.given(
                "pool set trash-age tank 1h",
                "ct new --image busybox web",
                "ct set memory-limit web 64M",
                "ct start web",
                "ct exec web sh -c 'echo first > /root/file'",
                "ct stop --kill web",
                "ct snapshot new web one",
                "ct start web",
                "ct exec web sh -c 'echo second > /root/file'",
                "ct stop --kill web");
    }

    @AfterEach
    void deletionsAreForGoodAgain() {
        host.given("pool set trash-age tank 0");
    }

    private void holds(String container, String text) {
        assertThat(host.osctl("ct start " + container)).succeeds();
        assertThat(host.osctl("ct exec %s cat /root/file".formatted(container))).prints(text);
        host.given("ct stop --kill " + container);
    }

    private String key() {
        return host.json("trash ls").get(0).get("key").asString();
    }

    private List<String> trashed() {
        return host.json("trash ls").findValuesAsString("id");
    }

    private List<String> snapshots(String container) {
        return host.json("ct snapshot ls " + container).findValuesAsString("name");
    }

    @Test
    void aDeletedContainerComesBackWithAllItHad() {
        String user = host.json("ct show web").get("user").asString();

        assertThat(host.osctl("ct del web")).succeeds().mentions("trash restore");

        assertThat(host.osctl("ct show web")).fails(Status.NOT_FOUND);
        assertThat(trashed()).containsExactly("web");
        assertThat(host.osctl("trash restore web")).succeeds();
        assertThat(trashed()).isEmpty();
        assertThat(host.json("ct show web").get("user").asString()).isEqualTo(user);
        assertThat(host.json("ct show web").get("memory_limit").asLong()).isEqualTo(64L << 20);
        assertThat(host.json("ct history web").findValuesAsString("command"))
                .containsSubsequence("trash restore web", "ct del web", "ct set memory-limit web 64M");
        holds("web", "second");
        host.given("ct snapshot rollback web one");
        holds("web", "first");
    }

    @Test
    void aContainerThatWasMadeAfterwardsIsNotTouched() {
        host.given(
                "ct del web",
                "ct new --image busybox web",
                "ct start web",
                "ct exec web sh -c 'echo new > /root/file'");

        assertThat(host.osctl("trash restore web")).fails(Status.EXISTS).complains("web", "--as");
        assertThat(host.osctl("trash restore --as old web")).succeeds();

        holds("old", "second");
        assertThat(host.osctl("ct exec web cat /root/file")).prints("new");
        host.given("ct del -f --purge web");
        assertThat(snapshots("old")).containsExactly("one");
        holds("old", "second");
    }

    @Test
    void severalOfOneIdAreToldApartByTheirKeys() {
        host.given("ct del web", "ct new --image busybox web");
        String first = key();
        host.given("ct del web");

        assertThat(host.osctl("trash restore web")).fails(Status.INVALID).complains(first);
        assertThat(host.osctl("trash restore " + first)).succeeds();
        holds("web", "second");
    }

    @Test
    void aCopyOutlivesItsOriginalThatLeavesTheTrash() {
        host.given("ct cp web copy", "ct del web", "trash prune web");

        holds("copy", "second");
    }

    @Test
    void theUserOfWhatIsInTheTrashStays() {
        String user = host.json("ct show web").get("user").asString();
        host.given("ct del web");

        assertThat(host.osctl("user del " + user)).fails(Status.IN_USE).complains(key(), "trash prune");

        host.given("trash prune " + key());
        assertThat(host.osctl("user show " + user)).fails(Status.NOT_FOUND);
        assertThat(host.residue()).isEmpty();
    }

    @Test
    void theImageOfWhatIsInTheTrashStays() {
        host.given("ct del web");

        assertThat(host.osctl("image del busybox")).fails(Status.IN_USE).complains("in the trash");
    }

    @Test
    void whatWasPurgedIsGone() {
        assertThat(host.osctl("ct del --purge web")).succeeds();

        assertThat(trashed()).isEmpty();
        assertThat(host.residue()).isEmpty();
    }

    @Test
    void aPoolThatKeepsNothingDeletesAtOnce() {
        host.given("pool set trash-age tank 0", "ct del web");

        assertThat(trashed()).isEmpty();
        assertThat(host.residue()).isEmpty();
    }

    @Test
    void onlyWhatIsOldLeavesTheTrashUnasked() {
        host.given("ct del web");

        host.given("trash prune");
        assertThat(trashed()).containsExactly("web");

        host.given("pool set trash-age tank 1s");
        await("the trash is empty")
                .atMost(Running.PATIENCE)
                .until(() -> trashed().isEmpty());
        // It is off the list before the daemon, which nobody waits for, has taken away what it was made of.
        await("nothing is left of it")
                .atMost(Running.PATIENCE)
                .untilAsserted(() -> assertThat(host.residue()).isEmpty());
    }

    @Test
    void theTrashOutlivesTheDaemonAndSaysHowMuchItTakes() {
        host.given("ct del web");
        host.killDaemon();
        host.startDaemon();

        assertThat(host.json("trash ls").get(0).get("used").asLong()).isPositive();
        assertThat(host.osctl("trash restore web")).succeeds();
        holds("web", "second");
    }

    @Test
    void anAddressThatAnotherHasMeanwhileIsLeftOut() {
        host.given(
                "network new nat --subnet 10.213.7.0/24 lan",
                "ct netif new bridge --link lan --address 10.213.7.5/24 web eth0",
                "ct netif new bridge --link lan --address 10.213.7.6/24 web eth1",
                "ct del web",
                "ct new --image busybox other",
                "ct netif new bridge --link lan --address 10.213.7.5/24 other eth0");

        Result restored = host.osctl("trash restore web");

        assertThat(restored).succeeds();
        assertThat(restored.stderr()).contains("eth0", "other");

        assertThat(host.json("ct netif ls web").findValuesAsString("name")).containsExactly("eth1");
        host.given("ct del --purge web", "ct del --purge other");
    }

    @Test
    void aFailedRestorationLeavesItInTheTrash() {
        host.given("group new /gone", "ct new --image busybox --group /gone lost", "ct del lost", "group del /gone");

        assertThat(host.osctl("trash restore lost")).fails(Status.NOT_FOUND).complains("/gone");

        assertThat(trashed()).containsExactly("lost");
        host.given("group new /gone", "trash restore lost");
        assertThat(host.state("lost")).isEqualTo("stopped");
    }

    @Test
    void aDeletedImageComesBackAndContainersCanBeMadeOfIt() {
        host.command("image import --name spare -")
                .reading(Tarball.busybox().file("etc/spare", "").gzip())
                .run();

        assertThat(host.osctl("image del spare")).succeeds().mentions("trash restore spare");

        assertThat(host.osctl("ct new --image spare shop")).fails(Status.NOT_FOUND);
        assertThat(host.json("trash ls").get(0).get("kind").asString()).isEqualTo("image");
        assertThat(host.json("trash ls").get(0).get("used").asLong()).isPositive();
        host.killDaemon();
        host.startDaemon();
        assertThat(trashed()).containsExactly("spare");
        assertThat(host.osctl("trash restore spare")).succeeds();
        host.given("ct new --image spare shop", "ct del --purge shop", "image del spare", "trash prune spare");
        assertThat(host.osctl("trash restore spare")).fails(Status.NOT_FOUND);
    }
}
