package berth.engine.helper;

import static org.assertj.core.api.Assertions.assertThat;

import berth.linux.process.PollLoop;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HelperTest {
    private final BlockingQueue<Runnable> callbacks = new LinkedBlockingQueue<>();
    private final AtomicBoolean isTold = new AtomicBoolean();

    @TempDir
    Path run = Path.of("/");

    /** Who ends it lets go of it before its end is seen. */
    @Test
    void itsEndIsSeenWhoeverLetGoOfItBefore() throws InterruptedException {
        try (PollLoop poll = PollLoop.start(callbacks::add)) {
            Helper helper = new Helper("sleep", run.resolve("sleep.pid"), "1000", poll);
            helper.start(List.of("/bin/sleep", "1000"), () -> true, () -> isTold.set(true));
            int pid = helper.pid().orElseThrow();

            helper.kill();
            helper.forget();
            callbacks.poll(10, TimeUnit.SECONDS).run();

            assertThat(isTold).isTrue();
            assertThat(Files.exists(Path.of("/proc", Integer.toString(pid)))).isFalse();
        }
    }
}
