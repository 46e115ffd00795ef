package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Before each init of a container the daemon is asked, and only by the container's own monitor. */
final class StartHookTest {
    private static final String NO_HOOK = "no container's hook";

    @RegisterExtension
    static final Host host = Host.withBusybox();

    @AfterEach
    void aDaemonThatFailsNothing() {
        host.daemon().destroy();
    }

    /** The hook, as LXC runs it. */
    private static Path program() {
        return Path.of("/var/lib", host.instance(), "osctl");
    }

    private static List<String> hook() {
        return List.of(program().toString(), "--instance", host.instance(), "hook", "start-host");
    }

    private static List<String> asUser(int uid, List<String> words) {
        List<String> user = List.of("setpriv", "--reuid=" + uid, "--regid=" + uid, "--clear-groups");
        return Stream.of(user, words).flatMap(List::stream).toList();
    }

    private static int ugid(String user) {
        return host.json("user show " + user).get("ugid").asInt();
    }

    /** The hooks of containers that wait for the daemon. The next daemon replaces their program, which runs on. */
    private static Stream<ProcessHandle> waitingHooks() {
        return ProcessHandle.allProcesses()
                .filter(p -> p.info().command().orElse("").startsWith(program().toString()));
    }

    private static long waitingMonitor() {
        return waitingHooks()
                .flatMap(p -> p.parent().stream())
                .findFirst()
                .orElseThrow()
                .pid();
    }

    private static void awaitWaitingHook() {
        await("a hook that waits")
                .atMost(Running.PATIENCE)
                .until(() -> waitingHooks().count() == 1);
    }

    private static void rebootWithoutDaemon(int init) {
        host.shell("nsenter -t %d -a reboot".formatted(init)).run();
    }

    private static void send(byte[] bytes) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(Path.of("/run", host.instance(), "hook.sock")));
            channel.write(ByteBuffer.wrap(bytes));
        } catch (IOException e) {
            // The daemon does not wait for what a stranger has to say.
            assertThat(e).hasMessageContaining("Broken pipe");
        }
    }

    private static void sendGarbage(int times) throws IOException {
        byte[] garbage = new byte[4096];
        Random random = new Random(1);
        for (int i = 0; i < times; i++) {
            random.nextBytes(garbage);
            send(garbage);
        }
    }

    @Test
    void theDaemonIsAskedAtAStartAndAtAReboot() {
        host.letDaemonDieAt("hook/fail:prepare");
        host.given("ct new --image busybox web");

        assertThat(host.osctl("ct start web"))
                .fails(Status.FAILED)
                .complains("container 'web' cannot be started: 'prepare' fails at a fail point");
        assertThat(host.state("web")).isEqualTo("stopped");
        assertThat(host.runningResidue()).isEmpty();

        host.letDaemonDieAt("");
        host.given("ct start web");
        host.letDaemonDieAt("hook/fail:prepare");
        host.osctl("ct restart --reboot web");

        host.awaitState("web", "stopped");
        assertThat(host.osctl("ct log cat web")).mentions("could not be prepared for its init");
    }

    @Test
    void aContainerRebootsMoreThanOnce() {
        host.given("ct new --image busybox web", "ct start web");
        int first = host.initPid("web");

        host.osctl("ct restart --reboot web");
        host.awaitReboot("web", first);
        int second = host.initPid("web");
        host.osctl("ct restart --reboot web");
        host.awaitReboot("web", second);

        assertThat(host.state("web")).isEqualTo("running");
        assertThat(host.daemon().log()).doesNotContain(NO_HOOK);
    }

    @Test
    void aRebootWaitsForADaemonThatIsAway() {
        host.given("ct new --image busybox web", "ct start web");
        int before = host.initPid("web");

        host.killDaemon();
        rebootWithoutDaemon(before);
        awaitWaitingHook();
        host.startDaemon();

        host.awaitReboot("web", before);
        assertThat(waitingHooks()).isEmpty();
    }

    @Test
    void aStartThatTheDaemonDiedInGoesOnWithTheNext() {
        host.given("ct new --image busybox web");
        host.letDaemonDieAt("hook/before:prepare");

        assertThat(host.osctl("ct start web")).fails(Status.DAEMON_WENT_AWAY);
        host.daemon().awaitEnd();
        awaitWaitingHook();
        host.startDaemon();

        await().atMost(Running.PATIENCE).until(() -> waitingHooks().count() == 0);
        assertThat(host.state("web")).isEqualTo("running");
        assertThat(host.osctl("ct exec web true")).succeeds();
    }

    @Test
    void aContainerWhoseHookWaitsCanBeKilled() {
        host.given("ct new --image busybox web", "ct start web");
        int before = host.initPid("web");
        host.killDaemon();
        rebootWithoutDaemon(before);
        awaitWaitingHook();
        Running.signal(waitingMonitor(), "KILL");

        host.startDaemon();

        host.awaitState("web", "stopped");
        assertThat(host.runningResidue()).isEmpty();
    }

    @Test
    void rootOfTheHostIsNoHook() {
        host.given("ct new --image busybox web", "ct start web");

        assertThat(host.program(hook()).run()).exits(1).complains(NO_HOOK);
        assertThat(host.daemon().log()).contains("of user 0 is " + NO_HOOK);
    }

    @Test
    void aProcessOfTheContainersUserThatItsMonitorDidNotStartIsNoHook() {
        host.given("ct new --image busybox web", "ct start web");
        int ugid = ugid("web");

        assertThat(host.program(asUser(ugid, hook())).run()).exits(1).complains(NO_HOOK);
        assertThat(host.daemon().log()).contains("of user %d is %s".formatted(ugid, NO_HOOK));
    }

    @Test
    void aProcessOfTheContainersUserThatWentToTheMonitorsCgroupIsNoHook() throws IOException {
        host.given("ct new --image busybox web", "ct start web");
        int ugid = ugid("web");
        int monitor = Integer.parseInt(ProcessHandle.of(host.initPid("web"))
                .flatMap(ProcessHandle::parent)
                .map(p -> Long.toString(p.pid()))
                .orElseThrow());
        String unified = Files.readAllLines(Path.of("/proc", Integer.toString(monitor), "cgroup")).stream()
                .filter(l -> l.startsWith("0::"))
                .map(l -> l.substring("0::".length()))
                .findFirst()
                .orElseThrow();
        Path root = Files.isDirectory(Path.of("/sys/fs/cgroup/unified"))
                ? Path.of("/sys/fs/cgroup/unified")
                : Path.of("/sys/fs/cgroup");

        assertThat(host.shell("echo $$ >%s%s/cgroup.procs && exec %s"
                                .formatted(root, unified, String.join(" ", asUser(ugid, hook()))))
                        .run())
                .exits(1)
                .complains("no monitor of container", "has started it");
    }

    @Test
    void garbageOnTheSocketDoesNoHarm() throws IOException {
        sendGarbage(200);

        host.given("ct new --image busybox web", "ct start web", "ct exec web true");
    }
}
