package berth.linux.process;

import java.nio.charset.StandardCharsets;

/** What a program left behind. */
public final class Captured {
    private final ExitStatus status;
    private final byte[] output;
    private final byte[] errors;

    Captured(ExitStatus status, byte[] output, byte[] errors) {
        this.status = status;
        this.output = output;
        this.errors = errors;
    }

    /** How it ended. */
    public ExitStatus status() {
        return status;
    }

    /** Its standard output, the first bytes of it if it was more than the limit. */
    public byte[] output() {
        return output.clone();
    }

    /** Its standard output as text. */
    public String outputText() {
        return new String(output, StandardCharsets.UTF_8);
    }

    /** Its standard error as text without blank space at the end; the last of it if it was more than the limit. */
    public String errorText() {
        return new String(errors, StandardCharsets.UTF_8).stripTrailing();
    }
}
