package berth.engine.container;

import java.time.Duration;

/**
 * How a stop went.
 *
 * @param how what ended the container
 * @param took how long it took
 */
public record StopOutcome(How how, Duration took) {
    /** What ended a container. */
    public enum How {
        /** It was stopped already. */
        WAS_STOPPED("was stopped already"),
        /** Its init ended it, as it was asked. */
        BY_INIT("ended by its init"),
        /** It was killed as its init did not end it in time. */
        KILLED_LATE("killed, as its init did not end it"),
        /** It was killed as asked. */
        KILLED("killed");

        private final String words;

        How(String words) {
            this.words = words;
        }

        /** It in words, for instance {@code ended by its init}. */
        public String words() {
            return words;
        }
    }
}
