package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Containers with datasets that are packed into files, backed up, and taken in again, the same on every storage driver. */
abstract class DatasetExportContract {
    private final Host host;

    DatasetExportContract(Host host) {
        this.host = host;
    }

    @BeforeEach
    void aRunningContainerWithDatasets() throws IOException {
        Files.createDirectory(backups());
        host.given(
                "ct new --image busybox web",
                "ct dataset new web data",
                "ct dataset new web data/pg /srv/pg",
                "ct start web");
        inside("web", "echo first > /data/f; ln /data/f /data/g; chown 33:34 /data /data/f; chmod 2775 /data");
        inside("web", "mkdir /srv/pg/dir; echo nested > /srv/pg/dir/f; ln -s f /srv/pg/link; echo root > /root/f");
        inside("web", "truncate -s 3M /data/sparse; echo end >> /data/sparse");
        inside("web", "dd if=/dev/urandom of=/srv/pg/large bs=1M count=9 2>/dev/null");
    }

    @AfterEach
    void nothingButTheImage() throws IOException {
        host.shell("for c in $(osctl ct ls -H -o id); do osctl ct del -f --purge $c; done; for i in $(osctl image"
                        + " ls -H -o id,name | grep -v busybox | cut -f 1); do osctl image del $i; done; rm -rf "
                        + backups())
                .run();
        Files.deleteIfExists(archive());
    }

    private Path archive() {
        return host.scratch().resolve("web.tar");
    }

    private Path backups() {
        return host.scratch().resolve("backups");
    }

    Result inside(String container, String script) {
        return host.osctl(List.of("ct", "exec", container, "sh", "-c", script));
    }

    private String files(String container) {
        return inside(
                        container,
                        "cd /; ls -lnR data srv | grep -v total; cat data/g srv/pg/dir/f; md5sum data/sparse srv/pg/large")
                .stdout();
    }

    private List<String> datasets(String container) {
        return host.json("ct dataset ls " + container).findValuesAsString("name");
    }

    private List<String> mountpoints(String container) {
        return host.json("ct mounts ls " + container).findValuesAsString("mountpoint");
    }

    private List<String> images() {
        return host.json("image ls").findValuesAsString("id");
    }

    private void nothingIsLeftButTheOriginal() {
        assertThat(images()).hasSize(1);
        assertThat(host.osctl("ct show other")).fails(Status.NOT_FOUND);
        host.given("ct del -f --purge web");
        assertThat(host.residue()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tar", "cpio", "stream"})
    void eachFormatBringsTheDatasetsBack(String format) {
        String before = files("web");

        Result packed = host.osctl("ct export --format %s web %s".formatted(format, archive()));

        assertThat(packed).succeeds();
        assertThat(packed.stderr()).doesNotContain("left out");
        assertThat(host.osctl("ct import --as-id other " + archive())).succeeds();
        assertThat(datasets("other")).containsExactly("/", "data", "data/pg");
        assertThat(mountpoints("other")).containsExactly("/data", "/srv/pg");
        host.given("ct del -f --purge web", "ct start other");
        assertThat(files("other")).isEqualTo(before);
        assertThat(inside("other", "cat /root/f; echo more > /data/more")).prints("root");
    }

    @Test
    void aStreamBringsTheSnapshotsOfDatasetsAndOnesThatWereDeletedSince() {
        host.given(
                "ct dataset new web old",
                "ct exec web sh -c 'echo old > /old/f'",
                "ct stop --kill web",
                "ct snapshot new web one",
                "ct dataset del --purge web old",
                "ct dataset new web new",
                "ct start web",
                "ct exec web sh -c 'echo later > /data/f; rm -r /srv/pg/dir; echo new > /new/f'",
                "ct export --format stream --history web " + archive(),
                "ct del -f --purge web");

        assertThat(host.osctl("ct import " + archive())).succeeds();

        assertThat(datasets("web")).containsExactly("/", "data", "data/pg", "new");
        host.given("ct start web");
        assertThat(inside("web", "cat /data/f /new/f; test -e /srv/pg/dir || echo gone"))
                .prints("later\nnew\ngone");
        host.given("ct stop --kill web", "ct snapshot rollback web one", "ct mounts dataset web old /old");
        host.given("ct start web");
        assertThat(inside("web", "cat /data/f /srv/pg/dir/f /old/f /new/f")).prints("first\nnested\nold\nnew");
        assertThat(images()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tar", "cpio", "stream"})
    void datasetsAreLeftOutIfThatIsWanted(String format) {
        Result packed = host.osctl("ct export --no-datasets --format %s web %s".formatted(format, archive()));

        assertThat(packed).succeeds();
        assertThat(packed.stderr()).doesNotContain("left out");
        assertThat(host.osctl("ct import --as-id other " + archive())).succeeds();
        assertThat(datasets("other")).containsExactly("/");
        assertThat(mountpoints("other")).isEmpty();
        host.given("ct start other");
        assertThat(inside("other", "cat /root/f")).prints("root");
    }

    @Test
    void otherProgramsFindTheDatasetsBesideTheRoot() {
        host.given("ct export --compression none web " + archive());

        assertThat(host.shell("tar -xOf %s ./datasets/data:pg/dir/f".formatted(archive()))
                        .run())
                .prints("nested");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tar", "stream"})
    void anArchiveImportsAsTheImageOfItsRoot(String format) {
        host.given("ct export --format %s web %s".formatted(format, archive()));

        assertThat(host.osctl("image import --name packed " + archive())).succeeds();

        host.given("ct new --image packed other", "ct start other");
        assertThat(inside("other", "cat /root/f; ls -A /data")).prints("root");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tar", "cpio", "stream"})
    void anArchiveWhoseDatasetsWereChangedIsRefusedAndLeavesNothing(String format) {
        host.given("ct export --compression none --format %s web %s".formatted(format, archive()));
        assertThat(host.shell("sed -i s/nested/broken/ " + archive()).run()).succeeds();

        assertThat(host.osctl("ct import --as-id other " + archive()))
                .fails(Status.UNTRUSTED)
                .complains("damaged or changed");

        nothingIsLeftButTheOriginal();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "after:make layer for present files of data",
                "after:receive present files of data/pg",
                "before:compare files",
                "after:record layers"
            })
    void anImportThatIsKilledLeavesNothing(String point) {
        host.given("ct export web " + archive());
        host.letDaemonDieAt("ct-receive/" + point);

        assertThat(host.osctl("ct import --as-id other " + archive())).fails(Status.DAEMON_WENT_AWAY);
        host.restartDeadDaemon();

        nothingIsLeftButTheOriginal();
    }

    @ParameterizedTest
    @ValueSource(strings = {"after:copy changes", "before:end"})
    void anExportThatIsKilledLeavesNoCopyOfADataset(String point) {
        host.letDaemonDieAt("ct-export/" + point);

        assertThat(host.osctl("ct export web " + archive())).fails(Status.DAEMON_WENT_AWAY);
        host.restartDeadDaemon();

        assertThat(inside("web", "cat /data/f")).prints("first");
        host.given("ct del -f --purge web");
        assertThat(host.residue()).isEmpty();
        assertThat(archive()).doesNotExist();
    }

    @Test
    void aBackupBringsTheDatasetsBack() {
        String before = files("web");
        Result added = host.osctl("ct backup new web --to " + backups());
        assertThat(added).succeeds();
        assertThat(added.stderr()).doesNotContain("left out");
        host.given("ct del -f --purge web");

        assertThat(host.osctl("ct backup restore web --from " + backups())).succeeds();

        assertThat(datasets("web")).containsExactly("/", "data", "data/pg");
        assertThat(mountpoints("web")).containsExactly("/data", "/srv/pg");
        host.given("ct start web");
        assertThat(files("web")).isEqualTo(before);
    }

    @Test
    void ofUnchangedDatasetsNothingIsKeptTwice() {
        host.given("ct stop --kill web", "ct backup new web --to " + backups());

        assertThat(host.osctl("ct backup new web --to " + backups())).succeeds();

        assertThat(host.json("ct backup ls web --to " + backups())
                        .get(1)
                        .get("added")
                        .asLong())
                .isLessThan(200_000);
        assertThat(host.osctl("ct backup verify --to " + backups())).succeeds();
    }

    @Test
    void aBackupWithoutDatasetsHasTheRootAlone() {
        assertThat(host.osctl("ct backup new --no-datasets web --to " + backups()))
                .succeeds();

        host.given("ct backup restore --as-id other web --from " + backups(), "ct start other");
        assertThat(datasets("other")).containsExactly("/");
        assertThat(inside("other", "cat /root/f")).prints("root");
    }

    @Test
    void aDamagedChunkOfADatasetIsNamedAndCostsItsFileAlone() {
        host.given("ct backup new web --to " + backups());
        host.shell(
                        "cd %s && f=$(find chunks -type f -size +500k | head -1); printf x | dd of=$f bs=1 seek=1000 conv=notrunc"
                                .formatted(backups()))
                .run();

        assertThat(host.osctl("ct backup restore web --as-id other --from " + backups()))
                .fails(Status.UNTRUSTED)
                .complains("datasets/data:pg/large");
        assertThat(images()).hasSize(1);
        assertThat(host.osctl("ct backup verify --to " + backups()))
                .fails(Status.UNTRUSTED)
                .mentions("datasets/data:pg/large");
        assertThat(host.osctl("ct backup restore web --as-id other --leave-out-damaged --from " + backups()))
                .succeeds();

        host.given("ct start other");
        assertThat(inside("other", "cat /data/f; test -e /srv/pg/large || echo gone"))
                .prints("first\ngone");
    }

    /** As docs/backup.md tells it, with nothing of Berth. */
    @Test
    void aFileOfADatasetComesBackByHand() {
        host.given("ct backup new web --to " + backups());

        assertThat(host.shell(
                                "cd %s && b=$(ls -d backups/web/*); zstd -dc $b/files.tar.zst | tar -xO ./datasets/data:pg/large"
                                                .formatted(backups())
                                        + " | while read -r kind what rest; do case $kind in"
                                        + " chunk) zstd -dc chunks/$(echo $what | cut -c 1-2)/$what;;"
                                        + " hole) head -c $what /dev/zero;; esac; done | md5sum | cut -c 1-32")
                        .run())
                .prints(inside("web", "md5sum < /srv/pg/large").stdout().substring(0, 32));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--full-copy "})
    void aCopyHasNoDatasetsIfThatIsWanted(String how) {
        host.given("ct stop --kill web");

        Result copied = host.osctl("ct cp --no-datasets %sweb other".formatted(how));

        assertThat(copied).succeeds();
        assertThat(copied.stderr()).doesNotContain("left out");
        assertThat(datasets("other")).containsExactly("/");
        assertThat(mountpoints("other")).isEmpty();
        host.given("ct start other");
        assertThat(inside("other", "cat /root/f")).prints("root");
    }
}
