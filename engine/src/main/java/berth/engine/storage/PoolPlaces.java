package berth.engine.storage;

import static java.util.Objects.requireNonNull;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where pools are: directories, of file systems that are there, of such in files beside them, or of datasets of ZFS. */
final class PoolPlaces {
    private static final String ZFS = "zfs";

    private final Path usual;
    private final PoolDisks disks;
    private final PoolDatasets datasets;

    /**
     * @param usual where pools are that nobody chose a place for
     * @param disks makes and mounts file systems in files
     * @param datasets makes and mounts datasets of ZFS
     */
    PoolPlaces(Path usual, PoolDisks disks, PoolDatasets datasets) {
        this.usual = usual;
        this.disks = disks;
        this.datasets = datasets;
    }

    /**
     * The place of a pool.
     *
     * @param driver the name of its storage driver
     * @param disk the file that holds the file system there, if it is in one
     * @param dataset the dataset that is mounted there, if one is to be
     */
    record Place(Path directory, String driver, Optional<Path> disk, Optional<String> dataset) {}

    /** Where the pool {@code wish} is to be. A dataset is mounted then, all else is left as it is. */
    Place of(NewPool wish) {
        if (isOnZfs(wish)) {
            return onZfs(wish);
        }
        String driver = wish.driver().orElse("dir");
        Path directory = wish.path().orElseGet(() -> usual.resolve(wish.name()));
        return new Place(directory, driver, disk(wish, driver, directory), Optional.empty());
    }

    private boolean isOnZfs(NewPool wish) {
        return wish.driver()
                .map(ZFS::equals)
                .orElseGet(() -> wish.dataset().isPresent()
                        || (wish.path().isEmpty() && wish.size().isEmpty() && datasets.hasZpool(wish.name())));
    }

    private Place onZfs(NewPool wish) {
        if (wish.size().isPresent()) {
            throw new BerthException(
                    ErrorCode.UNSUPPORTED,
                    "no file system of ZFS is made in a file",
                    "make a ZFS pool, for instance by 'zpool create %s FILE', and leave out --size"
                            .formatted(wish.name()));
        }
        if (wish.path().isPresent()) {
            Path directory = wish.path().get();
            return new Place(directory, ZFS, Optional.empty(), Optional.of(datasets.at(directory)));
        }
        String dataset = wish.dataset().orElse(wish.name());
        Path directory = datasets.provide(dataset, usual.resolve(wish.name()));
        return new Place(directory, ZFS, Optional.empty(), Optional.of(dataset));
    }

    private static Optional<Path> disk(NewPool wish, String driver, Path directory) {
        Path beside = beside(directory, driver);
        if (wish.size().isEmpty()) {
            return Files.isRegularFile(beside) ? Optional.of(beside) : Optional.empty();
        }
        if (driver.equals("dir")) {
            throw new BerthException(
                    ErrorCode.UNSUPPORTED,
                    "a pool of driver 'dir' has no file system of its own, and so no size",
                    "leave out --size, or add --driver btrfs");
        }
        return Optional.of(beside);
    }

    /** The file that holds the file system of a pool of {@code driver} in {@code directory}, if it is in one. */
    static Path beside(Path directory, String driver) {
        return directory.resolveSibling(directory.getFileName() + "." + driver);
    }

    /** Mounts what an uninstalled pool has left; a new file is made only where there is none. */
    void provide(NewPool wish, Place place) {
        place.disk().ifPresent(disk -> {
            if (!Files.exists(disk)) {
                disks.make(disk, wish.size().orElseThrow());
            }
            disks.mount(disk, place.directory());
        });
    }

    /** Undoes what {@link #provide} has mounted. */
    void withdraw(Place place) {
        place.disk().ifPresent(_ -> disks.unmount(place.directory()));
    }

    /** Mounts what {@code pool} is in. @throws BerthException saying why it cannot be mounted */
    void open(PoolRecord pool) {
        Path path = Path.of(pool.path());
        pool.diskFile().ifPresent(disk -> disks.mount(disk, path));
        pool.dataset().ifPresent(dataset -> {
            Path place = datasets.mount(dataset);
            if (!place.equals(path)) {
                throw new BerthException(
                        ErrorCode.WRONG_STATE,
                        "dataset %s is mounted at %s, and the pool is in %s".formatted(dataset, place, path),
                        "mount it there: 'zfs set mountpoint=%s %s'".formatted(path, dataset));
            }
        });
    }

    /** Unmounts what is Berth's to mount of {@code pool}. */
    void release(PoolRecord pool) {
        pool.diskFile().ifPresent(_ -> disks.unmount(Path.of(pool.path())));
    }

    /** Makes the file system of {@code pool}, which is in a file, {@code bytes} bytes large. @throws BerthException UNSUPPORTED */
    void grow(PoolRecord pool, long bytes) {
        Path disk = pool.diskFile()
                .orElseThrow(() -> new BerthException(
                        ErrorCode.UNSUPPORTED,
                        "pool '%s' is a directory of a file system that is not Berth's".formatted(pool.name()),
                        "enlarge that file system"));
        disks.grow(disk, Path.of(pool.path()), bytes);
    }

    /** What will hold {@code directory}, if that does not exist yet. */
    static Path existing(Path directory) {
        Path place = directory;
        while (!Files.exists(place)) {
            place = requireNonNull(place.getParent());
        }
        return place;
    }
}
