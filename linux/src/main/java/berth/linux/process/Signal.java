package berth.linux.process;

import java.util.Optional;

/** The signals Berth sends or reports. Source: signal(7), x86 and arm numbers. */
public enum Signal {
    HUP(1),
    INT(2),
    QUIT(3),
    ILL(4),
    TRAP(5),
    ABRT(6),
    BUS(7),
    FPE(8),
    KILL(9),
    USR1(10),
    SEGV(11),
    USR2(12),
    PIPE(13),
    ALRM(14),
    TERM(15),
    CHLD(17),
    CONT(18),
    STOP(19),
    TSTP(20),
    TTIN(21),
    TTOU(22),
    XCPU(24),
    XFSZ(25),
    WINCH(28),
    PWR(30),
    SYS(31);

    private final int number;

    Signal(int number) {
        this.number = number;
    }

    /** The kernel's number. */
    public int number() {
        return number;
    }

    /** The signal of that number, empty where it has no name here, as real-time signals have none. */
    public static Optional<Signal> of(int number) {
        for (Signal signal : values()) {
            if (signal.number == number) {
                return Optional.of(signal);
            }
        }
        return Optional.empty();
    }

    /** The first real-time signal plus {@code offset}, as {@code SIGRTMIN+3} that systemd takes for a halt. */
    public static int realTime(int offset) {
        return FIRST_REAL_TIME + offset;
    }

    private static final int FIRST_REAL_TIME = 34;
}
