package berth.engine.storage;

import berth.engine.BerthException;
import java.nio.file.Path;

/** Datasets of ZFS on this host, in which pools may be. */
public interface PoolDatasets {
    /** Whether there is a ZFS pool {@code name}; none without the programs of ZFS. */
    boolean hasZpool(String name);

    /**
     * Mounts {@code dataset}, made if there is none, unless it is mounted.
     *
     * @param otherwise where it is mounted from now on, if it says that it is mounted nowhere
     * @return where it is mounted
     * @throws BerthException INVALID if it cannot be called so; as {@link #mount}
     */
    Path provide(String dataset, Path otherwise);

    /**
     * Mounts {@code dataset} where it says itself, unless it is mounted. Returns where.
     *
     * @throws BerthException NOT_FOUND if there is none, WRONG_STATE if it says no place
     */
    Path mount(String dataset);

    /** The dataset that is mounted at {@code directory}. @throws BerthException UNSUPPORTED if none is */
    String at(Path directory);
}
