package berth.engine.operation;

import java.time.Instant;
import java.util.Optional;

/**
 * An operation that a former daemon did not finish, and what became of it.
 *
 * @param kind its kind's name; the journal's file name if that could not be read
 * @param subject the object that it is about; empty if that is not known
 * @param actor who had asked for it
 * @param at when it had begun
 * @param problem what went wrong in mending it
 */
public record Recovered(
        String kind,
        Optional<String> subject,
        Optional<Actor> actor,
        Optional<Instant> at,
        Outcome outcome,
        Optional<String> problem) {
    /** What became of it. */
    public enum Outcome {
        /** It took effect as a whole. */
        COMPLETED,
        /** It left nothing behind. */
        UNDONE,
        /** It could be neither completed nor undone; both the next operation on its object and the next start try again. */
        UNFINISHED,
        /** Its journal cannot be understood; the file is kept with the ending {@code .broken}. */
        SET_ASIDE
    }
}
