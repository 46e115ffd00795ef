package berth.engine.storage;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A frozen layer as one container uses it. Nothing ever writes to it again; it goes with the last that uses it.
 *
 * @param name its directory in the pool's {@code ct/}
 * @param ids the host ids that its files are stored with, if they are another container's; null if they are the container's own
 */
public record Layer(String name, @Nullable Ids ids) {
    /** A layer of the container's own. */
    public static Layer own(String name) {
        return new Layer(name, null);
    }

    /** The ids of its files if those are not the container's own. */
    public Optional<Ids> foreignIds() {
        return Optional.ofNullable(ids);
    }

    /** As another container uses it, {@code owner} being the ids of the one that uses it now. */
    public Layer lentBy(Ids owner) {
        return ids == null ? new Layer(name, owner) : this;
    }
}
