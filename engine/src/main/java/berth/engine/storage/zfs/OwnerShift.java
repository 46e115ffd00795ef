package berth.engine.storage.zfs;

import berth.engine.storage.Ids;
import berth.linux.file.Directory;
import berth.linux.file.FileStat;
import berth.linux.file.FileType;
import berth.linux.file.TreeWalk;
import berth.linux.mount.IdExtent;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gives every file of a tree another owner and group, for file systems whose mounts cannot map ids: also where ids are in file
 * capabilities and in access control lists. Ids without a counterpart stay. Cut off in the midst the tree is worth nothing, since
 * nobody can tell which ids are new: it is done on trees that are not in use yet.
 */
final class OwnerShift {
    private static final String CAPABILITY = "security.capability";
    private static final Set<String> ACCESS_LISTS = Set.of("system.posix_acl_access", "system.posix_acl_default");
    private static final int SET_IDS = 06000;

    // Source: capabilities(7), "File capability extended attribute versioning"; linux/capability.h.
    private static final int REVISION_MASK = 0xFF000000;
    private static final int REVISION_2 = 0x02000000;
    private static final int REVISION_3 = 0x03000000;
    private static final int ROOT_ID = 20;
    private static final int REVISION_3_SIZE = 24;

    // Source: linux/posix_acl_xattr.h: a version, then entries of tag, permissions and id.
    private static final int ACL_HEADER = 4;
    private static final int ACL_ENTRY = 8;
    private static final int ACL_USER = 0x02;
    private static final int ACL_GROUP = 0x08;

    private final List<IdExtent> uids;
    private final List<IdExtent> gids;
    /** Files with several names that were met already. */
    private final Set<Long> done = new HashSet<>();

    private OwnerShift(List<IdExtent> uids, List<IdExtent> gids) {
        this.uids = uids;
        this.gids = gids;
    }

    /** From the ids that guests see to the host ids {@code ids}. */
    static OwnerShift toHost(Ids ids) {
        return new OwnerShift(Ids.extents(ids.uids()), Ids.extents(ids.gids()));
    }

    /** From the host ids of one container to those of another. */
    static OwnerShift between(Ids stored, Ids wanted) {
        return new OwnerShift(
                Ids.translation(stored.uids(), wanted.uids()), Ids.translation(stored.gids(), wanted.gids()));
    }

    /** Does it to {@code tree} and all beneath it, which nothing else writes to. */
    void apply(Directory tree) {
        done.clear();
        change(tree, ".", tree.stat());
        try (TreeWalk walk = new TreeWalk(tree)) {
            for (var entry = walk.next(); entry.isPresent(); entry = walk.next()) {
                FileStat stat = entry.get().stat();
                if (stat.isDirectory() || stat.links() == 1 || done.add(stat.inode())) {
                    change(entry.get().parent(), entry.get().name(), stat);
                }
            }
        }
    }

    /** A change of owner takes setuid bits and capabilities away; a change of mode changes access control lists. */
    private void change(Directory parent, String name, FileStat stat) {
        Map<String, byte[]> attributes = parent.xattrs(name);
        parent.chown(name, (int) map(uids, stat.uid()), (int) map(gids, stat.gid()));
        if ((stat.mode() & SET_IDS) != 0 && stat.type() != FileType.SYMLINK) {
            parent.chmod(name, stat.mode());
        }
        attributes.forEach((key, value) -> {
            if (key.equals(CAPABILITY)) {
                parent.setXattr(name, key, capability(value));
            } else if (ACCESS_LISTS.contains(key)) {
                parent.setXattr(name, key, accessList(value));
            }
        });
    }

    /** One without a root id is the host's root's: it becomes one that is obeyed in the user namespace of that root. */
    private byte[] capability(byte[] value) {
        ByteBuffer old = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
        int magic = old.getInt(0);
        int revision = magic & REVISION_MASK;
        boolean rooted = revision == REVISION_3 && value.length == REVISION_3_SIZE;
        if (!rooted && (revision != REVISION_2 || value.length != ROOT_ID)) {
            return value;
        }
        long root = rooted ? old.getInt(ROOT_ID) : 0;
        long next = map(uids, (int) root);
        if (next == Integer.toUnsignedLong((int) root)) {
            return value;
        }
        ByteBuffer shifted = ByteBuffer.allocate(REVISION_3_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        shifted.put(value, 0, ROOT_ID).putInt((int) next);
        shifted.putInt(0, (magic & ~REVISION_MASK) | REVISION_3);
        return shifted.array();
    }

    private byte[] accessList(byte[] value) {
        ByteBuffer list = ByteBuffer.wrap(value.clone()).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = ACL_HEADER; at + ACL_ENTRY <= value.length; at += ACL_ENTRY) {
            short tag = list.getShort(at);
            if (tag == ACL_USER || tag == ACL_GROUP) {
                int id = list.getInt(at + 4);
                list.putInt(at + 4, (int) map(tag == ACL_USER ? uids : gids, id));
            }
        }
        return list.array();
    }

    private static long map(List<IdExtent> extents, int number) {
        long id = Integer.toUnsignedLong(number);
        for (IdExtent extent : extents) {
            if (extent.inside() <= id && id - extent.inside() < extent.count()) {
                return extent.outside() + id - extent.inside();
            }
        }
        return id;
    }
}
