package berth.engine.container;

import java.time.Instant;
import java.util.Locale;

/**
 * Something in the trash.
 *
 * @param kind what it was
 * @param pool the pool that holds it
 * @param key what names it in the trash, and nothing else
 * @param name what it was called
 * @param at when it was deleted
 * @param by who deleted it
 * @param command the command that deleted it
 */
public record Discarded(Kind kind, String pool, String key, String name, Instant at, String by, String command) {
    /** What can be in the trash. */
    public enum Kind {
        CONTAINER,
        DATASET,
        POOL_DATASET,
        IMAGE;

        /** Its word for people. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** Whether {@code text} means it: its key, or its name. */
    boolean isMeantBy(String text) {
        return key.equals(text) || name.equals(text);
    }
}
