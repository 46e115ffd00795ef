package berth.linux.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpawnerTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @Test
    void theExitCodeOfAChildIsItsOwn() {
        try (Child child = Spawner.spawn(Command.of("/bin/sh", "-c", "exit 7"))) {
            assertThat(child.await()).isEqualTo(new ExitStatus(7, 0));
            assertThat(child.await()).isEqualTo(new ExitStatus(7, 0));
            assertThat(child.signal(Signal.TERM)).isFalse();
        }
    }

    @Test
    void aKilledChildIsReportedBySignal() {
        try (Child child = Spawner.spawn(Command.of("/bin/sleep", "600"))) {
            assertThat(child.await(Duration.ZERO)).isEmpty();
            assertThat(child.signal(Signal.TERM)).isTrue();

            assertThat(child.await()).isEqualTo(new ExitStatus(0, 15)).hasToString("killed by SIGTERM");
            assertThat(child.await().shellCode()).isEqualTo(143);
        }
    }

    @Test
    void aProgramThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> Spawner.spawn(Command.of("/no/such/program")))
                .isInstanceOfSatisfying(
                        KernelException.class,
                        e -> assertThat(e.is(Errno.ENOENT)).isTrue())
                .hasMessageContaining("/no/such/program");
    }

    @Test
    void argumentsOfAnyBytesArriveUnchanged() throws Exception {
        byte[] odd = {(byte) 0xff, ' ', '\'', '\n', (byte) 0x80};

        Captured captured = Capture.of(Command.of("/usr/bin/printf", "%s|%s").withArguments(List.of(odd, new byte[0])))
                .run(LONG);

        assertThat(captured.output()).containsExactly(0xff, ' ', '\'', '\n', 0x80, '|');
    }

    @Test
    void tenThousandArgumentsArrive() throws Exception {
        List<String> arguments = new ArrayList<>(List.of("/bin/sh", "-c", "echo $#", "sh"));
        arguments.addAll(java.util.Collections.nCopies(10_000, "x"));

        assertThat(Capture.of(Command.of(arguments)).run(LONG).outputText()).isEqualTo("10000\n");
    }

    @Test
    void theEnvironmentIsExactlyWhatWasGiven() throws Exception {
        Command env = Command.of("/usr/bin/env").withEnvironment(Map.of("ONLY", "this"));

        assertThat(Capture.of(env).run(LONG).outputText()).isEqualTo("ONLY=this\n");
    }

    @Test
    void aChildHasOnlyTheThreeDescriptorsItWasGiven() throws Exception {
        try (Fd leaky = Fd.openForReading(Path.of("/dev/null"))) {
            assertThat(leaky.number()).isGreaterThan(2);

            Captured captured =
                    Capture.of(Command.of("/bin/ls", "/proc/self/fd")).run(LONG);

            // The fourth is ls looking at the directory.
            assertThat(captured.outputText().lines()).containsExactly("0", "1", "2", "3");
        }
    }

    @Test
    void standardDescriptorsCanBeCrossed() {
        try (Pipe pipe = Pipe.open();
                Child child = Spawner.spawn(Command.of("/bin/sh", "-c", "echo to-error >&2")
                        .withStdout(Fd.own(2))
                        .withStderr(pipe.writer()))) {
            pipe.writer().close();
            byte[] buffer = new byte[100];
            int n = pipe.reader().read(buffer, 0, buffer.length);

            assertThat(new String(buffer, 0, n, StandardCharsets.UTF_8)).isEqualTo("to-error\n");
            assertThat(child.await().isSuccess()).isTrue();
        }
    }

    @Test
    void aChildStartsInTheDirectoryGivenAndWithDefaultSignals(@TempDir Path dir) throws Exception {
        Command command = Command.of("/bin/sh", "-c", "pwd -P; grep -E 'Sig(Blk|Ign)' /proc/self/status")
                .withEnvironment(Map.of("PATH", "/usr/bin:/bin"))
                .in(dir);

        assertThat(Capture.of(command).run(LONG).outputText().lines())
                .containsExactly(dir.toRealPath().toString(), "SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000");
    }

    @Test
    void aChildCanLeadItsOwnSession() throws Exception {
        Command command = Command.of("/bin/sh", "-c", "read -r _ _ _ _ _ sid _ < /proc/$$/stat; echo $sid $$");
        try (Pipe out = Pipe.open();
                Child child = Spawner.spawn(command.withStdout(out.writer()).grouped(Command.Grouping.OWN_SESSION))) {
            byte[] buffer = new byte[100];
            int n = out.reader().read(buffer, 0, buffer.length);

            assertThat(new String(buffer, 0, n, StandardCharsets.UTF_8))
                    .isEqualTo(child.pid() + " " + child.pid() + "\n");
            assertThat(child.await().isSuccess()).isTrue();
        }
    }

    @Test
    void inputOfMoreThanAPipeHoldsComesBackInFull() throws Exception {
        byte[] input = new byte[1_000_000];
        java.util.Arrays.fill(input, (byte) 'x');

        Captured captured = Capture.of(Command.of("/bin/cat")).withInput(input).run(LONG);

        assertThat(captured.output()).isEqualTo(input);
        assertThat(captured.status().isSuccess()).isTrue();
    }

    @Test
    void aProgramThatDoesNotReadItsInputIsNoError() throws Exception {
        Captured captured = Capture.of(Command.of("/bin/true"))
                .withInput(new byte[1_000_000])
                .run(LONG);

        assertThat(captured.status().isSuccess()).isTrue();
    }

    @Test
    void outputBeyondTheLimitIsDroppedButRead() throws Exception {
        Captured captured = Capture.of(Command.of("/bin/sh", "-c", "seq 100000; seq 100000 >&2"))
                .keeping(10)
                .run(LONG);

        assertThat(captured.outputText()).isEqualTo("1\n2\n3\n4\n5\n");
        assertThat(captured.errorText()).isEqualTo("99\n100000");
    }

    @Test
    void linesOfStandardErrorAreGivenAsTheyCome() throws Exception {
        List<String> lines = new ArrayList<>();

        Capture.of(Command.of("/bin/sh", "-c", "printf 'one\\ntwo\\r' >&2; printf three >&2"))
                .withErrorLines(lines::add)
                .run(LONG);

        assertThat(lines).containsExactly("one", "two", "three");
    }

    @Test
    void aTimeoutKillsTheWholeGroup() throws Exception {
        List<String> lines = new ArrayList<>();
        Capture capture = Capture.of(Command.of("/bin/sh", "-c", "sleep 600 & echo $! >&2; wait"))
                .withErrorLines(lines::add);

        assertThatThrownBy(() -> capture.run(Duration.ofMillis(300))).isInstanceOf(TimeoutException.class);

        int grandchild = Integer.parseInt(lines.getFirst());
        Pidfd.open(grandchild).ifPresent(process -> {
            process.awaitExit();
            process.close();
        });
        assertThat(Processes.startTime(grandchild).isEmpty() || Processes.isZombie(grandchild))
                .isTrue();
    }

    @Test
    void aGrandchildThatKeepsThePipesDoesNotDelayTheEnd() throws Exception {
        Captured captured =
                Capture.of(Command.of("/bin/sh", "-c", "sleep 600 & echo $!")).run(LONG);

        int grandchild = Integer.parseInt(captured.outputText().strip());
        try (Pidfd process = Pidfd.open(grandchild).orElseThrow()) {
            assertThat(process.isExited()).isFalse();
            process.signal(Signal.KILL);
        }
    }

    @Test
    void anInterruptKillsTheProgram() throws Exception {
        List<Throwable> thrown = new ArrayList<>();
        Thread thread = Thread.ofPlatform().start(() -> {
            try {
                Capture.of(Command.of("/bin/sleep", "600")).run(LONG);
            } catch (TimeoutException | InterruptedException e) {
                thrown.add(e);
            }
        });
        thread.interrupt();
        thread.join();

        assertThat(thrown).singleElement().isInstanceOf(InterruptedException.class);
    }

    @Test
    void theJvmsOwnChildrenAreLeftToIt() throws Exception {
        Process jvms = new ProcessBuilder("/bin/sh", "-c", "exit 3").start();
        try (Child child = Spawner.spawn(Command.of("/bin/sh", "-c", "exit 4"))) {
            assertThat(child.await().code()).isEqualTo(4);
        }
        assertThat(jvms.waitFor()).isEqualTo(3);
    }
}
