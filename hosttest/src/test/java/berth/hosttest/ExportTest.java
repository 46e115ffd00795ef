package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Containers packed into files, and taken in again. */
final class ExportTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    @BeforeEach
    void aRunningContainerWithFilesOfAllKinds() {
        host.given(
                "ct new --image busybox web",
                "ct set memory-limit web 64M",
                "ct start web",
                "ct exec web sh -c 'echo first > /root/file; ln /root/file /root/second; chmod 4755 /root/file'",
                "ct exec web sh -c 'mkdir -p /srv/dir; chown 1000:2000 /srv/dir; ln -s ../etc/passwd /srv/link'",
                "ct exec web sh -c 'truncate -s 3M /srv/sparse; echo end >> /srv/sparse; mkfifo /srv/pipe'");
    }

    @AfterEach
    void onlyTheImageThatWasThere() throws IOException {
        host.shell("for c in $(osctl ct ls -H -o id); do osctl ct del -f --purge $c; done; for i in $(osctl image"
                        + " ls -H -o id,name | grep -v busybox | cut -f 1); do osctl image del $i; done")
                .run();
        Files.deleteIfExists(archive());
        Files.deleteIfExists(part());
    }

    private static Path archive() {
        return host.scratch().resolve("web.tar");
    }

    private static Path part() {
        return host.scratch().resolve("web.tar.part");
    }

    private static String files(String container) {
        return host.osctl("ct exec %s sh -c 'cd /; ls -ln root srv | grep -v total; cat root/second; md5sum srv/sparse'"
                        .formatted(container))
                .stdout();
    }

    private static List<String> images() {
        return host.json("image ls").findValuesAsString("id");
    }

    @ParameterizedTest
    @ValueSource(strings = {"zstd", "gzip", "xz", "none"})
    void aContainerThatRunsIsTakenInWithItsFilesAndSettings(String compression) throws IOException {
        String before = files("web");

        assertThat(host.osctl("ct export --compression %s web %s".formatted(compression, archive())))
                .succeeds();

        assertThat(host.state("web")).isEqualTo("running");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(archive())))
                .isEqualTo("rw-------");
        assertThat(host.osctl("ct import --as-id other " + archive())).succeeds();
        assertThat(host.json("ct show other").get("memory_limit").asLong()).isEqualTo(64L << 20);
        host.given("ct start other");
        assertThat(files("other")).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tar", "cpio", "stream"})
    void eachFormatBringsTheFilesBack(String format) {
        String before = files("web");

        assertThat(host.osctl("ct export --format %s web %s".formatted(format, archive())))
                .succeeds();

        assertThat(host.osctl("ct import --as-id other " + archive())).succeeds();
        host.given("ct start other");
        assertThat(files("other")).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tar", "cpio", "stream"})
    void eachFormatImportsAsAnImage(String format) {
        host.given("ct export --format %s web %s".formatted(format, archive()));

        assertThat(host.osctl("image import --name packed " + archive())).succeeds();

        host.given("ct new --image packed other", "ct start other");
        assertThat(host.osctl("ct exec other cat /root/second")).prints("first");
    }

    @Test
    void whoeverMadeAFileOfThatNameBeforeCannotReadTheArchive() {
        assertThat(host.shell("install -m 666 -o nobody /dev/null %s".formatted(part()))
                        .run())
                .succeeds();

        assertThat(host.osctl("ct export web " + archive())).succeeds();

        assertThat(host.shell("stat -c %%u:%%a %s".formatted(archive())).run()).prints("0:600");
    }

    @Test
    void otherProgramsReadACpioArchive() {
        host.given("ct export --format cpio --compression none web " + archive());

        Result listed = host.shell("cpio -itv --quiet < " + archive()).run();

        assertThat(listed).succeeds().mentions("rootfs/root/file", "rootfs/srv/link -> ../etc/passwd");
        assertThat(host.shell(
                                "cd %s && mkdir unpacked && cd unpacked && cpio -idm --quiet < %s; test -s rootfs/root/file &&"
                                                .formatted(host.scratch(), archive())
                                        + " test rootfs/root/file -ef rootfs/root/second; r=$?; cd ..; rm -r unpacked;"
                                        + " exit $r")
                        .run())
                .succeeds();
    }

    @Test
    void holesAreKept() {
        host.given("ct export --compression none web " + archive());

        assertThat(host.shell("mkdir %1$s/un && tar -xf %2$s -C %1$s/un; du -k %1$s/un/rootfs/srv/sparse; rm -r %1$s/un"
                                .formatted(host.scratch(), archive()))
                        .run()
                        .stdout())
                .matches("(?s)[0-9]{1,2}\t.*");
    }

    @Test
    void aStreamBringsSnapshotsAndFormerSettings() {
        host.given(
                "ct stop --kill web",
                "ct snapshot new web one",
                "ct start web",
                "ct exec web sh -c 'rm /root/file; echo later > /root/second'",
                "ct stop --kill web",
                "ct snapshot new web two",
                "ct export --format stream --history web " + archive(),
                "ct del --purge web");

        assertThat(host.osctl("ct import " + archive())).succeeds();

        assertThat(host.json("ct snapshot ls web").findValuesAsString("name")).containsExactly("one", "two");
        assertThat(host.json("ct history web").findValuesAsString("command"))
                .contains("ct new --image busybox web", "ct import " + archive());
        host.given("ct start web");
        assertThat(host.osctl("ct exec web cat /root/second")).prints("later");
        assertThat(host.osctl("ct exec web sh -c 'test -e /root/file || echo gone'"))
                .prints("gone");
        host.given("ct stop --kill web", "ct snapshot rollback web one", "ct start web");
        assertThat(host.osctl("ct exec web cat /root/file")).prints("first");
        assertThat(images()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {30, 60, 95})
    void aStreamThatWasCutOffIsRefusedAndLeavesNothing(int percent) throws IOException {
        host.given("ct export --format stream --compression none web " + archive());
        byte[] whole = Files.readAllBytes(archive());
        Files.write(archive(), Arrays.copyOf(whole, (int) ((long) whole.length * percent / 100)));

        assertThat(host.osctl("ct import --as-id other " + archive())).fails(Status.UNTRUSTED);

        assertThat(images()).hasSize(1);
        assertThat(host.osctl("ct show other")).fails(Status.NOT_FOUND);
    }

    @Test
    void aStreamThatWasChangedIsRefusedAndLeavesNothing() {
        host.given("ct export --format stream --compression none web " + archive());
        assertThat(host.shell("sed -i s/first/worst/ " + archive()).run()).succeeds();

        assertThat(host.osctl("ct import --as-id other " + archive()))
                .fails(Status.UNTRUSTED)
                .complains("damaged or changed");

        assertThat(images()).hasSize(1);
        assertThat(host.osctl("ct show other")).fails(Status.NOT_FOUND);
    }

    @Test
    void aStreamWhoseImportIsKilledLeavesNothing() {
        host.given("ct export --format stream web " + archive(), "ct del -f --purge web");
        host.letDaemonDieAt("ct-receive/after:receive present files");

        assertThat(host.osctl("ct import " + archive())).fails(Status.DAEMON_WENT_AWAY);
        host.restartDeadDaemon();

        assertThat(host.osctl("ct show web")).fails(Status.NOT_FOUND);
        assertThat(host.residue()).isEmpty();
        assertThat(host.osctl("ct import " + archive())).succeeds();
    }

    @Test
    void aStoppedContainerComesBackByAPipe() {
        host.given("ct stop --kill web");

        assertThat(host.shell("osctl ct export web - | osctl ct import --as-id other -")
                        .run())
                .succeeds();

        host.given("ct start other");
        assertThat(host.osctl("ct exec other cat /root/file")).prints("first");
    }

    @Test
    void oneOfTheSameIdIsNotReplaced() {
        host.given("ct export web " + archive());

        assertThat(host.osctl("ct import " + archive())).fails(Status.EXISTS).complains("--as-id");

        assertThat(images()).hasSize(1);
    }

    @Test
    void anArchiveThatWasChangedIsRefusedAndLeavesNothing() throws IOException {
        host.given("ct export --compression none web " + archive());
        assertThat(host.shell("sed -i s/first/worst/ " + archive()).run()).succeeds();

        assertThat(host.osctl("ct import --as-id other " + archive()))
                .fails(Status.UNTRUSTED)
                .complains("checksum");

        assertThat(images()).hasSize(1);
        assertThat(host.osctl("ct show other")).fails(Status.NOT_FOUND);
    }

    @Test
    void anArchiveThatWasCutOffIsRefusedAndLeavesNothing() throws IOException {
        host.given("ct export --compression none web " + archive());
        byte[] whole = Files.readAllBytes(archive());
        Files.write(archive(), Arrays.copyOf(whole, whole.length / 2));

        assertThat(host.osctl("ct import --as-id other " + archive())).fails(Status.UNTRUSTED);

        assertThat(images()).hasSize(1);
    }

    @Test
    void whatIsNoContainerIsRefused() {
        assertThat(host.shell("tar -cf %s -C /etc hostname".formatted(archive()))
                        .run())
                .succeeds();

        assertThat(host.osctl("ct import " + archive())).fails(Status.UNTRUSTED).complains("no exported container");
    }

    @Test
    void devicesAreGivenOnlyIfThatIsWanted() {
        host.given("ct devices add -p web block 7 9 r /dev/disk9", "ct export web " + archive());

        Result plain = host.osctl("ct import --as-id plain " + archive());
        assertThat(plain).succeeds();
        assertThat(plain.stderr()).contains("--host-parts");
        assertThat(host.osctl("ct import --host-parts --as-id full " + archive()))
                .succeeds();

        assertThat(host.osctl("ct devices ls -H -o name plain")).doesNotMention("disk9");
        assertThat(host.osctl("ct devices ls -H -o name full")).mentions("disk9");
    }

    @ParameterizedTest
    @ValueSource(strings = {"after:suspend processes", "after:copy changes", "before:end"})
    void anExportThatIsCutOffLeavesTheContainerRunningAndNoFileOfThatName(String point) {
        host.letDaemonDieAt("ct-export/" + point);

        assertThat(host.osctl("ct export web " + archive())).fails(Status.DAEMON_WENT_AWAY);
        host.restartDeadDaemon();

        assertThat(archive()).doesNotExist();
        assertThat(host.osctl("ct exec web cat /root/file")).prints("first");
        host.given("ct del -f web");
        assertThat(host.residue()).isEmpty();
    }

    @Test
    void aContainerGetsAnotherIdAndKeepsTheRest() {
        host.given("ct stop --kill web", "ct snapshot new web one");

        assertThat(host.osctl("ct mv web renamed")).succeeds();

        assertThat(host.osctl("ct show web")).fails(Status.NOT_FOUND);
        assertThat(host.json("ct show renamed").get("memory_limit").asLong()).isEqualTo(64L << 20);
        assertThat(host.json("ct snapshot ls renamed").findValuesAsString("name"))
                .containsExactly("one");
        assertThat(host.json("ct history renamed").findValuesAsString("command"))
                .contains("ct mv web renamed", "ct new --image busybox web");
        host.given("ct start renamed");
        assertThat(host.osctl("ct exec renamed cat /root/file")).prints("first");
        host.given("ct del -f renamed");
        assertThat(host.residue()).isEmpty();
    }

    @Test
    void aContainerThatRunsKeepsItsId() {
        assertThat(host.osctl("ct mv web renamed")).fails(Status.WRONG_STATE).complains("web", "stop");
    }

    @Test
    void anIdThatIsTakenIsNotGivenAgain() {
        host.given("ct stop --kill web", "ct new --image busybox other");

        assertThat(host.osctl("ct mv web other")).fails(Status.EXISTS).complains("other");
    }

    @ParameterizedTest
    @ValueSource(strings = {"after:release interfaces", "after:record layers"})
    void aNewIdCutOffEarlyIsNotGiven(String point) {
        host.given("ct stop --kill web");
        host.letDaemonDieAt("ct-mv/" + point);

        assertThat(host.osctl("ct mv web renamed")).fails(Status.DAEMON_WENT_AWAY);
        host.restartDeadDaemon();

        assertThat(host.osctl("ct show renamed")).fails(Status.NOT_FOUND);
        host.given("ct start web");
        assertThat(host.osctl("ct exec web cat /root/file")).prints("first");
    }

    @ParameterizedTest
    @ValueSource(strings = {"after:write configuration", "after:remove former configuration", "before:end"})
    void aNewIdCutOffLateIsGiven(String point) {
        host.given("ct stop --kill web");
        host.letDaemonDieAt("ct-mv/" + point);

        assertThat(host.osctl("ct mv web renamed")).fails(Status.DAEMON_WENT_AWAY);
        host.restartDeadDaemon();

        assertThat(host.osctl("ct show web")).fails(Status.NOT_FOUND);
        host.given("ct start renamed");
        assertThat(host.osctl("ct exec renamed cat /root/file")).prints("first");
    }

    @Test
    void whatIsNoFileIsNotReplacedByOne() {
        assertThat(host.shell("mkfifo %s/queue".formatted(host.scratch())).run())
                .succeeds();

        assertThat(host.osctl("ct export web %s/queue".formatted(host.scratch())))
                .fails(Status.INVALID)
                .complains("queue' is there, and no file");
        assertThat(host.osctl("ct export web ''")).fails(Status.INVALID).complains("'' is no name of a file");

        assertThat(host.shell("test -p queue && ! test -e queue.part && rm queue")
                        .run())
                .succeeds();
    }
}
