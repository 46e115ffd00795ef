package berth.linux.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TerminalTest {
    private static final long SYS_OPEN = 2;
    private static final long O_RDWR_NOCTTY_CLOEXEC = 02 | 0400 | 02000000;
    private static final long TIOCSPTLCK = 0x40045431;
    private static final long TIOCGPTPEER = 0x5441;
    private static final long TIOCSWINSZ = 0x5414;

    private Fd keyboard;
    private Fd terminal;

    @BeforeEach
    void openPseudoTerminal() {
        try (Arena arena = Arena.ofConfined()) {
            long path = Libc.cString(arena, "/dev/ptmx").address();
            keyboard = Fd.own(Libc.check(Libc.syscall(SYS_OPEN, path, O_RDWR_NOCTTY_CLOEXEC), "open", "/dev/ptmx"));
            long unlocked = arena.allocate(ValueLayout.JAVA_INT).address();
            Libc.check(Libc.syscall(Libc.SYS_IOCTL, keyboard.number(), TIOCSPTLCK, unlocked), "ioctl", "TIOCSPTLCK");
            terminal = Fd.own(Libc.check(
                    Libc.syscall(Libc.SYS_IOCTL, keyboard.number(), TIOCGPTPEER, O_RDWR_NOCTTY_CLOEXEC),
                    "ioctl",
                    "TIOCGPTPEER"));
        }
    }

    @AfterEach
    void closePseudoTerminal() {
        keyboard.close();
        terminal.close();
    }

    @Test
    void aTerminalIsOneAndHasTheSizeItWasGiven() {
        assertThat(Terminal.isTerminal(terminal)).isTrue();
        assertThat(Terminal.size(terminal)).isEmpty();

        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(8, 2);
            size.setAtIndex(ValueLayout.JAVA_SHORT, 0, (short) 50);
            size.setAtIndex(ValueLayout.JAVA_SHORT, 1, (short) 132);
            Libc.check(Libc.syscall(Libc.SYS_IOCTL, keyboard.number(), TIOCSWINSZ, size.address()), "ioctl", "");
        }

        assertThat(Terminal.size(terminal)).contains(new Terminal.Size(50, 132));
    }

    @Test
    void whatIsTypedWithoutEchoIsNotShown() throws Exception {
        try (Terminal.Mode secret = Terminal.noEcho(terminal)) {
            assertThat(secret).isNotNull();
            type("hidden\n");
            gives(terminal, "hidden\n");
            // The end of the line alone is shown.
            gives(keyboard, "\r\n");
        }

        type("shown\n");
        gives(keyboard, "shown\r\n");
    }

    @Test
    void rawBytesPassAsTheyAreAndTheModeBeforeComesBack() throws Exception {
        try (Terminal.Mode raw = Terminal.raw(terminal)) {
            assertThat(raw).isNotNull();
            type("\u0003\r");
            gives(terminal, "\u0003\r");
            terminal.writeFully("\n".getBytes(StandardCharsets.UTF_8), 0, 1);
            gives(keyboard, "\n");
        }

        terminal.writeFully("\n".getBytes(StandardCharsets.UTF_8), 0, 1);
        gives(keyboard, "\r\n");
    }

    @Test
    void aTerminalThatHungUpReadsAsTheEndAndIsRestoredQuietly() throws Exception {
        Terminal.Mode raw = Terminal.raw(terminal);
        keyboard.close();

        assertThat(FdStreams.input(terminal).read(new byte[10])).isEqualTo(-1);
        raw.close();
    }

    @Test
    void aFileIsNoTerminal() {
        try (Fd nothing = Fd.openForReading(Path.of("/dev/null"))) {
            assertThat(Terminal.isTerminal(nothing)).isFalse();
            assertThat(Terminal.size(nothing)).isEmpty();
            assertThatThrownBy(() -> Terminal.raw(nothing))
                    .isInstanceOfSatisfying(
                            KernelException.class,
                            e -> assertThat(e.is(Errno.ENOTTY)).isTrue());
        }
    }

    private void type(String keys) {
        byte[] bytes = keys.getBytes(StandardCharsets.UTF_8);
        keyboard.writeFully(bytes, 0, bytes.length);
    }

    /** A terminal may give what it has in parts. */
    private static void gives(Fd fd, String text) throws Exception {
        StringBuilder given = new StringBuilder();
        byte[] buffer = new byte[100];
        int read = 0;
        while (given.length() < text.length() && read >= 0) {
            assertThat(berth.linux.Poll.await(fd, berth.linux.Poll.IN, Duration.ofSeconds(30)))
                    .as("after '%s'", given)
                    .isNotZero();
            read = FdStreams.input(fd).read(buffer);
            given.append(new String(buffer, 0, Math.max(0, read), StandardCharsets.UTF_8));
        }
        assertThat(given.toString()).isEqualTo(text);
    }
}
