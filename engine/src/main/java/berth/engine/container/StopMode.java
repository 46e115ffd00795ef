package berth.engine.container;

/** How far a stop goes. */
public enum StopMode {
    /** The init is asked to end; what still runs after the time given is killed. */
    GRACEFUL,
    /** The init is asked to end; if it does not in the time given, the container keeps running. */
    GRACEFUL_ONLY,
    /** Everything is killed at once. */
    KILL
}
