package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** File systems of containers beside their roots, the same on every storage driver. */
abstract class DatasetContract {
    private final Host host;

    DatasetContract(Host host) {
        this.host = host;
    }

    @BeforeEach
    void aContainer() {
        host.given("pool set trash-age tank 1h", "ct new --image busybox web");
    }

    @AfterEach
    void deletionsAreForGoodAgain() {
        host.given("pool set trash-age tank 0", "trash prune --all");
    }

    private Result inside(String container, String script) {
        return host.osctl(List.of("ct", "exec", container, "sh", "-c", script));
    }

    private void started(String container) {
        host.given("ct start " + container);
    }

    private void stopped(String container) {
        host.given("ct stop --kill " + container);
    }

    private List<String> datasets(String container) {
        return host.json("ct dataset ls " + container).findValuesAsString("name");
    }

    @Test
    void aDatasetIsThereAtOnceAndThroughEveryRestart() {
        started("web");

        assertThat(host.osctl("ct dataset new web data")).succeeds().mentions("/data");
        assertThat(inside("web", "echo kept > /data/file && ls -ldn /data | cut -c1-10"))
                .prints("drwxr-xr-x");
        assertThat(inside("web", "grep -q ' /data ' /proc/mounts")).succeeds();

        int former = host.initPid("web");
        inside("web", "reboot");
        host.awaitReboot("web", former);
        assertThat(inside("web", "cat /data/file")).prints("kept");
        host.killDaemon();
        host.startDaemon();
        host.given("ct restart --kill web");
        assertThat(inside("web", "cat /data/file")).prints("kept");
        assertThat(datasets("web")).containsExactly("/", "data");
    }

    @Test
    void nestedDatasetsLieInEachOther() {
        host.given(
                "ct dataset new web srv /srv/all",
                "ct dataset new web srv/pg",
                "ct dataset new web srv/pg/wal /var/wal");
        started("web");

        assertThat(inside("web", "echo a > /srv/all/a; echo b > /srv/all/pg/b; echo c > /var/wal/c"))
                .succeeds();

        assertThat(host.json("ct dataset ls web").findValuesAsString("mountpoint"))
                .containsExactly("/", "/srv/all", "/srv/all/pg", "/var/wal");
        host.given("ct restart --kill web");
        assertThat(inside("web", "cat /srv/all/a /srv/all/pg/b /var/wal/c")).prints("a\nb\nc");
    }

    @Test
    void rootInsideOwnsADatasetAndItsProgramsMayChangeTheirUser() {
        host.given("ct dataset new web data");
        started("web");

        assertThat(inside("web", "touch /data/f; chown 33:33 /data/f; ls -ln /data/f"))
                .succeeds()
                .mentions("33");
        assertThat(inside("web", "grep ' /data ' /proc/mounts"))
                .mentions("nodev")
                .doesNotMention("nosuid");
    }

    @Test
    void aSnapshotTakesAllDatasetsOfARunningContainerTogetherAndARollbackBringsThemBack() {
        host.given("ct dataset new web data", "ct dataset new web data/pg");
        started("web");
        inside("web", "echo one > /root/f; echo one > /data/f; echo one > /data/pg/f");
        host.given("ct snapshot new web one");
        inside("web", "echo two > /root/f; echo two > /data/f; echo two > /data/pg/f");
        stopped("web");

        assertThat(host.osctl("ct snapshot rollback web one")).succeeds();

        started("web");
        assertThat(inside("web", "cat /root/f /data/f /data/pg/f")).prints("one\none\none");
        stopped("web");
        String undo = host.json("ct snapshot ls web").get(1).get("name").asString();
        host.given("ct snapshot rollback web " + undo);
        started("web");
        assertThat(inside("web", "cat /root/f /data/f /data/pg/f")).prints("two\ntwo\ntwo");
    }

    @Test
    void aSnapshotOfAStoppedContainerKeepsItsDatasetsToo() {
        host.given("ct dataset new web data");
        started("web");
        inside("web", "echo one > /data/f");
        stopped("web");
        host.given("ct snapshot new web one");
        started("web");
        assertThat(inside("web", "cat /data/f; echo two > /data/f")).prints("one");
        stopped("web");

        host.given("ct snapshot rollback web one");

        started("web");
        assertThat(inside("web", "cat /data/f")).prints("one");
    }

    @Test
    void aRollbackLeavesLaterDatasetsAndBringsDeletedOnesBack() {
        host.given("ct dataset new web old");
        started("web");
        inside("web", "echo old > /old/f");
        stopped("web");
        host.given("ct snapshot new web one", "ct dataset del --purge web old", "ct dataset new web new");
        started("web");
        inside("web", "echo new > /new/f");
        stopped("web");

        host.given("ct snapshot rollback web one");

        assertThat(datasets("web")).containsExactly("/", "new", "old");
        host.given("ct mounts dataset web old /old");
        started("web");
        assertThat(inside("web", "cat /new/f /old/f")).prints("new\nold");
    }

    @Test
    void aMountedSnapshotShowsTheDatasetsWhereTheyWere() {
        host.given("ct dataset new web data");
        started("web");
        inside("web", "echo one > /data/f");
        host.given("ct snapshot new web one");

        String path = host.osctl("ct snapshot mount web one").stdout().strip();

        assertThat(Path.of(path, "data/f")).hasContent("one\n");
        assertThat(host.osctl("ct snapshot unmount web one")).succeeds();
        assertThat(host.osctl("ct snapshot del web one")).succeeds();
    }

    @Test
    void copiesHaveDatasetsOfTheirOwn() {
        host.given("ct dataset new web data");
        started("web");
        inside("web", "echo web > /data/f; chown 33:33 /data/f");
        host.given("ct snapshot new web one", "ct cp web live", "ct snapshot clone web one old");
        stopped("web");
        host.given("ct cp web still");
        started("web");
        started("live");
        started("old");
        started("still");

        assertThat(inside("live", "cat /data/f; echo live > /data/f; ls -ln /data/f"))
                .mentions("web", "33 ");
        assertThat(inside("old", "cat /data/f; echo old > /data/f")).prints("web");
        assertThat(inside("still", "cat /data/f; echo still > /data/f")).prints("web");
        assertThat(inside("web", "cat /data/f")).prints("web");
        host.given("ct del -f --purge live", "ct del -f --purge old", "ct del -f --purge still");
    }

    @Test
    void aCloneOfAnOlderSnapshotStartsWithoutADatasetThatItHasNot() {
        host.given("ct snapshot new web before", "ct dataset new web data");

        assertThat(host.osctl("ct snapshot clone web before copy")).succeeds().complains("dataset data at /data");

        assertThat(host.osctl("ct start copy")).succeeds();
        host.given("ct del -f --purge copy");
    }

    @Test
    void datasetsMoveWithTheirContainerAndStayThroughAReinstall() {
        host.given("ct dataset new web data");
        started("web");
        inside("web", "echo kept > /data/f; echo gone > /root/f");
        stopped("web");

        host.given("ct mv web shop", "ct reinstall shop");

        started("shop");
        assertThat(inside("shop", "cat /data/f")).prints("kept");
        assertThat(inside("shop", "test -e /root/f")).exits(1);
        host.given("ct del -f --purge shop");
    }

    @Test
    void aDeletedContainerComesBackWithItsDatasets() {
        host.given("ct dataset new web data");
        started("web");
        inside("web", "echo kept > /data/f");
        host.given("ct del -f web", "trash restore web");

        started("web");

        assertThat(inside("web", "cat /data/f")).prints("kept");
    }

    @Test
    void aDeletedDatasetIsGoneAtOnceAndComesBackFromTheTrash() {
        host.given("ct dataset new web data");
        started("web");
        inside("web", "echo kept > /data/f");

        assertThat(host.osctl("ct dataset del web data")).succeeds().mentions("trash restore web/data");

        assertThat(inside("web", "test -e /data/f")).exits(1);
        assertThat(host.json("ct mounts ls web")).isEmpty();
        assertThat(host.json("trash ls").get(0).get("kind").asString()).isEqualTo("dataset");
        assertThat(host.json("trash ls").get(0).get("id").asString()).isEqualTo("web/data");
        assertThat(host.json("trash ls").get(0).get("used").asLong()).isPositive();
        assertThat(host.osctl("trash restore web/data")).succeeds();
        assertThat(inside("web", "cat /data/f")).prints("kept");
        assertThat(host.json("trash ls")).isEmpty();
    }

    @Test
    void aDatasetComesBackUnderAnotherNameBesideItsSuccessor() {
        host.given("ct dataset new web data");
        started("web");
        inside("web", "echo first > /data/f");
        host.given("ct dataset del web data", "ct dataset new web data");
        inside("web", "echo second > /data/f");

        assertThat(host.osctl("trash restore web/data")).fails(Status.EXISTS).complains("--as web/NAME");
        assertThat(host.osctl("trash restore --as web/former web/data"))
                .succeeds()
                .complains("something else is at /data");

        host.given("ct mounts dataset web former /former");
        assertThat(inside("web", "cat /data/f /former/f")).prints("second\nfirst");
    }

    @Test
    void whatWasDeletedForGoodLeavesNothing() {
        host.given("ct dataset new web data", "ct dataset new web data/pg");
        started("web");
        inside("web", "echo gone > /data/pg/f");

        assertThat(host.osctl("ct dataset del web data")).fails(Status.IN_USE).complains("data/pg", "-r");
        assertThat(host.osctl("ct dataset del -r --purge web data")).succeeds();

        assertThat(datasets("web")).containsExactly("/");
        assertThat(inside("web", "grep -q ' /data ' /proc/mounts")).exits(1);
        assertThat(host.json("trash ls")).isEmpty();
        host.given("ct del -f --purge web");
        assertThat(host.residue()).isEmpty();
    }

    @Test
    void theTrashOfAContainersDatasetsGoesWithIt() {
        host.given("ct dataset new web data", "ct dataset del web data", "ct del --purge web");

        assertThat(host.json("trash ls")).isEmpty();
        assertThat(host.residue()).isEmpty();
    }

    @Test
    void aDatasetIsMountedWhereAnAdministratorWantsIt() {
        started("web");
        host.given("ct dataset new --no-mount web data");
        assertThat(inside("web", "test -e /data")).exits(1);

        assertThat(host.osctl("ct mounts dataset --ro web data /srv")).succeeds();

        assertThat(inside("web", "touch /srv/f")).exits(1);
        assertThat(inside("web", "mount -o remount,rw,bind /srv || touch /srv/f"))
                .exits(1);
        assertThat(host.osctl("ct mounts dataset web data /srv2"))
                .fails(Status.IN_USE)
                .complains("/srv", "one mount point");
        host.given("ct mounts del web /srv", "ct mounts dataset web data /srv2");
        assertThat(inside("web", "touch /srv2/f")).succeeds();
        assertThat(datasets("web")).containsExactly("/", "data");
    }

    @Test
    void whatCannotBeIsRefusedAndLeavesNothing() {
        assertThat(host.osctl("ct dataset new web ../etc")).fails(Status.INVALID);
        assertThat(host.osctl("ct dataset new web /")).fails(Status.INVALID);
        assertThat(host.osctl("ct dataset new web a//b")).fails(Status.INVALID);
        assertThat(host.osctl("ct dataset new web none/data"))
                .fails(Status.NOT_FOUND)
                .complains("'none'");
        assertThat(host.osctl("ct dataset new web data /proc/x")).fails(Status.INVALID);
        assertThat(host.osctl("ct dataset new web data relative")).fails(Status.INVALID);
        assertThat(host.osctl("ct dataset del web none"))
                .fails(Status.NOT_FOUND)
                .complains("ct dataset ls web");
        assertThat(host.osctl("ct dataset del web /")).fails(Status.INVALID);
        assertThat(host.osctl("ct mounts dataset web none /srv")).fails(Status.NOT_FOUND);

        assertThat(datasets("web")).containsExactly("/");
        started("web");
        assertThat(inside("web", "ln -s /etc /link")).succeeds();
        assertThat(host.osctl("ct dataset new web data /link"))
                .fails(Status.FAILED)
                .complains("symbolic link");
        assertThat(datasets("web")).containsExactly("/");
        assertThat(host.json("ct mounts ls web")).isEmpty();
        host.given("ct del -f --purge web");
        assertThat(host.residue()).isEmpty();
    }
}
