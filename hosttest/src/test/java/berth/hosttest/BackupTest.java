package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Backups of containers in a directory. */
final class BackupTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    @BeforeEach
    void aRunningContainerAndAnEmptyDirectory() throws IOException {
        Files.createDirectory(directory());
        host.given(
                "ct new --image busybox web",
                "ct set memory-limit web 64M",
                "ct start web",
                "ct exec web sh -c 'echo first > /root/file; ln /root/file /root/second; chmod 4755 /root/file'",
                "ct exec web sh -c 'dd if=/dev/urandom of=/root/large bs=1M count=9 2>/dev/null; mkfifo /root/pipe'",
                "ct exec web sh -c 'truncate -s 3M /root/sparse; echo end >> /root/sparse; chown 7:8 /root/sparse'");
    }

    @AfterEach
    void nothing() {
        host.shell("umount %1$s 2>/dev/null; rm -rf %1$s %1$s.img".formatted(directory()))
                .run();
        host.shell("for c in $(osctl ct ls -H -o id); do osctl ct del -f --purge $c; done; for i in $(osctl image"
                        + " ls -H -o id,name | grep -v busybox | cut -f 1); do osctl image del $i; done")
                .run();
    }

    private static Path directory() {
        return host.scratch().resolve("backups");
    }

    private static String files(String container) {
        return host.osctl("ct exec %s sh -c 'cd /root; ls -ln | grep -v total; cat second; md5sum large sparse'"
                        .formatted(container))
                .stdout();
    }

    private static Result shell(String script) {
        return host.shell("cd %s && %s".formatted(directory(), script)).run();
    }

    @Test
    void aLinkInPlaceOfTheLockIsNotFollowed() {
        Path elsewhere = host.scratch().resolve("elsewhere");
        shell("ln -s %s lock".formatted(elsewhere));

        assertThat(host.osctl("ct backup new web --to " + directory())).fails(Status.FAILED);

        assertThat(elsewhere).doesNotExist();
    }

    @Test
    void aContainerComesBackWithItsFilesAndSettings() {
        String before = files("web");
        assertThat(host.osctl("ct backup new web --to " + directory())).succeeds();
        assertThat(host.state("web")).isEqualTo("running");
        host.given("ct del -f --purge web");

        assertThat(host.osctl("ct backup restore web --from " + directory())).succeeds();

        assertThat(host.json("ct show web").get("memory_limit").asLong()).isEqualTo(64L << 20);
        host.given("ct start web");
        assertThat(files("web")).isEqualTo(before);
    }

    @Test
    void ofAnUnchangedContainerNothingIsKeptTwice() {
        host.given("ct stop --kill web", "ct backup new web --to " + directory());
        int chunks = shell("find chunks -type f").stdout().lines().toList().size();

        assertThat(host.osctl("ct backup new web --to " + directory())).succeeds();

        assertThat(shell("find chunks -type f").stdout().lines()).hasSize(chunks);
        assertThat(host.json("ct backup ls web --to " + directory())).hasSize(2);
        assertThat(host.json("ct backup ls web --to " + directory())
                        .get(1)
                        .get("added")
                        .asLong())
                .isLessThan(200_000);
    }

    /** It has two snapshots, of which the second and the present know a dataset. Returns what its files were in the first. */
    private static String aPast() {
        String first = files("web");
        host.given(
                "ct snapshot new web one",
                "ct stop --kill web",
                "ct dataset new web data",
                "ct start web",
                "ct exec web sh -c 'cd /root; echo changed > file; rm large; mkdir new; echo n > new/n; echo d > /data/d'",
                "ct snapshot new web two",
                "ct exec web sh -c 'cd /root; echo last > file; rm -r new; echo e > /data/d'");
        return first;
    }

    private static void rolledBack(String snapshot) {
        host.given("ct stop --kill web", "ct snapshot rollback web " + snapshot, "ct start web");
    }

    @Test
    void snapshotsComeBackToo() {
        String first = aPast();
        assertThat(host.osctl("ct backup new web --to " + directory())).succeeds();
        assertThat(host.osctl("ct backup verify web --to " + directory())).succeeds();
        host.given("ct del -f --purge web");

        assertThat(host.osctl("ct backup restore web --from " + directory())).succeeds();

        assertThat(host.json("ct snapshot ls web").findValuesAsString("name")).containsExactly("one", "two");
        host.given("ct start web");
        assertThat(host.osctl("ct exec web sh -c 'cd /root; cat file second /data/d; ls large new'"))
                .doesNotSucceed()
                .mentions("last\nlast\ne\n");
        rolledBack("two");
        assertThat(host.osctl("ct exec web sh -c 'cd /root; cat file second new/n /data/d'"))
                .prints("changed\nchanged\nn\nd");
        rolledBack("one");
        assertThat(files("web")).isEqualTo(first);
    }

    @Test
    void aBackupCanDoWithoutSnapshots() {
        aPast();
        host.given("ct backup new --no-snapshots web --to " + directory(), "ct del -f --purge web");

        assertThat(host.osctl("ct backup restore web --from " + directory())).succeeds();

        assertThat(host.json("ct snapshot ls web")).isEmpty();
        host.given("ct start web");
        assertThat(host.osctl("ct exec web cat /root/file /data/d")).prints("last\ne");
    }

    @Test
    void snapshotsCostOnlyWhatIsNotThereYet() {
        aPast();
        host.given("ct backup new web --to " + directory(), "ct backup new web --to " + directory());

        assertThat(host.json("ct backup ls web --to " + directory())
                        .get(1)
                        .get("added")
                        .asLong())
                .isLessThan(300_000);
        assertThat(host.osctl("ct backup prune --to " + directory())).succeeds();
        assertThat(host.osctl("ct backup verify --to " + directory())).succeeds();
    }

    @Test
    void whatIsInsertedIntoALargeFileCostsItsSurroundingsOnly() {
        host.given("ct backup new web --to " + directory());
        host.given("ct exec web sh -c 'cd /root; { head -c 3000000 large; echo inserted; tail -c +3000001 large; } > x;"
                + " mv x large'");
        String before = files("web");

        host.given("ct backup new web --to " + directory());

        assertThat(host.json("ct backup ls web --to " + directory())
                        .get(1)
                        .get("added")
                        .asLong())
                .isLessThan(6_000_000);
        host.given("ct del -f --purge web", "ct backup restore web --from " + directory(), "ct start web");
        assertThat(files("web")).isEqualTo(before);
    }

    @Test
    void nobodyElseCanReadThem() {
        host.given("ct backup new web --to " + directory());

        assertThat(shell("find . -mindepth 1 -perm /077").stdout()).isEmpty();
    }

    @Test
    void aDamagedChunkIsNamedAndCostsItsFilesAlone() {
        host.given("ct backup new web --to " + directory());
        shell("f=$(find chunks -type f -size +500k | head -1); printf x | dd of=$f bs=1 seek=1000 conv=notrunc"
                + " 2>/dev/null");

        assertThat(host.osctl("ct backup restore web --as-id other --from " + directory()))
                .fails(Status.UNTRUSTED)
                .complains("large");
        assertThat(host.osctl("ct backup verify --to " + directory()))
                .fails(Status.UNTRUSTED)
                .mentions("large");
        assertThat(host.osctl("ct backup restore web --as-id other --leave-out-damaged --from " + directory()))
                .succeeds();

        host.given("ct start other");
        assertThat(host.osctl("ct exec other cat /root/second")).prints("first");
        assertThat(host.osctl("ct exec other sh -c 'test -e /root/large || echo gone'"))
                .prints("gone");
    }

    @Test
    void aNewBackupMendsWhatWasDamagedInOldOnes() {
        host.given("ct backup new web --to " + directory());
        shell("f=$(find chunks -type f -size +500k | head -1); printf x | dd of=$f bs=1 seek=1000 conv=notrunc"
                + " 2>/dev/null");
        host.osctl("ct backup verify --to " + directory());

        host.given("ct backup new web --to " + directory());

        assertThat(host.osctl("ct backup verify --to " + directory())).succeeds();
    }

    @Test
    void whatNoBackupNeedsGoesWithTheLast() {
        host.given("ct backup new web --to " + directory(), "ct exec web rm /root/large");
        host.given("ct backup new web --to " + directory());

        assertThat(host.osctl("ct backup prune --keep-last 1 --to " + directory()))
                .succeeds();

        assertThat(host.json("ct backup ls --to " + directory())).hasSize(1);
        assertThat(shell("find chunks -type f -size +500k | wc -l").stdout().strip())
                .isNotEqualTo("9");
        assertThat(host.osctl("ct backup verify --to " + directory())).succeeds();
        assertThat(host.osctl("ct backup restore web --as-id other --from " + directory()))
                .succeeds();
    }

    @Test
    void backupsOfSeveralAtOnceAreAllWhole() {
        host.given("ct cp web one", "ct cp web two");

        assertThat(shell("for c in web one two; do osctl ct backup new $c --to . & done; wait"))
                .succeeds();

        assertThat(host.json("ct backup ls --to " + directory()).findValuesAsString("id"))
                .containsExactly("one", "two", "web");
        assertThat(host.osctl("ct backup verify --to " + directory())).succeeds();
    }

    @Test
    void aDirectoryWithOtherThingsIsLeftAlone() throws IOException {
        Files.writeString(directory().resolve("letter"), "dear");

        assertThat(host.osctl("ct backup new web --to " + directory()))
                .fails(Status.INVALID)
                .complains("'%s' holds other things".formatted(directory()));

        assertThat(shell("ls").stdout().lines()).containsExactlyInAnyOrder("letter", "lock");
    }

    @Test
    void aDirectoryWithoutBackupsIsNamed() {
        assertThat(host.osctl("ct backup ls --to " + directory()))
                .fails(Status.NOT_FOUND)
                .complains("'%s' holds no backups".formatted(directory()));
    }

    @Test
    void aMissingDirectoryIsNamedWithWhatToDo() {
        assertThat(host.osctl("ct backup new web --to %s/none".formatted(directory())))
                .fails(Status.NOT_FOUND)
                .complains("'%s/none' cannot be opened: no such file".formatted(directory()))
                .complains("make it: 'mkdir %s/none'".formatted(directory()));
        assertThat(host.osctl("ct backup restore --to %s/none web".formatted(directory())))
                .fails(Status.NOT_FOUND)
                .complains("'%s/none' cannot be opened: no such file".formatted(directory()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"keep chunks", "record"})
    void aBackupThatIsKilledIsNotThereAndTheOthersAre(String step) {
        host.given("ct backup new web --to " + directory(), "ct exec web sh -c 'echo later > /root/second'");
        host.letDaemonDieAt("backup/before:" + step);

        assertThat(host.osctl("ct backup new web --to " + directory())).fails(Status.DAEMON_WENT_AWAY);
        host.restartDeadDaemon();

        assertThat(host.json("ct backup ls --to " + directory())).hasSize(1);
        assertThat(host.osctl("ct backup verify --to " + directory())).succeeds();
        assertThat(host.osctl("ct exec web cat /root/second")).prints("later");
        host.given("ct backup new web --to " + directory());
        assertThat(shell("ls -d incoming* 2>/dev/null | wc -l").stdout().strip())
                .isEqualTo("0");
    }

    @Test
    void aFullDiskEndsABackupAndSpoilsNone() {
        assertThat(host.shell("truncate -s 8M %1$s.img && mkfs.ext4 -q %1$s.img && mount -o loop %1$s.img %1$s"
                                .formatted(directory()))
                        .run())
                .succeeds();
        host.given("ct new --image busybox small", "ct backup new small --to " + directory());

        assertThat(host.osctl("ct backup new web --to " + directory())).fails(Status.EXHAUSTED);

        assertThat(host.json("ct backup ls --to " + directory()).findValuesAsString("id"))
                .containsExactly("small");
        assertThat(host.osctl("ct backup verify --to " + directory())).succeeds();
        assertThat(shell("ls -d incoming* 2>/dev/null | wc -l").stdout().strip())
                .isEqualTo("0");
    }

    /** As docs/backup.md tells it, with nothing of Berth. */
    @Test
    void aFileComesBackByHand() {
        host.given("ct backup new web --to " + directory());

        assertThat(shell("b=$(ls -d backups/web/*); zstd -dc $b/files.tar.zst | tar -xO ./rootfs/root/large"
                        + " | while read -r kind what rest; do case $kind in"
                        + " chunk) zstd -dc chunks/$(echo $what | cut -c 1-2)/$what;;"
                        + " hole) head -c $what /dev/zero;; esac; done | md5sum | cut -c 1-32"))
                .prints(host.osctl("ct exec web sh -c 'md5sum < /root/large'")
                        .stdout()
                        .substring(0, 32));
    }
}
