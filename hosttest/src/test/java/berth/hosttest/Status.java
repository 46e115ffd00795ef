package berth.hosttest;

/** The exit statuses that scripts rely on. */
public enum Status {
    FAILED(1),
    USAGE(2),
    INVALID(3),
    NOT_FOUND(4),
    EXISTS(5),
    IN_USE(6),
    WRONG_STATE(7),
    BUSY(8),
    EXHAUSTED(9),
    TIMEOUT(10),
    UNSUPPORTED(11),
    UNTRUSTED(12),
    NO_DAEMON(69),
    DAEMON_WENT_AWAY(70),
    HUNG_UP(128 + 1),
    INTERRUPTED(128 + 2),
    KILLED(128 + 9),
    BROKEN_PIPE(128 + 13),
    TERMINATED(128 + 15);

    private final int number;

    Status(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
