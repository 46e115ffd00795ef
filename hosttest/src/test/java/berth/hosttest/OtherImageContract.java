package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Containers that are given another image, for good or for one run, the same on every storage driver. */
abstract class OtherImageContract {
    private final Host host;

    OtherImageContract(Host host) {
        this.host = host;
    }

    @BeforeEach
    void aContainerWithAFileAndAnotherImage() {
        Path archive = Tarball.busybox()
                .file("etc/rescue", "the other image\n")
                .directory("mnt")
                .writeTo(host.scratch().resolve("rescue.tar.gz"));
        host.given(
                "pool set trash-age tank 1h",
                "image import --name rescue " + archive,
                "ct new --image busybox web",
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
        host.osctl("ct del -f --purge web");
        host.given("trash prune --all", "pool set trash-age tank 0", "image del rescue");
    }

    private String file(String path) {
        return host.osctl("ct exec web cat " + path).stdout().strip();
    }

    // Reinstallation

    @Test
    void aReinstalledContainerStandsOnTheOtherImageAndWhatItWasIsInTheTrash() {
        String user = host.json("ct show web").get("user").asString();

        assertThat(host.osctl("ct reinstall --image rescue web")).succeeds().mentions("in the trash as web@");

        assertThat(host.json("ct snapshot ls web")).isEmpty();
        host.given("ct start web");
        assertThat(file("/etc/rescue")).isEqualTo("the other image");
        assertThat(host.osctl("ct exec web ls /root/file")).fails(Status.FAILED);
        assertThat(host.json("ct show web").get("user").asString()).isEqualTo(user);
        assertThat(host.osctl("ct exec web stat -c %u:%g /etc/rescue")).doesNotMention("65534");
        assertThat(host.osctl("trash restore --as old web")).succeeds();
        assertThat(host.json("ct snapshot ls old").findValuesAsString("name")).containsExactly("one");
        host.given("ct start old");
        assertThat(host.osctl("ct exec old cat /root/file")).prints("second");
        host.given("ct del -f --purge old");
        assertThat(host.state("web")).isEqualTo("running");
    }

    @Test
    void anImageThatOnlyWhatIsInTheTrashNeedsStays() {
        host.given("ct reinstall --image rescue web");

        assertThat(host.osctl("image del busybox")).fails(Status.IN_USE).complains("in the trash");
    }

    @Test
    void theSameImageLeavesASnapshot() {
        assertThat(host.osctl("ct reinstall --image busybox web")).succeeds().mentions("before-reinstall-");
    }

    @Test
    void aRunningContainerIsNotReinstalled() {
        host.given("ct start web");

        assertThat(host.osctl("ct reinstall --image rescue web"))
                .fails(Status.WRONG_STATE)
                .complains("ct stop web");
        assertThat(host.osctl("ct reinstall --image none web")).fails(Status.NOT_FOUND);
        assertThat(host.osctl("ct reinstall --version 12 web")).fails(Status.USAGE);
        assertThat(file("/root/file")).isEqualTo("second");
    }

    // Rescue

    @Test
    void aContainerRunsOnceFromAnotherImageWithItsOwnFilesInIt() {
        assertThat(host.osctl("ct boot --image rescue web")).succeeds().mentions("/mnt/root");

        assertThat(file("/etc/rescue")).isEqualTo("the other image");
        assertThat(file("/mnt/root/root/file")).isEqualTo("second");
        host.given("ct exec web sh -c 'echo rescued > /mnt/root/root/file; echo lost > /root/lost'");
        assertThat(host.json("ct show web").get("boot_image").asString())
                .isEqualTo(host.json("image show rescue").get("id").asString());
        host.given("ct stop --kill web", "ct start web");
        assertThat(file("/root/file")).isEqualTo("rescued");
        assertThat(host.osctl("ct exec web ls /root/lost /etc/rescue")).fails(Status.FAILED);
        assertThat(host.pool("tank").resolve("ct/web@boot")).doesNotExist();
    }

    @Test
    void aRescueSurvivesTheDeathOfTheDaemonAndARebootInside() {
        host.given("ct boot --image rescue --mount-root /real web");
        int init = host.initPid("web");

        host.killDaemon();
        host.startDaemon();

        assertThat(file("/real/root/file")).isEqualTo("second");
        assertThat(host.osctl("image del rescue")).fails(Status.IN_USE).complains("web");
        host.given("ct restart --reboot web");
        host.awaitReboot("web", init);
        assertThat(file("/etc/rescue")).isEqualTo("the other image");
        assertThat(file("/real/root/file")).isEqualTo("second");
        host.given("ct restart --kill web");
        assertThat(file("/root/file")).isEqualTo("second");
        assertThat(host.osctl("ct exec web ls /etc/rescue")).fails(Status.FAILED);
    }

    @Test
    void whatIsLeftOfARescueThatEndedWhileNoDaemonWatchedIsRemoved() {
        host.given("ct boot --image rescue web");
        int init = host.initPid("web");
        host.killDaemon();
        assertThat(host.shell("kill -9 %d".formatted(init)).run()).succeeds();
        await("end of the init")
                .atMost(Running.PATIENCE)
                .until(() -> !Path.of("/proc/" + init).toFile().exists());
        host.startDaemon();

        host.awaitState("web", "stopped");
        assertThat(host.pool("tank").resolve("ct/web@boot")).doesNotExist();
        host.given("ct start web");
        assertThat(file("/root/file")).isEqualTo("second");
    }

    @Test
    void aRunningContainerIsStoppedForItOnlyByForce() {
        host.given("ct start web");

        assertThat(host.osctl("ct boot --image rescue web"))
                .fails(Status.WRONG_STATE)
                .complains("--force");
        assertThat(host.osctl("ct boot --image rescue --force web")).succeeds();
        assertThat(file("/mnt/root/root/file")).isEqualTo("second");
    }

    @Test
    void aSnapshotDuringARescueShowsItsOwnFiles() {
        host.given("ct boot --image rescue web", "ct snapshot new web during", "ct stop --kill web");

        host.given("ct snapshot rollback web during", "ct start web");

        assertThat(file("/root/file")).isEqualTo("second");
    }

    @Test
    void aPlaceOutsideIsRefused() {
        assertThat(host.osctl("ct boot --image rescue --mount-root ../etc web"))
                .fails(Status.INVALID)
                .complains("absolute path");
        assertThat(host.osctl("ct boot --image rescue --mount-root / web")).fails(Status.INVALID);
        assertThat(host.osctl("ct boot web")).fails(Status.USAGE).complains("--image");
        assertThat(host.state("web")).isEqualTo("stopped");
    }
}
