package berth.linux.process;

/**
 * How a process ended: by itself with {@code code}, or killed by {@code signal}, a number.
 *
 * @param code 0 to 255; 0 if it was killed
 * @param signal 0 if it ended by itself
 */
public record ExitStatus(int code, int signal) {
    /** Whether it ended by itself with 0. */
    public boolean isSuccess() {
        return code == 0 && signal == 0;
    }

    /** The number a shell would report: the code, or 128 plus the signal. */
    public int shellCode() {
        return signal == 0 ? code : 128 + signal;
    }

    @Override
    public String toString() {
        return signal == 0
                ? "exit code " + code
                : "killed by " + Signal.of(signal).map(s -> "SIG" + s.name()).orElse("signal " + signal);
    }
}
