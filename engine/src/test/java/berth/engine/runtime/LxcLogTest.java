package berth.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LxcLogTest {
    @TempDir
    private Path directory;

    @Test
    void theCauseIsTheFirstErrorThatIsNoConsequence() throws Exception {
        Path log = directory.resolve("web.lxc.log");
        Files.writeString(log, """
                lxc-start web 20260101000000.000 WARN     cgfsng - ../src/lxc/cgroups/cgfsng.c:fchowmodat:1619 - No such file
                lxc-start web 20260101000000.001 ERROR    start - ../src/lxc/start.c:start:2197 - No such file or directory - Failed to exec "/nope"
                lxc-start web 20260101000000.002 ERROR    sync - ../src/lxc/sync.c:sync_wait:34 - An error occurred in another process (expected sequence number 7)
                """);

        assertThat(LxcLog.cause(log)).hasValue("No such file or directory - Failed to exec \"/nope\"");
    }

    @Test
    void aLogThatIsMissingOrNoTextHasNoCause() throws Exception {
        Path log = directory.resolve("binary");
        Files.write(log, new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1, '\n'});

        assertThat(LxcLog.cause(log)).isEmpty();
        assertThat(LxcLog.cause(directory.resolve("missing"))).isEmpty();
    }
}
