package berth.osctld.server;

/**
 * How {@code osctl} ends at its caller's: with a status, or killed by a signal so that the caller's shell sees one.
 *
 * @param status 0..255; 0 if {@code signal} is not
 * @param signal number of the signal that the relay kills itself with; 0 for none
 */
public record ExitStatus(int status, int signal) {
    public static final ExitStatus OK = new ExitStatus(0, 0);

    /** Ends with {@code status}. */
    public static ExitStatus of(int status) {
        return new ExitStatus(status, 0);
    }

    /** Ends the way a shell reports a command that {@code signal} ended: 128 and its number. */
    public static ExitStatus cancelled(Signal signal) {
        return new ExitStatus(128 + signal.number(), 0);
    }

    /** Dies of {@code signal}. */
    public static ExitStatus killed(Signal signal) {
        return new ExitStatus(0, signal.number());
    }
}
