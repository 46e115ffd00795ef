package berth.engine.storage.zfs;

import static java.util.Objects.requireNonNull;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.storage.Ids;
import berth.linux.mount.MountPoint;
import berth.linux.mount.Mounts;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;

/**
 * Where a pool has its datasets: those of layers are beneath {@code ct}, those that hold what is in images beneath {@code base},
 * and those that are being made or wait to be destroyed beneath {@code limbo}. A layer is named in {@code ct/} by an empty
 * directory, which is there as long as its dataset is, and longer.
 *
 * @param dataset the dataset whose root is the pool's directory
 * @param path that directory
 * @param stored with which ids its files are on disk
 */
record ZfsPool(String dataset, Path path, StoredIds stored) {
    /** The directory in a dataset that guests see; the dataset's own root has {@code .zfs}, with all its snapshots. */
    static final String TREE = "private";

    /** Begins the names of snapshots that are there only as long as something stands on them. */
    static final String PASSING = "berth-";

    /** ZFS on Linux in the kernel, and zfs-fuse, which names its mounts so. */
    private static final Set<String> TYPES = Set.of("zfs", "fuse.zfs");

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int KEY_BYTES = 8;

    /** With which ids files are on disk. */
    enum StoredIds {
        /** As the guest sees them; mounts map them. */
        GUEST,
        /** Those of the host, as this ZFS cannot map them. */
        HOST;

        /** The word for it in a property. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The dataset mounted at {@code path}. @throws BerthException UNSUPPORTED if none is */
    static String datasetAt(Path path) {
        return Mounts.table().reversed().stream()
                .filter(m -> m.target().equals(path))
                .findFirst()
                .filter(m -> TYPES.contains(m.type()) && m.root().equals("/"))
                .map(MountPoint::source)
                .orElseThrow(() -> new BerthException(
                        ErrorCode.UNSUPPORTED,
                        "no dataset of ZFS is mounted at %s".formatted(path),
                        "name one: 'osctl pool install --dataset tank/berth NAME'"));
    }

    /** The ZFS pool that {@code dataset} is in. */
    static String zpoolOf(String dataset) {
        return dataset.replaceFirst("/.*", "");
    }

    String layers() {
        return dataset + "/ct";
    }

    String bases() {
        return dataset + "/base";
    }

    String limbo() {
        return dataset + "/limbo";
    }

    /** The dataset of the layer in directory {@code layer}. */
    String layer(Path layer) {
        // The names of layers have '@', which in those of datasets begins a snapshot's.
        return layers() + "/" + String.valueOf(layer.getFileName()).replace('@', ':');
    }

    /** The dataset of what is in the image whose tree is {@code tree}, with the ids that guests see. */
    String base(Path tree) {
        return bases() + "/" + requireNonNull(tree.getParent()).getFileName();
    }

    /** That of the same with the host ids {@code ids}. */
    String base(Path tree, Ids ids) {
        return base(tree) + ":" + key(ids);
    }

    /** That of the same as another pool sent it, whose snapshot has {@code guid}, where one was made here of the image's files. */
    String base(Path tree, String guid) {
        return base(tree) + "." + HexFormat.of().toHexDigits(Long.parseUnsignedLong(guid));
    }

    /** Whether dataset {@code name} holds what is in the image whose tree is {@code tree}, wherever it was made and with whatever ids. */
    boolean isBase(String name, Path tree) {
        String plain = base(tree);
        return name.equals(plain) || name.startsWith(plain + ":") || name.startsWith(plain + ".");
    }

    /** Whether dataset {@code name} holds what is in an image with host ids. */
    boolean isShiftedBase(String name) {
        return name.startsWith(bases() + "/") && name.indexOf(':', bases().length()) > 0;
    }

    /** The snapshot of dataset {@code base} that containers are clones of. Its name is never in a dataset that such a clone is. */
    static String snapshotOf(String base) {
        return base + "@" + base.substring(base.lastIndexOf('/') + 1);
    }

    /** The dataset that {@code snapshot} is of. */
    static String datasetOf(String snapshot) {
        return snapshot.substring(0, snapshot.indexOf('@'));
    }

    /** A new name for something in limbo. */
    String newInLimbo() {
        return limbo() + "/" + random();
    }

    /** A new name for a snapshot of {@code dataset} that is there only as long as something stands on it. */
    static String newSnapshot(String dataset) {
        return dataset + "@" + PASSING + random();
    }

    /** Where dataset {@code name} of the pool is mounted for a moment. */
    Path mountPoint(String name) {
        return path.resolve(name.substring(dataset.length() + 1));
    }

    private static String random() {
        return HexFormat.of().toHexDigits(RANDOM.nextLong());
    }

    private static String key(Ids ids) {
        String maps = ids.uids() + "/" + ids.gids();
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(maps.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, KEY_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
