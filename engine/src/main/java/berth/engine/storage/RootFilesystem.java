package berth.engine.storage;

import java.nio.file.Path;
import java.util.List;

/**
 * A container's root file system as a driver keeps it: an image, frozen layers on it, and a tip that takes the changes. A further
 * file system of a container is the same, on an empty tree in the place of an image's ({@link Pool#emptyTree}).
 *
 * @param store the pool's directory of layers
 * @param tip the name there of what takes the changes
 * @param below the frozen layers beneath the tip, topmost first; none if it stands on the image alone
 * @param imageTree the tree of the image, with ids 0..65535
 * @param ids the host ids of its users and groups
 */
public record RootFilesystem(Path store, String tip, List<Layer> below, Path imageTree, Ids ids) {
    public RootFilesystem {
        below = List.copyOf(below);
    }

    /** Where the tip is. */
    public Path directory() {
        return store.resolve(tip);
    }

    /** Where layer {@code name} is. */
    public Path layer(String name) {
        return store.resolve(name);
    }

    /** The host uid of its root. */
    public int rootUid() {
        return ids.rootUid();
    }

    /** The host gid of its root. */
    public int rootGid() {
        return ids.rootGid();
    }

    /** The same container's with another tip on other layers. */
    public RootFilesystem with(String otherTip, List<Layer> otherLayers) {
        return new RootFilesystem(store, otherTip, otherLayers, imageTree, ids);
    }
}
