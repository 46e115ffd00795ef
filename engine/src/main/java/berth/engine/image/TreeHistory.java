package berth.engine.image;

import java.util.List;
import java.util.function.Supplier;

/**
 * What one of a container's file systems was at several moments.
 *
 * @param name what its container calls it; {@value #ROOT} is the one at its root
 * @param states each mounts one, for reading, the oldest first; nobody changes them meanwhile
 */
public record TreeHistory(String name, List<Supplier<TreeView>> states) {
    static final String ROOT = "/";

    public TreeHistory {
        states = List.copyOf(states);
    }

    /** Whether it stands on an image; others begin empty. */
    boolean isRoot() {
        return name.equals(ROOT);
    }
}
