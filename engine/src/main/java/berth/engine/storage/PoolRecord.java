package berth.engine.storage;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * What the instance remembers of a pool, outside of it.
 *
 * @param name unique on the host
 * @param path its directory
 * @param driver the name of its storage driver
 * @param installed when it was installed on this host; the first of all is the default
 * @param disk the file that holds the file system at its path, if that is Berth's to mount
 * @param dataset the dataset of ZFS at its path, if it was installed on one
 * @param imported whether its containers are to be managed; false between an export and the next import
 */
record PoolRecord(
        String name,
        String path,
        String driver,
        Optional<Instant> installed,
        Optional<String> disk,
        Optional<String> dataset,
        boolean imported) {
    /** The file that holds the file system at its path, if that is Berth's to mount. */
    Optional<Path> diskFile() {
        return disk.map(Path::of);
    }

    PoolRecord withImported(boolean now) {
        return new PoolRecord(name, path, driver, installed, disk, dataset, now);
    }
}
