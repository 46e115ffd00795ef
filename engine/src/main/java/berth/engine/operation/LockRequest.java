package berth.engine.operation;

/** A wish to lock {@code key}, alone or together with others who only read or depend on it. */
public record LockRequest(LockKey key, Mode mode) {
    /** With whom a lock is shared. */
    public enum Mode {
        SHARED,
        EXCLUSIVE
    }

    /** Many may hold the object so at once; nobody can change or remove it meanwhile. */
    public static LockRequest shared(LockKey.Kind kind, String id) {
        return new LockRequest(new LockKey(kind, id), Mode.SHARED);
    }

    /** Nobody else holds the object in any way. */
    public static LockRequest exclusive(LockKey.Kind kind, String id) {
        return new LockRequest(new LockKey(kind, id), Mode.EXCLUSIVE);
    }
}
