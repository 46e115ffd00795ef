package berth.engine.event;

import java.time.Instant;
import java.util.Map;

/** What a subscriber reads. */
public sealed interface Notice {
    /**
     * Something happened.
     *
     * @param type what, for instance {@code state}
     * @param pool where the object is; empty if it is on none
     * @param id the object
     * @param attributes more about it, by name
     */
    record Event(Instant at, String type, String pool, String id, Map<String, String> attributes) implements Notice {
        public Event {
            attributes = Map.copyOf(attributes);
        }
    }

    /** The subscriber read too slowly: {@code count} events that stood here are gone. */
    record Lost(long count) implements Notice {}
}
