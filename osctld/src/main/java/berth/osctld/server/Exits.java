package berth.osctld.server;

import berth.linux.process.ExitStatus;
import berth.linux.process.Signal;

/** The ways in which {@code osctl} ends at its caller's. */
public final class Exits {
    /** Success. */
    public static final ExitStatus OK = new ExitStatus(0, 0);

    private Exits() {}

    /** Ends with {@code code}, 0 to 255. */
    public static ExitStatus of(int code) {
        return new ExitStatus(code, 0);
    }

    /** Ends the way a shell reports a command that {@code signal} ended: with 128 and its number. */
    public static ExitStatus cancelled(Signal signal) {
        return of(128 + signal.number());
    }

    /** Dies of {@code signal}, so that the caller's shell sees it. */
    public static ExitStatus killed(Signal signal) {
        return new ExitStatus(0, signal.number());
    }
}
