package berth.engine.storage.zfs;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.store.FileFailure;
import berth.linux.mount.MountPoint;
import berth.linux.mount.Mounts;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** What is done to a pool before it is used: the datasets that every pool has are made, and what a crash has left is removed. */
final class Preparation {
    private static final String IDS = "berth:ids";
    /** So long that the longest name of a layer fits behind it. Source: zfs(8): 255 characters for all. */
    private static final int LONGEST_DATASET = 80;
    /** Where Linux tells of ZFS in the kernel. */
    private static final Path MODULE = Path.of("/sys/module/zfs");

    private final Zfs zfs;
    private final Disposal disposal;

    Preparation(Zfs zfs, Disposal disposal) {
        this.zfs = zfs;
        this.disposal = disposal;
    }

    /**
     * Prepares the pool in {@code path}, in which nothing is in use by this process yet.
     *
     * @param mapsIds whether mounts of its file system can map ids
     * @throws BerthException UNSUPPORTED if it is no dataset, or its files cannot be shown with other ids as they must be
     */
    ZfsPool prepare(Path path, BooleanSupplier mapsIds) {
        String dataset = ZfsPool.datasetAt(path);
        if (dataset.length() > LONGEST_DATASET) {
            throw new BerthException(
                    ErrorCode.UNSUPPORTED,
                    "the name of dataset %s is too long for what is made beneath it".formatted(dataset),
                    "choose one of up to %d characters".formatted(LONGEST_DATASET));
        }
        // Each run of zfs(8) takes its time, and the start of the daemon waits for all.
        Map<String, String> present = zfs.properties(IDS, dataset);
        ZfsPool.StoredIds stored = storedIds(dataset, present, mapsIds);
        ZfsPool pool = new ZfsPool(dataset, path, stored);
        make(pool.bases(), present, List.of());
        make(pool.limbo(), present, List.of());
        make(pool.layers(), present, List.of("-o", IDS + "=" + stored.word()));
        tidy(pool, present.keySet());
        return pool;
    }

    private static ZfsPool.StoredIds storedIds(String dataset, Map<String, String> present, BooleanSupplier mapsIds) {
        boolean maps = mapsIds.getAsBoolean();
        String layers = new ZfsPool(dataset, Path.of("/"), ZfsPool.StoredIds.HOST).layers();
        String word = present.get(layers);
        if (word == null) {
            return maps ? ZfsPool.StoredIds.GUEST : ZfsPool.StoredIds.HOST;
        }
        if (word.equals(ZfsPool.StoredIds.HOST.word())) {
            return ZfsPool.StoredIds.HOST;
        }
        if (!word.equals(ZfsPool.StoredIds.GUEST.word())) {
            throw new BerthException(
                    ErrorCode.UNSUPPORTED,
                    "dataset %s exists and is not Berth's".formatted(layers),
                    "choose another dataset: 'osctl pool install --dataset tank/berth NAME'");
        }
        if (!maps) {
            throw new BerthException(
                    ErrorCode.UNSUPPORTED,
                    "the files of %s need a ZFS whose mounts can map ids".formatted(dataset),
                    "boot a kernel with OpenZFS 2.2 or newer");
        }
        return ZfsPool.StoredIds.GUEST;
    }

    private void make(String dataset, Map<String, String> present, List<String> properties) {
        if (present.containsKey(dataset)) {
            return;
        }
        List<String> words = new ArrayList<>(List.of("create", "-o", "canmount=off"));
        if (Files.exists(MODULE)) {
            // What images may have, and ZFS has not unless told; zfs-fuse does not know the words.
            words.addAll(List.of("-o", "acltype=posixacl", "-o", "xattr=sa"));
        }
        words.addAll(properties);
        words.add(dataset);
        zfs.run("%s cannot be made".formatted(dataset), words);
    }

    private void tidy(ZfsPool pool, Set<String> present) {
        unmountBriefMounts(pool);
        for (String snapshot : zfs.withProperty("defer_destroy", "off", "snapshot", pool.dataset())) {
            if (snapshot.contains("@" + ZfsPool.PASSING)) {
                zfs.succeeds("destroy", "-d", snapshot);
            }
        }
        disposal.empty(pool);
        Path directory = pool.mountPoint(pool.layers());
        if (Files.isDirectory(directory)) {
            removeNamesOfNothing(pool, directory, present);
        }
    }

    private static void unmountBriefMounts(ZfsPool pool) {
        List<Path> places = Stream.of(pool.layers(), pool.bases(), pool.limbo())
                .map(pool::mountPoint)
                .toList();
        Mounts.table().reversed().stream()
                .map(MountPoint::target)
                .filter(t -> t.getParent() != null && places.contains(t.getParent()))
                .forEach(Mounts::unmount);
    }

    private static void removeNamesOfNothing(ZfsPool pool, Path directory, Set<String> present) {
        try (DirectoryStream<Path> names = Files.newDirectoryStream(directory)) {
            for (Path name : names) {
                if (!present.contains(pool.layer(name))) {
                    Files.deleteIfExists(name);
                }
            }
        } catch (IOException e) {
            throw FileFailure.of("tidy", directory, e);
        }
    }
}
