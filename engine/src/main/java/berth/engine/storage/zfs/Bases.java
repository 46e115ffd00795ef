package berth.engine.storage.zfs;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.storage.RootFilesystem;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * What is in images, as datasets that containers are clones of. One of each image is made for the first container on it, and goes
 * with the image. Containers that another pool sends bring along what they are clones of there. Where mounts cannot map ids there
 * is besides one for each user that has containers on the image, with the host ids of that user; it goes with the last of them. Safe
 * for use by several threads.
 */
final class Bases {
    /** What says where in the pool the tree is that one holds. */
    private static final String TREE = "berth:tree";

    private final Zfs zfs;
    private final Clones clones;
    private final Disposal disposal;
    /** One at a time: two containers may be made on one image at once. */
    private final ReentrantLock making = new ReentrantLock();
    /** Held for reading from when one is found until something stands on it, for writing while those are destroyed that nothing stands on. */
    private final ReentrantReadWriteLock standing = new ReentrantReadWriteLock();

    Bases(Zfs zfs, Clones clones, Disposal disposal) {
        this.zfs = zfs;
        this.clones = clones;
        this.disposal = disposal;
    }

    /** Makes {@code target} a clone of what is in the image of {@code root}. */
    void cloneFor(ZfsPool pool, RootFilesystem root, String target) {
        standing.readLock().lock();
        try {
            String base = name(pool, root);
            try {
                clones.clone(pool, ZfsPool.snapshotOf(base), target);
            } catch (BerthException e) {
                if (zfs.exists(base)) {
                    throw e;
                }
                make(pool, root);
                clones.clone(pool, ZfsPool.snapshotOf(base), target);
            }
        } finally {
            standing.readLock().unlock();
        }
    }

    private static String name(ZfsPool pool, RootFilesystem root) {
        return switch (pool.stored()) {
            case GUEST -> pool.base(root.imageTree());
            case HOST -> pool.base(root.imageTree(), root.ids());
        };
    }

    private void make(ZfsPool pool, RootFilesystem root) {
        making.lock();
        try {
            String plain = pool.base(root.imageTree());
            clones.makeBase(pool, plain, property(pool, root.imageTree()), tree -> copy(root.imageTree(), tree));
            if (pool.stored() == ZfsPool.StoredIds.HOST) {
                clones.makeBaseOf(
                        pool, ZfsPool.snapshotOf(plain), name(pool, root), OwnerShift.toHost(root.ids())::apply);
            }
        } finally {
            making.unlock();
        }
    }

    private static String property(ZfsPool pool, Path tree) {
        return TREE + "=" + pool.path().relativize(tree);
    }

    private static void copy(Path image, Directory tree) {
        try (Directory from = Directory.open(image, Resolution.NO_LINKS)) {
            from.copyTo(tree);
        }
    }

    /** The snapshots of all of them, by their guids. */
    Map<String, String> snapshots(ZfsPool pool) {
        return zfs.guids(pool.bases());
    }

    /**
     * The snapshot with {@code guid} of what is in the image whose tree is {@code tree}, as another pool has it. One that is not there is
     * received, and takes the place of one that was made here, unless containers stand on that.
     *
     * @param replaced a container's that is to be replaced, and so does not count
     * @throws BerthException CANCELLED if the thread is interrupted
     */
    String received(ZfsPool pool, Path tree, String guid, String replaced, Clones.Reception reception) {
        try {
            making.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BerthException(ErrorCode.CANCELLED, "cancelled before the image in %s was sent".formatted(tree));
        }
        try {
            Optional<String> there = Optional.ofNullable(snapshots(pool).get(guid));
            if (there.isPresent()) {
                return there.get();
            }
            String plain = pool.base(tree);
            String base = givesWay(pool, plain, replaced) ? plain : pool.base(tree, guid);
            clones.receiveBase(pool, base, property(pool, tree), reception);
            return ZfsPool.snapshotOf(base);
        } finally {
            making.unlock();
        }
    }

    /** Whether there is no {@code base}, any more, since at most {@code replaced} stood on it. */
    private boolean givesWay(ZfsPool pool, String base, String replaced) {
        if (!zfs.exists(base)) {
            return true;
        }
        if (!standing.writeLock().tryLock()) {
            return false;
        }
        try {
            if (zfs.taken(base).stream().anyMatch(t -> !Set.of(replaced).containsAll(t.clones()))) {
                return false;
            }
            disposal.discard(pool, base, () -> {});
            return !zfs.exists(base);
        } finally {
            standing.writeLock().unlock();
        }
    }

    /** Destroys those of the image whose tree was {@code tree}, which no container needs any more. */
    void imageGone(ZfsPool pool, Path tree) {
        zfs.fileSystems(pool.bases()).stream()
                .map(Zfs.Listed::name)
                .filter(name -> pool.isBase(name, tree))
                .forEach(name -> disposal.discard(pool, name, () -> {}));
    }

    /** Destroys those whose image was deleted while nobody could tell. */
    void removeForsaken(ZfsPool pool) {
        zfs.properties(TREE, pool.bases()).forEach((name, tree) -> {
            if (!name.equals(pool.bases())
                    && !tree.equals("-")
                    && !Files.exists(pool.path().resolve(tree))) {
                imageGone(pool, pool.path().resolve(tree));
            }
        });
    }

    /** Destroys those with host ids that nothing stands on. If one is being used just now it is left for the next time. */
    void collect(ZfsPool pool) {
        if (pool.stored() == ZfsPool.StoredIds.GUEST || !standing.writeLock().tryLock()) {
            return;
        }
        try {
            List<Zfs.Listed> all = zfs.fileSystems(pool.dataset());
            Set<String> origins = new HashSet<>();
            all.forEach(d -> d.origin().ifPresent(origins::add));
            all.stream()
                    .map(Zfs.Listed::name)
                    .filter(name -> pool.isShiftedBase(name) && !origins.contains(ZfsPool.snapshotOf(name)))
                    .forEach(name -> disposal.discard(pool, name, () -> {}));
        } finally {
            standing.writeLock().unlock();
        }
    }
}
