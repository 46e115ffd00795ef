package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ExecTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    @BeforeEach
    void aRunningContainer() {
        host.given("ct new --image busybox web", "ct start web");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 69, 127, 255})
    void theExitStatusIsThatOfTheCommand(int status) {
        assertThat(host.osctl("ct exec web sh -c 'exit %d'".formatted(status))).exits(status);
    }

    @Test
    void aCommandThatASignalEndsIsReportedAsEndedByIt() {
        assertThat(host.osctl("ct exec web sh -c 'kill -KILL $$'")).fails(Status.KILLED);
    }

    @Test
    void aCommandThatDoesNotExistIsNamed() {
        assertThat(host.osctl("ct exec web no-such-command"))
                .exits(127)
                .complains("there is no program 'no-such-command'");
    }

    @Test
    void theLogOfTheStartDoesNotGrowWithEveryCommand() {
        Path log = host.pool("tank").resolve("log/ct/web.lxc.log");
        Host.write(log, "x".repeat(1 << 20));

        host.given("ct exec web true");

        assertThat(log.toFile().length()).isLessThan(1 << 16);
    }

    @Test
    void outputAndErrorsStayApart() {
        Result result = host.osctl("ct exec web sh -c 'echo out; echo err >&2'");

        assertThat(result).succeeds().prints("out");
        assertThat(result.stderr()).isEqualTo("err\n");
    }

    @Test
    void everyByteComesThroughUnchanged() {
        byte[] bytes = new byte[3_000_000];
        new Random(1).nextBytes(bytes);

        Result result = host.command("ct exec web cat").reading(bytes).run();

        assertThat(result).succeeds().printsBytes(bytes);
    }

    @Test
    void tenThousandArgumentsArrive() {
        List<String> arguments = new ArrayList<>(List.of("ct", "exec", "web", "sh", "-c", "echo $# ${10000}", "sh"));
        IntStream.rangeClosed(1, 10_000).forEach(i -> arguments.add("argument-" + i));

        assertThat(host.osctl(arguments)).succeeds().prints("10000 argument-10000");
    }

    @Test
    void argumentsKeepEveryCharacter() {
        String odd = "a  b\t\n\"quotes\" 'single' $HOME `id` \\ * ä € -x ";

        assertThat(host.osctl(List.of("ct", "exec", "web", "printf", "%s|", odd, "", odd)))
                .succeeds()
                .prints(odd + "||" + odd + "|");
    }

    @Test
    void argumentsMayHoldBytesThatAreNoText() {
        assertThat(host.shell("osctl ct exec web printf %s \"$(printf '\\377\\001')\" | od -An -tx1")
                        .run())
                .prints(" ff 01");
    }

    @Test
    void optionsAfterTheIdBelongToTheCommand() {
        assertThat(host.osctl("ct exec web ls -d -1 /")).succeeds().prints("/");
        assertThat(host.osctl("ct exec web echo --help -j")).succeeds().prints("--help -j");
    }

    @Test
    void withoutATerminalTheCommandHasNone() {
        assertThat(host.osctl("ct exec web test -t 0")).exits(1);
        assertThat(host.osctl("ct exec web test -t 1")).exits(1);
    }

    @Test
    void theCommandRunsAsTheUserThatIsNamed() {
        assertThat(host.osctl("ct exec -u daemon web id -un")).succeeds().prints("daemon");
        assertThat(host.osctl("ct exec -u 65534 web id -u")).succeeds().prints("65534");
    }

    @Test
    void aUserThatDoesNotExistIsNamed() {
        assertThat(host.osctl("ct exec -u nobody-here web true"))
                .fails(Status.NOT_FOUND)
                .complains("nobody-here");
    }

    @Test
    void theCommandStartsWhereItIsTold() {
        assertThat(host.osctl("ct exec --cwd /etc web pwd")).succeeds().prints("/etc");
        assertThat(host.osctl("ct exec web pwd")).succeeds().prints("/");
    }

    @Test
    void theCommandHasTheVariablesThatAreGivenAndNoneOfTheHosts() {
        Result result = host.command("ct exec --env A=1 --env B='two' web env")
                .with("SECRET_OF_THE_HOST", "1")
                .run();

        assertThat(result).succeeds().mentions("A=1", "B=", "PATH=").doesNotMention("SECRET_OF_THE_HOST");
    }

    @Test
    void theCommandIsInTheCgroupOfTheContainer() {
        Running sleeping = host.command("ct exec web sleep 1234").start();

        await().atMost(Running.PATIENCE).until(() -> host.osctl("ct exec web pidof sleep"), r -> r.status() == 0);

        host.given("ct stop --kill web");
        assertThat(sleeping.result().status()).isNotZero();
    }

    @ParameterizedTest
    @CsvSource({"INT", "TERM", "HUP", "QUIT", "USR1"})
    void signalsReachTheCommand(String signal) {
        Running running = host.command(List.of(
                        "ct",
                        "exec",
                        "web",
                        "sh",
                        "-c",
                        "trap 'echo got %s; exit 3' %s; echo ready; while :; do sleep 0.05; done"
                                .formatted(signal, signal)))
                .start();
        running.shows("ready");

        running.signal(signal);

        assertThat(running.result()).exits(3).mentions("got " + signal);
    }

    @Test
    void killedOsctlLeavesNothingInside() {
        Running running = host.command(
                        "ct exec web sh -c 'trap \"echo > /root/hup; exit\" HUP; echo ready; while :; do sleep 0.05; done'")
                .start();
        running.shows("ready");

        running.signal("KILL");

        await().atMost(Running.PATIENCE)
                .until(() -> host.osctl("ct exec web ls /root"), r -> r.stdout().contains("hup"));
        await().atMost(Running.PATIENCE)
                .until(() -> host.osctl("ct exec web pidof sleep").status() != 0);
    }

    @Test
    void aClosedInputIsSeenInside() {
        Running running = host.command("ct exec web cat").start();
        running.type("one\n");
        running.shows("one");

        running.endInput();

        assertThat(running.result()).succeeds().prints("one");
    }

    @Test
    void aReaderThatGoesAwayEndsTheCommand() {
        assertThat(host.shell("osctl ct exec web yes | head -n 1").run())
                .succeeds()
                .prints("y")
                .complainsOfNothing();
    }

    @Test
    void aHundredCommandsAtOnceDoNotDisturbEachOther() {
        Result result = host.shell("for i in $(seq 100); do osctl ct exec web echo $i & done; wait")
                .run();

        assertThat(result.stdout().lines().map(Integer::valueOf).sorted())
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 100).boxed().toList());
    }

    @Test
    void aStoppedContainerRunsNoCommands() {
        host.given("ct stop --kill web");

        assertThat(host.osctl("ct exec web true")).fails(Status.WRONG_STATE).complains("web", "stopped");
    }

    @Test
    void theContainerSeesItsOwnProcessesOnly() {
        assertThat(host.osctl("ct exec web ps -o comm"))
                .succeeds()
                .mentions("init")
                .doesNotMention("osctld");
    }

    @Test
    void theContainerHasANetworkOfItsOwn() {
        assertThat(host.osctl("ct exec web ip addr")).succeeds().mentions("lo").doesNotMention("eth0");
    }
}
