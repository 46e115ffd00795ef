package berth.engine.operation;

/**
 * On whose account something is done, how long it may wait for others and who is told of its progress.
 *
 * @param actor who caused it
 * @param patience how long to wait for locks
 * @param progress where it tells how far it is
 */
public record Caller(Actor actor, Wait patience, Progress progress) {
    /** The daemon, doing {@code what} on its own account with nobody listening. */
    public static Caller daemon(String what) {
        return new Caller(Actor.daemon(what), Wait.FOREVER, Progress.none());
    }
}
