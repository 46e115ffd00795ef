package berth.hosttest;

import java.nio.charset.StandardCharsets;

/** How a command ended and what it wrote. */
public final class Result {
    private final String command;
    private final int status;
    private final byte[] stdout;
    private final byte[] stderr;

    Result(String command, int status, byte[] stdout, byte[] stderr) {
        this.command = command;
        this.status = status;
        this.stdout = stdout.clone();
        this.stderr = stderr.clone();
    }

    /** Its exit status; 128 + number if a signal ended it. */
    public int status() {
        return status;
    }

    public String stdout() {
        return new String(stdout, StandardCharsets.UTF_8);
    }

    public String stderr() {
        return new String(stderr, StandardCharsets.UTF_8);
    }

    byte[] bytes() {
        return stdout.clone();
    }

    @Override
    public String toString() {
        return "$ %s%n%s%s[status %d]".formatted(command, stdout(), stderr(), status);
    }
}
