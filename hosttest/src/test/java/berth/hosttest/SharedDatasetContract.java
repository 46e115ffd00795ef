package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Datasets of pools, which containers share, the same on every storage driver. The pool {@code tank} has them. */
abstract class SharedDatasetContract {
    private final Host host;

    SharedDatasetContract(Host host) {
        this.host = host;
    }

    @BeforeEach
    void twoContainersAndADataset() {
        host.given(
                "pool set trash-age tank 1h",
                "ct new --image busybox web",
                "ct new --image busybox mail",
                "pool dataset new tank media");
    }

    @AfterEach
    void deletionsAreForGoodAgain() {
        host.osctl("pool import tank");
        host.given("pool set trash-age tank 0", "trash prune --all");
    }

    private Result inside(String container, String script) {
        return host.osctl(List.of("ct", "exec", container, "sh", "-c", script));
    }

    private void mountedInBoth() {
        host.given(
                "ct start web",
                "ct start mail",
                "ct mounts dataset web tank:media /srv/media",
                "ct mounts dataset mail tank:media /srv/media");
    }

    private JsonNode media() {
        return host.json("pool dataset ls").get(0);
    }

    /** A second pool, {@code other}, with a container {@code guest}. */
    private void aContainerOfAnotherPool() {
        host.given(
                "pool install --path %s other".formatted(host.pool("other")),
                "--pool other image build busybox",
                "--pool other ct new --image busybox guest");
    }

    private void withoutTheOtherPool() {
        host.given("ct del -f --purge other:guest", "pool uninstall other");
        assertThat(host.shell("rm -r " + host.pool("other")).run()).succeeds();
    }

    @Test
    void filesHaveTheSameOwnersInContainersOfDifferentUsers() {
        mountedInBoth();
        assertThat(host.json("ct show web").get("user"))
                .isNotEqualTo(host.json("ct show mail").get("user"));

        assertThat(inside("web", "cd /srv/media && echo hello > f && chown 1000:33 f && chmod 640 f"))
                .succeeds();

        assertThat(inside("mail", "stat -c '%u %g %a' /srv/media/f")).prints("1000 33 640");
        assertThat(inside("mail", "cat /srv/media/f && chown 7 /srv/media/f && echo more >> /srv/media/f"))
                .prints("hello");
        assertThat(inside("web", "stat -c %u /srv/media/f && cat /srv/media/f")).prints("7\nhello\nmore");
    }

    @Test
    void theOwnerOfItsDirectoryIsChosenWhenItIsMade() {
        host.given(
                "pool dataset new --owner 1000:33 tank other", "ct mounts dataset web tank:other /o", "ct start web");

        assertThat(inside("web", "stat -c '%u %g %a' /o")).prints("1000 33 755");
        assertThat(host.osctl("pool dataset new --owner 70000 tank more")).fails(Status.INVALID);
        assertThat(host.osctl("pool dataset new --owner root tank more")).fails(Status.INVALID);
    }

    @Test
    void itIsThereThroughEveryRestart() {
        mountedInBoth();
        inside("web", "echo kept > /srv/media/f");

        host.killDaemon();
        host.startDaemon();
        assertThat(inside("mail", "cat /srv/media/f")).prints("kept");
        host.given("ct restart --kill web");
        assertThat(inside("web", "cat /srv/media/f")).prints("kept");
        int former = host.initPid("mail");
        inside("mail", "reboot");
        host.awaitReboot("mail", former);
        assertThat(inside("mail", "cat /srv/media/f")).prints("kept");
        assertThat(host.json("ct mounts ls mail").get(0).get("active").asBoolean())
                .isTrue();
        assertThat(host.json("ct mounts ls mail").get(0).get("dataset").asString())
                .isEqualTo("tank:media");
    }

    @Test
    void itIsMountedReadOnlyWhereThatIsWanted() {
        host.given(
                "ct start web",
                "ct start mail",
                "ct mounts dataset web tank:media /srv",
                "ct mounts dataset --ro mail tank:media /srv");
        inside("web", "echo hello > /srv/f");

        assertThat(inside("mail", "cat /srv/f")).prints("hello");
        assertThat(inside("mail", "touch /srv/g || mount -o remount,rw,bind /srv || touch /srv/g"))
                .exits(1);
        assertThat(inside("web", "test -e /srv/g")).exits(1);
    }

    @Test
    void aMountOfItRestsComesBackAndIsTakenAway() {
        host.given("ct mounts dataset --no-automount web tank:media /srv", "ct start web");
        assertThat(inside("web", "grep -q ' /srv ' /proc/mounts")).exits(1);
        host.given("ct mounts activate web /srv");
        assertThat(inside("web", "echo kept > /srv/f")).succeeds();
        host.given("ct mounts deactivate web /srv");
        assertThat(inside("web", "test -e /srv/f")).exits(1);

        assertThat(host.osctl("ct mounts del web /srv")).succeeds();

        assertThat(host.json("ct mounts ls web")).isEmpty();
        host.given("ct mounts dataset web tank:media /a", "ct mounts dataset web tank:media /b");
        assertThat(inside("web", "cat /a/f /b/f")).prints("kept\nkept");
    }

    @Test
    void itsListTellsWhoMountsIt() {
        host.given("ct mounts dataset web tank:media /srv", "ct mounts dataset mail tank:media /srv");

        assertThat(media().get("pool").asString()).isEqualTo("tank");
        assertThat(media().get("name").asString()).isEqualTo("media");
        assertThat(media().get("containers").toString()).isEqualTo("[\"tank:mail\",\"tank:web\"]");
        assertThat(media().get("quota").isNull()).isTrue();
        assertThat(host.osctl("pool dataset ls tank")).mentions("media");
    }

    @Test
    void aContainerOfAnotherPoolMountsItToo() {
        aContainerOfAnotherPool();
        host.given("ct start web", "ct mounts dataset web tank:media /srv");
        inside("web", "echo hello > /srv/f && chown 5 /srv/f");

        host.given("ct mounts dataset guest tank:media /srv", "ct start guest");

        assertThat(inside("guest", "stat -c %u /srv/f && cat /srv/f")).prints("5\nhello");
        assertThat(media().get("containers").toString()).isEqualTo("[\"other:guest\",\"tank:web\"]");
        withoutTheOtherPool();
    }

    @Test
    void aPoolStaysAsLongAsContainersOfOthersHaveItsDatasetsMounted() {
        aContainerOfAnotherPool();
        host.given("ct start web", "ct mounts dataset guest tank:media /srv", "ct start guest");

        assertThat(host.osctl("pool export -f tank")).fails(Status.IN_USE).complains("other:guest", "deactivate");
        assertThat(host.state("web")).isEqualTo("running");
        assertThat(inside("guest", "touch /srv/f")).succeeds();
        host.given("ct stop --kill web");
        assertThat(host.osctl("pool export tank")).fails(Status.IN_USE).complains("other:guest");
        assertThat(host.osctl("pool uninstall tank")).fails(Status.IN_USE).complains("other:guest");
        host.given("ct stop --kill guest");
        assertThat(host.osctl("pool export tank")).succeeds();

        assertThat(host.osctl("ct start guest")).fails(Status.NOT_FOUND).complains("tank:media", "no pool 'tank'");
        host.given("pool import tank", "ct start guest");
        assertThat(inside("guest", "test -e /srv/f")).succeeds();
        withoutTheOtherPool();
    }

    @Test
    void whatIsOptionalKeepsNoContainerFromStarting() {
        aContainerOfAnotherPool();
        host.given("ct mounts dataset --optional guest tank:media /srv", "pool export tank");

        assertThat(host.osctl("ct start guest")).succeeds();

        assertThat(host.osctl("ct log cat guest")).mentions("tank:media", "no pool 'tank'");
        host.given("pool import tank", "ct mounts activate guest /srv");
        assertThat(inside("guest", "touch /srv/f")).succeeds();
        withoutTheOtherPool();
    }

    @Test
    void oneThatIsMountedIsNotDeleted() {
        host.given("ct mounts dataset web tank:media /srv");

        assertThat(host.osctl("pool dataset del tank media"))
                .fails(Status.IN_USE)
                .complains("tank:web", "ct mounts del");
        assertThat(host.osctl("pool dataset del --purge tank media")).fails(Status.IN_USE);

        host.given("ct start web");
        assertThat(inside("web", "touch /srv/f")).succeeds();
    }

    @Test
    void aDeletedOneComesBackFromTheTrash() {
        mountedInBoth();
        inside("web", "echo kept > /srv/media/f; chown 33 /srv/media/f");
        host.given("ct mounts del web /srv/media", "ct mounts del mail /srv/media");

        assertThat(host.osctl("pool dataset del tank media")).succeeds().mentions("trash restore tank:media");

        assertThat(host.json("pool dataset ls")).isEmpty();
        assertThat(host.json("trash ls").get(0).get("kind").asString()).isEqualTo("pool dataset");
        assertThat(host.json("trash ls").get(0).get("id").asString()).isEqualTo("media");
        assertThat(host.json("trash ls").get(0).get("used").asLong()).isNotNegative();
        host.given("pool dataset new tank media");
        assertThat(host.osctl("trash restore tank:media")).fails(Status.EXISTS).complains("--as");
        host.killDaemon();
        host.startDaemon();
        assertThat(host.osctl("trash restore --as former tank:media")).succeeds();
        host.given("ct mounts dataset web tank:former /srv/media");
        assertThat(inside("web", "stat -c %u /srv/media/f && cat /srv/media/f")).prints("33\nkept");
        assertThat(host.json("trash ls")).isEmpty();
    }

    @Test
    void whatWasDeletedForGoodLeavesNothing() {
        host.given("pool dataset del --purge tank media", "pool dataset new tank media", "pool dataset del tank media");

        assertThat(host.osctl("trash prune media")).succeeds();

        assertThat(host.json("trash ls")).isEmpty();
        assertThat(host.json("pool dataset ls")).isEmpty();
        host.given("ct del --purge web", "ct del --purge mail");
        assertThat(host.residue()).isEmpty();
    }

    @Test
    void snapshotsAndCopiesOfContainersLeaveItAlone() {
        mountedInBoth();
        inside("web", "echo one > /srv/media/f");
        host.given("ct snapshot new web one");
        inside("web", "echo two > /srv/media/f");
        host.given(
                "ct stop --kill web",
                "ct snapshot rollback web one",
                "ct cp web copy",
                "ct start web",
                "ct start copy");

        assertThat(inside("web", "cat /srv/media/f")).prints("two");
        assertThat(inside("copy", "cat /srv/media/f; echo copy > /srv/media/f")).prints("two");
        assertThat(inside("mail", "cat /srv/media/f")).prints("copy");
        assertThat(host.osctl("pool dataset del tank media"))
                .fails(Status.IN_USE)
                .complains("tank:copy");
    }

    @Test
    void theTrashOfAContainerDoesNotHoldIt() {
        host.given(
                "ct mounts dataset web tank:media /srv",
                "ct del web",
                "pool dataset del tank media",
                "trash restore web");

        assertThat(host.osctl("ct start web"))
                .fails(Status.NOT_FOUND)
                .complains("tank:media", "pool 'tank' has no dataset 'media'");

        host.given("trash restore media", "ct start web");
        assertThat(inside("web", "touch /srv/f")).succeeds();
    }

    @Test
    void aDamagedRecordCostsItsDatasetOnly() {
        host.given("pool dataset new tank music", "ct mounts dataset web tank:music /srv");
        String id =
                host.json("pool dataset ls tank -o id,name").get(0).get("id").asString();
        String record = "%s/conf/pool-dataset/%s.yml".formatted(host.pool("tank"), id.replace("@", "%40"));
        host.daemon().stop();
        assertThat(host.shell("cp %1$s %1$s.good && echo '[' > %1$s".formatted(record))
                        .run())
                .succeeds();

        host.startDaemon();

        assertThat(host.json("pool dataset ls").findValuesAsString("name")).containsExactly("music");
        assertThat(host.osctl("healthcheck")).mentions(id, "cannot be read");
        assertThat(host.osctl("ct start web")).succeeds();
        host.daemon().stop();
        assertThat(host.shell("rm %1$s.broken* && mv %1$s.good %1$s".formatted(record))
                        .run())
                .succeeds();
        host.startDaemon();
        assertThat(host.json("pool dataset ls").findValuesAsString("name")).containsExactly("media", "music");
    }

    @Test
    void whatCannotBeIsRefusedAndLeavesNothing() {
        assertThat(host.osctl("pool dataset new tank media"))
                .fails(Status.EXISTS)
                .complains("media");
        assertThat(host.osctl("pool dataset new none media"))
                .fails(Status.NOT_FOUND)
                .complains("none");
        assertThat(host.osctl("pool dataset new --quota 5 tank small")).fails(Status.INVALID);
        assertThat(host.osctl("pool dataset del tank none"))
                .fails(Status.NOT_FOUND)
                .complains("pool dataset ls tank");
        assertThat(host.osctl("pool dataset set quota tank none 5G")).fails(Status.NOT_FOUND);
        assertThat(host.osctl("ct mounts dataset web tank:none /srv")).fails(Status.NOT_FOUND);
        assertThat(host.osctl("ct mounts dataset web none:media /srv")).fails(Status.NOT_FOUND);
        assertThat(host.osctl("ct mounts dataset web tank:media /proc/x")).fails(Status.INVALID);
        assertThat(host.osctl("ct mounts dataset web tank:../x /srv")).fails(Status.INVALID);

        assertThat(host.json("pool dataset ls").findValuesAsString("name")).containsExactly("media");
        assertThat(host.json("ct mounts ls web")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", ".", "-x", "a/b", "../../etc", "a:b", "a@b", "ä", "", "a b", "$(id)"})
    void hostileNamesAreRefused(String name) {
        assertThat(host.osctl(List.of("pool", "dataset", "new", "tank", "--", name))
                        .status())
                .isIn(2, 3);

        assertThat(host.json("pool dataset ls").findValuesAsString("name")).containsExactly("media");
    }
}
