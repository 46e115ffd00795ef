package berth.engine.storage;

import berth.linux.Fd;
import java.nio.file.Path;

/**
 * How a pool keeps the root file systems of its containers.
 *
 * <p>Contract: each call may be repeated; {@link #create} and {@link #destroy} leave a state that the other one mends, so that
 * they can be each other's undo after a crash at any point.
 */
public interface StorageDriver {
    /** The name users choose it by, for instance {@code dir}. */
    String name();

    /** Makes an empty root file system on its image. On return it survives a crash of the host. */
    void create(RootFilesystem root);

    /** Removes the root file system kept in {@code directory} for good; does nothing where there is none. */
    void destroy(Path directory);

    /**
     * Mounts it as the container sees it.
     *
     * @param userns the user namespace whose id map the container runs with
     * @return the detached mount; the caller attaches and closes it
     */
    Fd mount(RootFilesystem root, Fd userns);
}
