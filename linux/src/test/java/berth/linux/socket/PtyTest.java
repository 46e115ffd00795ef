package berth.linux.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.linux.KernelException;
import berth.linux.process.Child;
import berth.linux.process.Command;
import berth.linux.process.Spawner;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PtyTest {
    @Test
    void aTerminalOfOnesOwnIsOneForTheProgramOnIt() {
        try (Pty pty = Pty.open()) {
            Terminal.resize(pty.master(), new Terminal.Size(30, 100));

            assertThat(Terminal.isTerminal(pty.slave())).isTrue();
            assertThat(Terminal.isByLine(pty.master())).isTrue();
            assertThat(Terminal.size(pty.slave())).contains(new Terminal.Size(30, 100));
        }
    }

    @Test
    void itsMasterSeesThatAProgramTookItOver() {
        try (Pty pty = Pty.open();
                Terminal.Mode _ = Terminal.raw(pty.slave())) {
            assertThat(Terminal.isByLine(pty.master())).isFalse();
        }
    }

    @Test
    void itControlsASessionOfItsOwnAndEndsWithIt() {
        try (Pty pty = Pty.open()) {
            Command command = Command.of("/bin/sh", "-c", "echo has one > /dev/tty")
                    .withEnvironment(Map.of("PATH", "/bin"))
                    .grouped(Command.Grouping.OWN_SESSION)
                    .withStdin(pty.slave())
                    .withStdout(pty.slave())
                    .withStderr(pty.slave());
            try (Child child = Spawner.spawn(command)) {
                pty.slave().close();
                byte[] shown = new byte[100];
                int count = pty.master().read(shown, 0, shown.length);

                assertThat(new String(shown, 0, count, StandardCharsets.US_ASCII))
                        .isEqualTo("has one\r\n");
                assertThat(child.await().isSuccess()).isTrue();
                assertThatThrownBy(() -> pty.master().read(shown, 0, shown.length))
                        .isInstanceOf(KernelException.class)
                        .hasMessageContaining("EIO");
            }
        }
    }
}
