package berth.osctld.server;

import java.io.IOException;

/** The reader of a caller's output has closed its end, as {@code head} does when it has seen enough. */
public final class ReaderGoneException extends IOException {
    public ReaderGoneException() {
        super("nobody reads the output any more");
    }
}
