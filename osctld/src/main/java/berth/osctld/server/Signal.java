package berth.osctld.server;

import java.util.Arrays;
import java.util.Optional;

/** The signals that a caller's terminal or shell sends and the relay passes on, with their Linux numbers. */
public enum Signal {
    HUP(1),
    INT(2),
    QUIT(3),
    USR1(10),
    USR2(12),
    PIPE(13),
    TERM(15),
    CONT(18),
    TSTP(20);

    private final int number;

    Signal(int number) {
        this.number = number;
    }

    /** Its number in signal(7). */
    public int number() {
        return number;
    }

    /** Whether a command that does not care otherwise ends on it. */
    public boolean cancels() {
        return this == HUP || this == INT || this == QUIT || this == TERM;
    }

    /** The signal of {@code number}, empty for one that the relay does not pass on. */
    public static Optional<Signal> of(int number) {
        return Arrays.stream(values()).filter(s -> s.number == number).findFirst();
    }
}
