package berth.linux.socket;

import berth.linux.Fd;
import berth.linux.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * A terminal of one's own: what is written to {@code master} is typed on {@code slave}, what is written to {@code slave} is
 * shown on {@code master}. Source: pty(7), ioctl_tty(2).
 *
 * @param master reading it fails with EIO once every descriptor of the slave is closed
 * @param slave for the programs on the terminal
 */
public record Pty(Fd master, Fd slave) implements AutoCloseable {
    private static final long SYS_OPENAT = 257;
    private static final long AT_FDCWD = -100;
    private static final long O_RDWR_NOCTTY_CLOEXEC = 02 | 0400 | 02000000;
    private static final long TIOCSPTLCK = 0x40045431;
    private static final long TIOCGPTPEER = 0x5441;
    private static final Path MULTIPLEXER = Path.of("/dev/ptmx");

    /** Makes one. @throws berth.linux.KernelException ENOSPC if the host has no more terminals */
    public static Pty open() {
        try (Arena arena = Arena.ofConfined()) {
            long path = Libc.cString(arena, MULTIPLEXER.toString()).address();
            Fd master = Fd.own(Libc.check(
                    Libc.syscall(SYS_OPENAT, AT_FDCWD, path, O_RDWR_NOCTTY_CLOEXEC), "openat", MULTIPLEXER.toString()));
            try {
                long unlocked = arena.allocateFrom(ValueLayout.JAVA_INT, 0).address();
                Libc.check(Libc.syscall(Libc.SYS_IOCTL, master.number(), TIOCSPTLCK, unlocked), "ioctl", "TIOCSPTLCK");
                int slave = Libc.check(
                        Libc.syscall(Libc.SYS_IOCTL, master.number(), TIOCGPTPEER, O_RDWR_NOCTTY_CLOEXEC),
                        "ioctl",
                        "TIOCGPTPEER");
                return new Pty(master, Fd.own(slave));
            } catch (RuntimeException e) {
                master.close();
                throw e;
            }
        }
    }

    /** Closes both sides. */
    @Override
    public void close() {
        slave.close();
        master.close();
    }
}
