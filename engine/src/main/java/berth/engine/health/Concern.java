package berth.engine.health;

/**
 * Something about an object that an administrator should know.
 *
 * @param pool where the object is; {@code -} for what is in none
 * @param about the object, for instance {@code container web}
 * @param weight how bad it is
 * @param problem what is the matter
 * @param advice what to do about it
 */
public record Concern(String pool, String about, Weight weight, String problem, String advice) {
    /** How bad it is. */
    public enum Weight {
        /** It does not work, or will not with the next start. */
        BROKEN,
        /** It works, but not as it was asked for, or not as others do. */
        UNUSUAL
    }
}
