package berth.engine.lxcfs;

import static org.assertj.core.api.Assertions.assertThat;

import berth.linux.process.PollLoop;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LxcfsTest {
    @TempDir
    Path run = Path.of("/");

    @Test
    void aHostWithoutItSaysSoAndHasNoViews() {
        Lxcfs lxcfs = new Lxcfs(run, Optional::empty, PollLoop.start(Runnable::run));

        lxcfs.start();

        assertThat(lxcfs.absence()).contains("lxcfs is not installed");
        assertThat(lxcfs.open(Views.PATHS)).isEmpty();
        assertThat(lxcfs.device()).isEmpty();
        assertThat(lxcfs.pid()).isEmpty();
        assertThat(run).isEmptyDirectory();
    }

    @Test
    void whatNeverServedLeavesNothing() {
        Lxcfs lxcfs = new Lxcfs(run, () -> Optional.of(Path.of("/bin/false")), PollLoop.start(Runnable::run));

        lxcfs.stop();

        assertThat(run).isEmptyDirectory();
    }
}
