package berth.linux.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.linux.KernelException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PipelineTest {
    private final AtomicLong passed = new AtomicLong();

    private Pipeline.Ended run(String writer, String reader) throws InterruptedException {
        return new Pipeline(shell(writer), shell(reader), passed::set).run();
    }

    private static Command shell(String script) {
        return Command.of("/bin/sh", "-c", script);
    }

    @Test
    void whatOneWritesTheOtherReadsToItsEnd() throws InterruptedException {
        Pipeline.Ended ended = run("/usr/bin/head -c 20000000 /dev/zero", "/usr/bin/wc -c");

        assertThat(ended.reader().errorText()).isEqualTo("20000000");
        assertThat(ended.writer().status().isSuccess()).isTrue();
        assertThat(ended.reader().status().isSuccess()).isTrue();
        assertThat(passed).hasValue(20_000_000);
    }

    @Test
    void eachHasItsOwnStatusAndItsOwnErrors() throws InterruptedException {
        Pipeline.Ended ended = run("echo one >&2; exit 3", "/usr/bin/cat; echo two >&2; exit 4");

        assertThat(ended.writer().status()).isEqualTo(new ExitStatus(3, 0));
        assertThat(ended.writer().errorText()).isEqualTo("one");
        assertThat(ended.reader().status()).isEqualTo(new ExitStatus(4, 0));
        assertThat(ended.reader().errorText()).isEqualTo("two");
    }

    @Test
    void aReaderThatEndsEarlyEndsTheWriter() throws InterruptedException {
        Pipeline.Ended ended = run("exec /usr/bin/yes", "exit 5");

        assertThat(ended.reader().status()).isEqualTo(new ExitStatus(5, 0));
        assertThat(ended.writer().status()).isEqualTo(new ExitStatus(0, Signal.PIPE.number()));
    }

    @Test
    void aReaderThatCannotBeStartedLeavesNoWriter() {
        Pipeline pipeline = new Pipeline(shell("exec /usr/bin/yes"), Command.of("/nonexistent"), passed::set);

        assertThatThrownBy(pipeline::run).isInstanceOf(KernelException.class).hasMessageContaining("/nonexistent");
        assertThat(ProcessHandle.current()
                        .children()
                        .map(c -> c.info().command().orElse("")))
                .doesNotContain("/usr/bin/yes");
    }

    @Test
    void anInterruptEndsBoth() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> run("exec /usr/bin/yes", "exec /usr/bin/cat > /dev/null"))
                .isInstanceOf(InterruptedException.class);

        assertThat(ProcessHandle.current()
                        .children()
                        .map(c -> c.info().command().orElse("")))
                .doesNotContain("/usr/bin/yes", "/usr/bin/cat");
    }
}
