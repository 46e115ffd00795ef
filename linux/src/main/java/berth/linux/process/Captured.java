package berth.linux.process;

import java.nio.charset.StandardCharsets;

/**
 * What a program left behind.
 *
 * @param status how it ended
 * @param output its standard output, the first bytes of it if it was more than the limit
 * @param errors its standard error, the last bytes of it if it was more than the limit
 */
public record Captured(ExitStatus status, byte[] output, byte[] errors) {
    /** Its standard output as text. */
    public String outputText() {
        return new String(output, StandardCharsets.UTF_8);
    }

    /** Its standard error as text, without blank space at the end. */
    public String errorText() {
        return new String(errors, StandardCharsets.UTF_8).stripTrailing();
    }
}
