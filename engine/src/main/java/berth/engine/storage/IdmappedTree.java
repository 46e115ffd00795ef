package berth.engine.storage;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.idmap.IdMap;
import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.mount.IdExtent;
import berth.linux.mount.MountAttribute;
import berth.linux.mount.Mounts;
import berth.linux.mount.UserNamespaces;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Mounts of files that are stored with the ids that the guest sees. */
public final class IdmappedTree {
    private IdmappedTree() {}

    /**
     * Mounts directory {@code tree}, showing its files with the host ids {@code ids}, with {@code attributes}.
     *
     * @return the detached mount
     * @throws BerthException UNSUPPORTED if its file system cannot map ids
     */
    public static Fd open(Path tree, Ids ids, UserNamespaces namespaces, Set<MountAttribute> attributes) {
        Fd mount = Mounts.openTree(tree);
        try {
            map(mount, ids, namespaces, attributes);
            return mount;
        } catch (KernelException e) {
            mount.close();
            if (e.is(Errno.EINVAL)) {
                throw new BerthException(
                        ErrorCode.UNSUPPORTED,
                        "the file system of %s cannot map the ids of containers".formatted(tree),
                        "ext4, xfs, btrfs and, from Linux 6.3 on, tmpfs can",
                        e);
            }
            throw e;
        } catch (RuntimeException e) {
            mount.close();
            throw e;
        }
    }

    /** Lets {@code mount}, a detached one, show files with the host ids {@code ids}, and gives it {@code attributes}. */
    public static void map(Fd mount, Ids ids, UserNamespaces namespaces, Set<MountAttribute> attributes) {
        try (Fd userns = namespaces.create(withHostRoot(ids.uids()), withHostRoot(ids.gids()))) {
            Mounts.idmap(mount, userns);
            Mounts.setAttributes(mount, attributes);
        }
    }

    /**
     * Whoever has no id in the map of a mount can make no file in it. The host's root gets the first id that no guest has, until
     * it gives the file away.
     */
    private static List<IdExtent> withHostRoot(IdMap map) {
        List<IdExtent> extents = new ArrayList<>(Ids.extents(map));
        long free =
                extents.stream().mapToLong(e -> e.inside() + e.count()).max().orElse(0);
        extents.add(new IdExtent(free, 0, 1));
        return extents;
    }
}
