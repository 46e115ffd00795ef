package berth.engine.operation;

import java.util.Objects;

/**
 * Who caused something.
 *
 * @param user the user who asked, for instance {@code root}
 * @param command the command line as shown to people, for instance {@code ct start web}; it holds no secrets
 */
public record Actor(String user, String command) {
    public Actor {
        Objects.requireNonNull(user, "an actor needs a user");
        Objects.requireNonNull(command, "an actor needs a command");
    }

    /** The daemon, doing {@code what} on its own account. */
    public static Actor daemon(String what) {
        return new Actor("osctld", what);
    }
}
