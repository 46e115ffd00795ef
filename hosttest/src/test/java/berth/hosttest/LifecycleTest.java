package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class LifecycleTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    @Test
    void aNewContainerIsStopped() {
        assertThat(host.osctl("ct new --image busybox web")).succeeds();

        assertThat(host.osctl("ct ls")).mentions("web", "stopped");
        assertThat(host.state("web")).isEqualTo("stopped");
    }

    @Test
    void aStartedContainerHasAnInitOfItsOwn() {
        host.given("ct new --image busybox web");

        assertThat(host.osctl("ct start web")).succeeds().mentions("web");

        assertThat(host.state("web")).isEqualTo("running");
        assertThat(host.initPid("web")).isPositive();
        assertThat(host.osctl("ct exec web cat /proc/1/comm")).succeeds().prints("init");
    }

    @Test
    void nothingOfAContainerIsRootOnTheHost() {
        host.given("ct new --image busybox web", "ct start web");

        String status = Host.read(java.nio.file.Path.of("/proc/" + host.initPid("web") + "/status"));

        assertThat(status.lines().filter(l -> l.startsWith("Uid:") || l.startsWith("Gid:")))
                .hasSize(2)
                .noneMatch(l -> l.contains("\t0"));
        assertThat(host.osctl("ct exec web id -u")).prints("0");
    }

    @Test
    void filesOfTheImageBelongToTheRootOfTheContainer() {
        host.given("ct new --image busybox web", "ct start web");

        assertThat(host.osctl("ct exec web stat -c %u:%g /bin/busybox"))
                .succeeds()
                .prints("0:0");
    }

    @Test
    void whatAContainerWritesOutlivesItsStop() {
        host.given("ct new --image busybox web", "ct start web", "ct exec web touch /root/kept");

        host.given("ct stop web", "ct start web");

        assertThat(host.osctl("ct exec web ls /root")).succeeds().prints("kept");
    }

    @Test
    void twoContainersOfOneImageDoNotSeeEachOthersFiles() {
        host.given(
                "ct new --image busybox a", "ct new --image busybox b", "ct start a b", "ct exec a touch /root/mine");

        assertThat(host.osctl("ct exec b ls /root")).succeeds().printsNothing();
    }

    @Test
    void twoContainersHaveUsersOfTheirOwn() {
        host.given("ct new --image busybox a", "ct new --image busybox b", "ct start a b");

        assertThat(Host.read(java.nio.file.Path.of("/proc/" + host.initPid("a") + "/uid_map")))
                .isNotEqualTo(Host.read(java.nio.file.Path.of("/proc/" + host.initPid("b") + "/uid_map")));
    }

    @Test
    void startingARunningContainerChangesNothing() {
        host.given("ct new --image busybox web", "ct start web");
        int init = host.initPid("web");

        assertThat(host.osctl("ct start web")).succeeds().mentions("web");

        assertThat(host.initPid("web")).isEqualTo(init);
    }

    @Test
    void stopSaysThatTheInitEndedTheContainer() {
        host.given("ct new --image busybox web", "ct start web");

        assertThat(host.osctl("ct stop web")).succeeds().mentions("web", "ended by its init");

        assertThat(host.state("web")).isEqualTo("stopped");
    }

    @Test
    void stopWithKillSaysThatTheContainerWasKilled() {
        host.given("ct new --image busybox web", "ct start web");

        assertThat(host.osctl("ct stop --kill web")).succeeds().mentions("web", "killed");

        assertThat(host.state("web")).isEqualTo("stopped");
    }

    @Test
    void stoppingAStoppedContainerChangesNothing() {
        host.given("ct new --image busybox web");

        assertThat(host.osctl("ct stop web")).succeeds().mentions("web", "stopped already");
    }

    @Test
    void restartGivesTheContainerANewInit() {
        host.given("ct new --image busybox web", "ct start web");
        int init = host.initPid("web");

        assertThat(host.osctl("ct restart web")).succeeds().mentions("web");

        assertThat(host.state("web")).isEqualTo("running");
        assertThat(host.initPid("web")).isNotEqualTo(init);
    }

    @Test
    void restartWithRebootLetsTheInitRebootItself() {
        host.given("ct new --image busybox web", "ct start web");
        int init = host.initPid("web");

        assertThat(host.osctl("ct restart --reboot web")).succeeds();

        host.awaitReboot("web", init);
        assertThat(host.osctl("ct exec web true")).succeeds();
    }

    @Test
    void aContainerThatHaltsItselfIsStopped() {
        host.given("ct new --image busybox web", "ct start web");
        host.osctl("ct exec web poweroff");

        assertThat(host.osctl("ct wait web stopped")).succeeds();

        assertThat(host.osctl("ct start web")).succeeds();
        assertThat(host.osctl("ct exec web true")).succeeds();
    }

    @Test
    void aContainerThatRebootsItselfKeepsRunning() {
        host.given("ct new --image busybox web", "ct start web", "ct exec web touch /root/before");
        int init = host.initPid("web");

        host.osctl("ct exec web reboot");

        host.awaitReboot("web", init);
        assertThat(host.state("web")).isEqualTo("running");
        assertThat(host.osctl("ct exec web ls /root")).prints("before");
    }

    @Test
    void aContainerWhoseInitIsKilledFromOutsideIsStopped() {
        host.given("ct new --image busybox web", "ct start web");

        Running.signal(host.initPid("web"), "KILL");

        host.awaitState("web", "stopped");
        assertThat(host.osctl("ct start web")).succeeds();
    }

    @Test
    void aFrozenContainerStandsStillUntilItIsThawed() {
        host.given("ct new --image busybox web", "ct start web");

        assertThat(host.osctl("ct freeze web")).succeeds();
        assertThat(host.state("web")).isEqualTo("frozen");

        assertThat(host.osctl("ct unfreeze web")).succeeds();
        assertThat(host.state("web")).isEqualTo("running");
        assertThat(host.osctl("ct exec web true")).succeeds();
    }

    @Test
    void thawIsAnotherWordForUnfreeze() {
        host.given("ct new --image busybox web", "ct start web", "ct freeze web");

        assertThat(host.osctl("ct thaw web")).succeeds();

        assertThat(host.state("web")).isEqualTo("running");
    }

    @Test
    void aFrozenContainerCanBeStopped() {
        host.given("ct new --image busybox web", "ct start web", "ct freeze web");

        assertThat(host.osctl("ct stop web")).succeeds();

        assertThat(host.state("web")).isEqualTo("stopped");
    }

    @Test
    void aFrozenContainerCanBeDeleted() {
        host.given("ct new --image busybox web", "ct start web", "ct freeze web");

        assertThat(host.osctl("ct del -f web")).succeeds();

        assertThat(host.osctl("ct show web")).fails(Status.NOT_FOUND);
    }

    @Test
    void waitReturnsWhenTheContainerComesIntoOneOfTheStates() {
        host.given("ct new --image busybox web");
        Running waiting = host.command("ct wait web running frozen").start();

        host.given("ct start web");

        assertThat(waiting.result()).succeeds().mentions("running");
    }

    @Test
    void waitReturnsAtOnceIfTheContainerIsInTheState() {
        host.given("ct new --image busybox web");

        assertThat(host.osctl("ct wait web stopped")).succeeds();
    }

    @Test
    void aRunningContainerIsNotDeletedWithoutForce() {
        host.given("ct new --image busybox web", "ct start web");

        assertThat(host.osctl("ct del web")).fails(Status.WRONG_STATE).complains("web", "running");

        assertThat(host.state("web")).isEqualTo("running");
    }

    @Test
    void aDeletedContainerIsGoneWithItsUser() {
        host.given("ct new --image busybox web", "ct start web");

        assertThat(host.osctl("ct del -f web")).succeeds().mentions("web");

        assertThat(host.osctl("ct ls")).doesNotMention("web");
        assertThat(host.osctl("user ls")).doesNotMention("web");
    }

    @Test
    void anIdCanBeUsedAgainAfterADelete() {
        host.given("ct new --image busybox web", "ct start web", "ct exec web touch /root/old", "ct del -f web");

        host.given("ct new --image busybox web", "ct start web");

        assertThat(host.osctl("ct exec web ls /root")).succeeds().printsNothing();
    }

    @Test
    void theStartFailsIfTheInitDoesNotExistAndTheErrorNamesIt() {
        host.given("ct new --image busybox web", "ct set init-cmd web /sbin/nothing-here");

        assertThat(host.osctl("ct start web")).fails(Status.WRONG_STATE).complains("web", "/sbin/nothing-here");

        assertThat(host.state("web")).isEqualTo("stopped");
        host.given("ct unset init-cmd web");
        assertThat(host.osctl("ct start web")).succeeds();
    }

    @Test
    void theStartFailsIfTheInitIsNoProgram() {
        host.given("ct new --image busybox web", "ct set init-cmd web /etc/passwd");

        assertThat(host.osctl("ct start web")).fails(Status.WRONG_STATE).complains("web", "/etc/passwd");
    }

    @Test
    void anInitThatEndsAtOnceLeavesAStoppedContainer() {
        host.given("ct new --image busybox web", "ct set init-cmd web /bin/true");

        host.osctl("ct start web");

        host.awaitState("web", "stopped");
    }

    @Test
    void startWithAttachOpensAShell() {
        host.given("ct new --image busybox web");

        Result result =
                host.command("ct start -a web").reading("echo inside; exit\n").run();

        assertThat(result).succeeds().mentions("inside");
        assertThat(host.state("web")).isEqualTo("running");
    }

    @Test
    void theLogTellsWhatHappenedToTheContainer() {
        host.given("ct new --image busybox web", "ct start web", "ct stop web");

        assertThat(host.osctl("ct log cat web")).succeeds().mentions("started", "ended by its init");
        assertThat(host.osctl("ct log path web"))
                .succeeds()
                .mentions(host.pool("tank").toString());
    }
}
