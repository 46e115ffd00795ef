package berth.engine.operation;

import java.util.Objects;

/**
 * One step of an operation, together with what takes it back.
 *
 * @param name a verb and its object, for instance {@code create dataset}; unique within its operation
 * @param run does it; a step after the commit may be run again when it was done already, also by another process
 * @param undo takes it back, whether it was done, half done or not begun
 */
public record Step(String name, Part part, Action run, Action undo) {
    /** Where in its operation a step stands. */
    public enum Part {
        /** Undone if anything fails up to and with the commit. */
        BEFORE,
        /** Takes effect as a whole or not at all; from then on the operation is only completed, never undone. */
        COMMIT,
        /** Done again until it succeeds. */
        AFTER
    }

    public Step {
        Objects.requireNonNull(name, "a step needs a name");
    }

    /** A step before the commit. */
    public static Step of(String name, Action run, Action undo) {
        return new Step(name, Part.BEFORE, run, undo);
    }

    /** A step before the commit that leaves nothing to take back. */
    public static Step of(String name, Action run) {
        return new Step(name, Part.BEFORE, run, Action.NOTHING);
    }

    /** The step that makes the operation's effect exist: atomic, and idempotent as it may be run again after a crash. */
    public static Step commit(String name, Action run) {
        return new Step(name, Part.COMMIT, run, Action.NOTHING);
    }

    /** A commit whose {@code run} may fail and leave something behind nevertheless, which {@code undo} takes back. */
    public static Step commit(String name, Action run, Action undo) {
        return new Step(name, Part.COMMIT, run, undo);
    }

    /** A step after the commit, idempotent. */
    public static Step then(String name, Action run) {
        return new Step(name, Part.AFTER, run, Action.NOTHING);
    }
}
