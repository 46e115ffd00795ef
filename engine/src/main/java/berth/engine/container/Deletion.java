package berth.engine.container;

/**
 * How a container is deleted.
 *
 * @param running what happens to one that runs
 * @param fate whether there is a way back
 */
public record Deletion(Running running, Fate fate) {
    /** What happens to one that runs. */
    public enum Running {
        /** It is not deleted. */
        REFUSED,
        /** It is killed first. */
        KILLED
    }

    /** Whether there is a way back. */
    public enum Fate {
        /** It is in the trash for as long as its pool keeps what is there, which may be no time at all. */
        TRASH,
        /** It is gone at once. */
        GONE
    }
}
