package berth.engine.store;

import java.time.Instant;
import java.util.Objects;

/**
 * Why a revision came to be.
 *
 * @param at when
 * @param by the user who asked for it
 * @param command the command line that made it, for instance {@code ct set hostname web example.org}
 */
public record Change(Instant at, String by, String command) {
    public Change {
        Objects.requireNonNull(at, "a change needs a time");
        Objects.requireNonNull(by, "a change needs a user");
        Objects.requireNonNull(command, "a change needs a command");
    }
}
