package berth.linux.socket;

import java.io.IOException;

/** Whoever read what was written is gone: time to stop, not an error to report. */
public final class BrokenPipe extends IOException {
    BrokenPipe(Throwable cause) {
        super("the reader is gone", cause);
    }
}
