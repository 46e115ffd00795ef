package berth.engine.storage;

import java.nio.file.Path;

/**
 * A container's root file system as a driver keeps it.
 *
 * @param directory what the driver owns of it in the pool; nothing else is in there
 * @param imageTree the tree of the image it stands on, with ids 0..65535
 * @param rootUid the host uid of its root
 * @param rootGid the host gid of its root
 */
public record RootFilesystem(Path directory, Path imageTree, int rootUid, int rootGid) {}
