package berth.engine.operation;

import java.util.Comparator;
import java.util.Objects;

/**
 * What can be locked: one object.
 *
 * @param id unique among the objects of its kind on all pools, for instance {@code tank:web}
 */
public record LockKey(Kind kind, String id) implements Comparable<LockKey> {
    private static final Comparator<LockKey> ORDER =
            Comparator.comparing(LockKey::kind).thenComparing(LockKey::id);

    /** The kinds of objects, in the order in which they are locked. */
    public enum Kind {
        POOL("pool"),
        ID_RANGE("id range"),
        USER("user"),
        GROUP("group"),
        IMAGE("image"),
        CONTAINER("container"),
        DATASET("dataset"),
        NETWORK("network");

        private final String noun;

        Kind(String noun) {
            this.noun = noun;
        }
    }

    public LockKey {
        Objects.requireNonNull(kind, "a lock needs a kind");
        Objects.requireNonNull(id, "a lock needs an id");
    }

    @Override
    public int compareTo(LockKey other) {
        return ORDER.compare(this, other);
    }

    /** The object as a person names it: {@code container 'web'}. */
    @Override
    public String toString() {
        return kind.noun + " '" + id + "'";
    }
}
