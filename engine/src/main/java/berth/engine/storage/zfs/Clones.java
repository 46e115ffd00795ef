package berth.engine.storage.zfs;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.Fd;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import java.util.ArrayList;
import java.util.List;

/** Makes datasets: of nothing, and as clones of others. One that is not finished is in limbo. Safe for use by several threads. */
final class Clones {
    private static final List<String> UNMOUNTED = List.of("-o", "canmount=noauto");
    private static final int PRIVATE = 0700;

    private final Zfs zfs;
    private final BriefMounts mounts;
    private final Disposal disposal;

    Clones(Zfs zfs, BriefMounts mounts, Disposal disposal) {
        this.zfs = zfs;
        this.mounts = mounts;
        this.disposal = disposal;
    }

    /** Something that is done to the tree of a dataset that nobody uses yet. */
    interface Work {
        void in(Directory tree);
    }

    /** Makes {@code target} a clone of {@code source} as it is now; one that is there stays. */
    void copy(ZfsPool pool, String source, String target) {
        through(source, snapshot -> clone(pool, snapshot, target));
    }

    /** As {@link #copy}, with {@code work} done to it before it is there. */
    void changedCopy(ZfsPool pool, String source, String target, Work work) {
        through(source, snapshot -> changedClone(pool, snapshot, target, work));
    }

    /** Makes {@code target} a clone of {@code snapshot}; one that is there stays. */
    void clone(ZfsPool pool, String snapshot, String target) {
        try {
            List<String> words = new ArrayList<>(List.of("clone"));
            words.addAll(UNMOUNTED);
            words.addAll(List.of(snapshot, target));
            zfs.run("%s cannot be made".formatted(target), words);
            // zfs-fuse mounts a clone whatever it is told.
            BriefMounts.unmount(pool.mountPoint(target));
        } catch (BerthException e) {
            if (e.code() == ErrorCode.UNSUPPORTED || !zfs.exists(target)) {
                throw e;
            }
        }
    }

    /** As {@link #clone}, with {@code work} done to it before it is there. */
    void changedClone(ZfsPool pool, String snapshot, String target, Work work) {
        draft(pool, target, draft -> {
            clone(pool, snapshot, draft);
            work(pool, draft, work);
        });
    }

    /**
     * Makes {@code target}, with a tree that {@code work} fills, and a snapshot of it for clones; one that is there stays.
     *
     * @param property what it is to have, as {@code NAME=VALUE}
     */
    void makeBase(ZfsPool pool, String target, String property, Work work) {
        draft(pool, target, draft -> {
            zfs.run(
                    "%s cannot be made".formatted(target),
                    List.of("create", "-o", "canmount=noauto", "-o", property, draft));
            BriefMounts.unmount(pool.mountPoint(draft));
            try (Fd mount = mounts.root(pool, draft);
                    Directory root = Directory.of(mount.dup(), Resolution.NO_LINKS)) {
                root.chmod(".", PRIVATE);
                root.createDirectory(ZfsPool.TREE, PRIVATE);
            }
            work(pool, draft, work);
            takeSnapshot(draft, target);
        });
    }

    /** As {@link #makeBase}, beginning with what {@code snapshot} holds. */
    void makeBaseOf(ZfsPool pool, String snapshot, String target, Work work) {
        draft(pool, target, draft -> {
            clone(pool, snapshot, draft);
            work(pool, draft, work);
            takeSnapshot(draft, target);
        });
    }

    /** Makes a dataset with a snapshot of that name. */
    interface Reception {
        void make(String snapshot);
    }

    /** As {@link #makeBase}, by {@code reception}. */
    void receiveBase(ZfsPool pool, String target, String property, Reception reception) {
        draft(pool, target, draft -> {
            reception.make(snapshotOf(draft, target));
            zfs.run("%s cannot be made".formatted(target), List.of("set", property, draft));
        });
    }

    /** Makes a dataset in limbo, by a name that nothing has. */
    private interface Drafting {
        void make(String draft);
    }

    /** Has {@code target} drafted, which is there when all of it is, or else not at all; one that is there stays. */
    private void draft(ZfsPool pool, String target, Drafting drafting) {
        if (zfs.exists(target)) {
            return;
        }
        String draft = pool.newInLimbo();
        try {
            drafting.make(draft);
            Patience.whileBusy(() -> zfs.run("%s cannot be made".formatted(target), List.of("rename", draft, target)));
        } catch (RuntimeException e) {
            disposal.dispose(draft);
            throw e;
        }
    }

    private void work(ZfsPool pool, String draft, Work work) {
        try (Fd mount = mounts.tree(pool, draft);
                Directory tree = Directory.of(mount.dup(), Resolution.NO_LINKS)) {
            work.in(tree);
            tree.syncFileSystem();
        }
    }

    private void takeSnapshot(String draft, String target) {
        zfs.run("%s cannot be made".formatted(target), List.of("snapshot", snapshotOf(draft, target)));
    }

    /** What becomes the snapshot of base {@code target} when {@code draft} does. */
    private static String snapshotOf(String draft, String target) {
        String snapshot = ZfsPool.snapshotOf(target);
        return draft + snapshot.substring(snapshot.indexOf('@'));
    }

    /** Something that is done with a snapshot. */
    private interface With {
        void snapshot(String name);
    }

    private void through(String source, With work) {
        String snapshot = ZfsPool.newSnapshot(source);
        zfs.run("%s cannot be copied".formatted(source), List.of("snapshot", snapshot));
        try {
            work.snapshot(snapshot);
        } finally {
            // From now on it goes with the last that stands on it; if this fails, when the pool is opened.
            Patience.undisturbed(() -> zfs.succeeds("destroy", "-d", snapshot));
        }
    }
}
