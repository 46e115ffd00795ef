package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The daemon dies before and after every step of the operations on containers. Whatever the point, the next daemon undoes or
 * completes the operation, says so, leaves nothing behind, and the container is usable.
 */
final class CrashTest {
    private static final Pattern BEGUN = Pattern.compile("\"word\":\"begin\",\"step\":\"([^\"]+)\"");

    private static final List<String> CREATE = List.of(
            "reserve ids", "add system account", "write user", "create root file system", "write configuration");
    private static final List<String> START =
            List.of("make cgroup", "write LXC configuration", "mount root file system", "start monitor");
    private static final List<String> STOP = List.of("ask init to end", "end what still runs", "clean up");
    private static final List<String> DELETE = List.of(
            "remove configuration",
            "remove root file system",
            "remove logs",
            "remove user",
            "remove system account",
            "release ids");

    @RegisterExtension
    static final Host host = Host.withBusybox();

    private static Stream<String> around(List<String> steps) {
        return steps.stream().flatMap(s -> Stream.of("before:" + s, "after:" + s));
    }

    private static void dies(String failPoint, String line) {
        host.letDaemonDieAt(failPoint);
        assertThat(host.osctl(line)).fails(Status.DAEMON_WENT_AWAY);
        host.restartDeadDaemon();
    }

    private static void theContainerCanBeUsed() {
        host.given("ct start web", "ct exec web true", "ct stop --kill web", "ct del web");
        assertThat(host.residue()).isEmpty();
    }

    static Stream<String> createBeforeItTakesEffect() {
        return Stream.concat(Stream.of("after:begin"), around(CREATE.subList(0, 4)));
    }

    @ParameterizedTest
    @MethodSource("createBeforeItTakesEffect")
    void aCreateThatWasCutOffEarlyIsUndone(String point) {
        dies("ct-new/" + point, "ct new --image busybox web");

        assertThat(host.osctl("ct show web")).fails(Status.NOT_FOUND);
        assertThat(host.residue()).isEmpty();
        assertThat(host.daemon().log()).contains("ct new", "is now undone");

        host.given("ct new --image busybox web");
        theContainerCanBeUsed();
    }

    static Stream<String> createWhenItTakesEffect() {
        return Stream.concat(around(CREATE.subList(4, 5)), Stream.of("before:end"));
    }

    @ParameterizedTest
    @MethodSource("createWhenItTakesEffect")
    void aCreateThatWasCutOffLateIsCompleted(String point) {
        dies("ct-new/" + point, "ct new --image busybox web");

        assertThat(host.state("web")).isEqualTo("stopped");
        assertThat(host.osctl("ct log cat web")).mentions("ct new", "is now completed");
        assertThat(host.json("ct history web")).hasSize(1);

        theContainerCanBeUsed();
    }

    static Stream<String> startBeforeItTakesEffect() {
        return Stream.of(Stream.of("after:begin"), around(START.subList(0, 3)), Stream.of("before:start monitor"))
                .flatMap(s -> s);
    }

    @ParameterizedTest
    @MethodSource("startBeforeItTakesEffect")
    void aStartThatWasCutOffEarlyIsUndone(String point) {
        host.given("ct new --image busybox web");

        dies("ct-start/" + point, "ct start web");

        assertThat(host.state("web")).isEqualTo("stopped");
        assertThat(host.osctl("ct log cat web")).mentions("ct start", "is now undone");
        assertThat(host.runningResidue()).isEmpty();
        theContainerCanBeUsed();
    }

    static Stream<String> startWhenItTakesEffect() {
        return Stream.of("after:start monitor", "before:end");
    }

    @ParameterizedTest
    @MethodSource("startWhenItTakesEffect")
    void aStartThatWasCutOffLateIsCompleted(String point) {
        host.given("ct new --image busybox web");

        dies("ct-start/" + point, "ct start web");

        assertThat(host.state("web")).isEqualTo("running");
        assertThat(host.osctl("ct log cat web")).mentions("ct start", "is now completed");
        assertThat(host.osctl("ct exec web true")).succeeds();
        host.given("ct stop web");
        theContainerCanBeUsed();
    }

    static Stream<String> stopBeforeAnythingIsAsked() {
        return Stream.of("after:begin", "before:ask init to end");
    }

    @ParameterizedTest
    @MethodSource("stopBeforeAnythingIsAsked")
    void aStopThatWasCutOffEarlyLeavesTheContainerRunning(String point) {
        host.given("ct new --image busybox web", "ct start web");
        int init = host.initPid("web");

        dies("ct-stop/" + point, "ct stop web");

        assertThat(host.state("web")).isEqualTo("running");
        assertThat(host.initPid("web")).isEqualTo(init);
        assertThat(host.osctl("ct log cat web")).mentions("ct stop", "is now undone");
        host.given("ct stop web");
        theContainerCanBeUsed();
    }

    static Stream<String> stopLater() {
        return Stream.of(
                "after:ask init to end",
                "before:end what still runs",
                "after:end what still runs",
                "before:clean up",
                "after:clean up",
                "before:end");
    }

    @ParameterizedTest
    @MethodSource("stopLater")
    void aStopThatWasCutOffLaterEndsInAStoppedContainer(String point) {
        host.given("ct new --image busybox web", "ct start web");

        dies("ct-stop/" + point, "ct stop web");

        host.awaitState("web", "stopped");
        assertThat(host.osctl("ct log cat web")).mentions("ct stop", "was cut off");
        assertThat(host.runningResidue()).isEmpty();
        theContainerCanBeUsed();
    }

    static Stream<String> delete() {
        return Stream.of(Stream.of("after:begin"), around(DELETE), Stream.of("before:end"))
                .flatMap(s -> s);
    }

    @ParameterizedTest
    @MethodSource("delete")
    void aDeleteThatWasCutOffIsCompleted(String point) {
        host.given("ct new --image busybox web", "ct start web", "ct stop --kill web");

        dies("ct-del/" + point, "ct del web");

        assertThat(host.osctl("ct show web")).fails(Status.NOT_FOUND);
        assertThat(host.residue()).isEmpty();
        assertThat(host.daemon().log()).contains("ct del", "is now completed");

        host.given("ct new --image busybox web");
        theContainerCanBeUsed();
    }

    @Test
    void noStepOfCreateStartStopAndDeleteIsMissingHere() throws IOException {
        assertThat(stepsOf("ct-new", "ct new --image busybox web")).isEqualTo(CREATE);
        assertThat(stepsOf("ct-start", "ct start web")).isEqualTo(START);
        assertThat(stepsOf("ct-stop", "ct stop web")).isEqualTo(STOP);
        assertThat(stepsOf("ct-del", "ct del web")).isEqualTo(DELETE);
    }

    /** The steps of an operation, as the journal of one that dies at its end shows them. */
    private static List<String> stepsOf(String operation, String line) throws IOException {
        host.letDaemonDieAt(operation + "/before:end");
        assertThat(host.osctl(line)).fails(Status.DAEMON_WENT_AWAY);
        host.daemon().awaitEnd();
        List<String> steps = journals()
                .flatMap(j -> BEGUN.matcher(Host.read(j)).results().map(m -> m.group(1)))
                .toList();
        host.startDaemon();
        return steps;
    }

    private static Stream<Path> journals() throws IOException {
        List<Path> found = new java.util.ArrayList<>();
        for (Path directory :
                List.of(host.pool("tank").resolve("conf/journal"), Path.of("/run", host.instance(), "journal"))) {
            try (Stream<Path> files = Files.exists(directory) ? Files.list(directory) : Stream.of()) {
                found.addAll(
                        files.filter(f -> f.toString().endsWith(".journal")).toList());
            }
        }
        return found.stream();
    }
}
