package berth.engine.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongUnaryOperator;

/**
 * Which ids the files of a tree have elsewhere, also where extended attributes name ids: in access control lists, and in file
 * capabilities, which say whose root may use them. An id below 0 is none.
 *
 * @param uid the user for a user
 * @param gid the group for a group
 * @param capabilities which way capabilities go
 */
public record Owners(LongUnaryOperator uid, LongUnaryOperator gid, Capabilities capabilities) {
    /** Every id as it is. */
    public static final Owners SAME =
            new Owners(LongUnaryOperator.identity(), LongUnaryOperator.identity(), Capabilities.AS_THEY_ARE);

    private static final long NOBODY = 65_534;
    private static final String CAPABILITY = "security.capability";
    private static final String ACL = "system.posix_acl_";

    // Source: Linux include/uapi/linux/capability.h, struct vfs_ns_cap_data.
    private static final int CAPABILITY_SIZE = 20;
    private static final int ROOTED_SIZE = 24;
    private static final int REVISION = 0xff000000;
    private static final int REVISION_2 = 0x02000000;
    private static final int REVISION_3 = 0x03000000;

    // Source: Linux include/uapi/linux/posix_acl_xattr.h and posix_acl.h.
    private static final int ACL_HEADER = 4;
    private static final int ACL_ENTRY = 8;
    private static final int ACL_USER = 0x02;
    private static final int ACL_GROUP = 0x08;

    /** How the kernel is told whose root a file's capabilities are for. */
    public enum Capabilities {
        AS_THEY_ARE,
        /** Those of the container's root become anybody's root, as an image has them. */
        OF_ANY_ROOT,
        /** Those of anybody's root become the container's root's, as its kernel sees them. */
        OF_ONE_ROOT
    }

    /** {@code entry} with these ids. Who has none is nobody. */
    ArchiveEntry inside(ArchiveEntry entry) {
        if (entry.kind() == ArchiveEntry.Kind.HARD_LINK) {
            return entry;
        }
        return new ArchiveEntry(
                entry.name(),
                entry.kind(),
                entry.mode(),
                user(entry.uid()),
                group(entry.gid()),
                entry.size(),
                entry.target(),
                entry.mtime(),
                attributes(entry.xattrs()),
                entry.data());
    }

    /** The user for {@code user}; nobody if there is none. */
    long user(long user) {
        return known(uid.applyAsLong(user));
    }

    /** The group for {@code group}; nobody if there is none. */
    long group(long group) {
        return known(gid.applyAsLong(group));
    }

    private static long known(long id) {
        return id < 0 ? NOBODY : id;
    }

    /** {@code attributes} with these ids; one that names somebody who has none is left out. */
    Map<String, byte[]> attributes(Map<String, byte[]> attributes) {
        Map<String, byte[]> result = new LinkedHashMap<>();
        attributes.forEach((name, value) -> {
            Optional<byte[]> mapped = Optional.of(value);
            if (name.equals(CAPABILITY)) {
                mapped = capability(value);
            } else if (name.startsWith(ACL)) {
                mapped = acl(value);
            }
            mapped.ifPresent(v -> result.put(name, v));
        });
        return result;
    }

    private Optional<byte[]> capability(byte[] value) {
        if (value.length < CAPABILITY_SIZE || capabilities == Capabilities.AS_THEY_ARE) {
            return Optional.of(value);
        }
        ByteBuffer in = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
        boolean rooted = (in.getInt(0) & REVISION) == REVISION_3 && value.length == ROOTED_SIZE;
        long former = rooted ? Integer.toUnsignedLong(in.getInt(CAPABILITY_SIZE)) : 0;
        // What has no root of its own is for that of the namespace, whichever it is.
        long root = rooted || capabilities == Capabilities.OF_ONE_ROOT ? uid.applyAsLong(former) : 0;
        if (root < 0) {
            return Optional.empty();
        }
        boolean any = root == 0 && capabilities == Capabilities.OF_ANY_ROOT;
        ByteBuffer out =
                ByteBuffer.allocate(any ? CAPABILITY_SIZE : ROOTED_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        out.put(value, 0, CAPABILITY_SIZE);
        out.putInt(0, (in.getInt(0) & ~REVISION) | (any ? REVISION_2 : REVISION_3));
        if (!any) {
            out.putInt((int) root);
        }
        return Optional.of(out.array());
    }

    private Optional<byte[]> acl(byte[] value) {
        byte[] result = value.clone();
        ByteBuffer entries = ByteBuffer.wrap(result).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = ACL_HEADER; at + ACL_ENTRY <= result.length; at += ACL_ENTRY) {
            int tag = Short.toUnsignedInt(entries.getShort(at));
            if (tag == ACL_USER || tag == ACL_GROUP) {
                long id = Integer.toUnsignedLong(entries.getInt(at + 4));
                long mapped = (tag == ACL_USER ? uid : gid).applyAsLong(id);
                if (mapped < 0) {
                    return Optional.empty();
                }
                entries.putInt(at + 4, (int) mapped);
            }
        }
        return Optional.of(result);
    }
}
