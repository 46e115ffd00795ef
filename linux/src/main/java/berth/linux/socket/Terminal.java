package berth.linux.socket;

import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** What can be asked of and done to a terminal. Source: ioctl_tty(2), termios(3). */
public final class Terminal {
    private static final long TCGETS = 0x5401;
    private static final long TCSETSW = 0x5403;
    private static final long TIOCGWINSZ = 0x5413;
    private static final long TIOCSWINSZ = 0x5414;
    private static final long TIOCGPTN = 0x80045430L;
    private static final int TERMIOS_SIZE = 64;
    private static final int WINSIZE_SIZE = 8;
    private static final int IFLAG = 0;
    private static final int OFLAG = 4;
    private static final int CFLAG = 8;
    private static final int LFLAG = 12;
    private static final int CC = 17;
    private static final int VTIME = 5;
    private static final int VMIN = 6;

    /** BRKINT, ICRNL, IGNBRK, IGNCR, INLCR, ISTRIP, IXON, PARMRK. */
    private static final int COOKED_INPUT = 02 | 0400 | 01 | 0200 | 0100 | 040 | 02000 | 010;

    private static final int OPOST = 01;
    private static final int ISIG = 01;
    private static final int ICANON = 02;
    private static final int ECHO = 010;
    private static final int ECHONL = 0100;
    private static final int IEXTEN = 0100000;
    private static final int CSIZE_PARENB = 060 | 0400;
    private static final int CS8 = 060;

    private Terminal() {}

    /** Rows and columns in characters. */
    public record Size(int rows, int columns) {}

    /** A changed mode of a terminal; closing it brings the mode before it back. */
    public interface Mode extends AutoCloseable {
        @Override
        void close();
    }

    /** Whether {@code fd} is a terminal. */
    public static boolean isTerminal(Fd fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment termios = arena.allocate(TERMIOS_SIZE, Integer.BYTES);
            return Libc.syscall(Libc.SYS_IOCTL, fd.number(), TCGETS, termios.address()) == 0;
        }
    }

    /** The number that the other side of the master {@code fd} has in its devpts; empty if it is no master. */
    public static OptionalInt number(Fd fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment number = arena.allocate(ValueLayout.JAVA_INT);
            return Libc.syscall(Libc.SYS_IOCTL, fd.number(), TIOCGPTN, number.address()) < 0
                    ? OptionalInt.empty()
                    : OptionalInt.of(number.get(ValueLayout.JAVA_INT, 0));
        }
    }

    /** Gives it another size; programs on it get SIGWINCH. Source: ioctl_tty(2), TIOCSWINSZ. */
    public static void resize(Fd fd, Size size) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment window = arena.allocate(WINSIZE_SIZE, Short.BYTES);
            window.set(ValueLayout.JAVA_SHORT, 0, (short) size.rows());
            window.set(ValueLayout.JAVA_SHORT, Short.BYTES, (short) size.columns());
            Libc.check(Libc.syscall(Libc.SYS_IOCTL, fd.number(), TIOCSWINSZ, window.address()), "ioctl TIOCSWINSZ", "");
        }
    }

    /**
     * Whether it hands out input by lines, as a terminal does until a program takes it over. Of a pty's master it says what
     * its slave does.
     */
    public static boolean isByLine(Fd fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment termios = arena.allocate(TERMIOS_SIZE, Integer.BYTES);
            Libc.check(Libc.syscall(Libc.SYS_IOCTL, fd.number(), TCGETS, termios.address()), "ioctl TCGETS", "");
            return (termios.get(ValueLayout.JAVA_INT, LFLAG) & ICANON) != 0;
        }
    }

    /** Its size; empty if {@code fd} is not a terminal or the terminal knows none. */
    public static Optional<Size> size(Fd fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(WINSIZE_SIZE, Short.BYTES);
            if (Libc.syscall(Libc.SYS_IOCTL, fd.number(), TIOCGWINSZ, size.address()) < 0) {
                return Optional.empty();
            }
            int rows = Short.toUnsignedInt(size.getAtIndex(ValueLayout.JAVA_SHORT, 0));
            int columns = Short.toUnsignedInt(size.getAtIndex(ValueLayout.JAVA_SHORT, 1));
            return rows > 0 && columns > 0 ? Optional.of(new Size(rows, columns)) : Optional.empty();
        }
    }

    /** Shows nothing of what is typed but the end of the line, as for a password. @throws KernelException ENOTTY */
    public static Mode noEcho(Fd fd) {
        return change(fd, termios -> clear(termios, LFLAG, ECHO, ECHONL));
    }

    /** Passes every byte as it is, both ways, unshown; keys send no signals. @throws KernelException ENOTTY */
    public static Mode raw(Fd fd) {
        return change(fd, termios -> {
            clear(termios, IFLAG, COOKED_INPUT, 0);
            clear(termios, OFLAG, OPOST, 0);
            clear(termios, CFLAG, CSIZE_PARENB, CS8);
            clear(termios, LFLAG, ECHO | ECHONL | ICANON | ISIG | IEXTEN, 0);
            termios.set(ValueLayout.JAVA_BYTE, CC + VMIN, (byte) 1);
            termios.set(ValueLayout.JAVA_BYTE, CC + VTIME, (byte) 0);
        });
    }

    private static Mode change(Fd fd, Consumer<MemorySegment> edit) {
        byte[] before;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment termios = arena.allocate(TERMIOS_SIZE, Integer.BYTES);
            Libc.check(Libc.syscall(Libc.SYS_IOCTL, fd.number(), TCGETS, termios.address()), "ioctl", "TCGETS");
            before = termios.toArray(ValueLayout.JAVA_BYTE);
            edit.accept(termios);
            set(fd, termios);
        }
        return () -> restore(fd, before);
    }

    private static void restore(Fd fd, byte[] before) {
        try (Arena arena = Arena.ofConfined()) {
            set(fd, arena.allocateFrom(ValueLayout.JAVA_BYTE, before));
        } catch (KernelException e) {
            // EIO: the terminal hung up, nobody is left to see its mode.
            if (!e.is(Errno.EIO)) {
                throw e;
            }
        }
    }

    private static void set(Fd fd, MemorySegment termios) {
        Libc.check(Libc.syscallRetried(Libc.SYS_IOCTL, fd.number(), TCSETSW, termios.address()), "ioctl", "TCSETSW");
    }

    private static void clear(MemorySegment termios, int field, int bits, int then) {
        termios.set(ValueLayout.JAVA_INT, field, (termios.get(ValueLayout.JAVA_INT, field) & ~bits) | then);
    }
}
