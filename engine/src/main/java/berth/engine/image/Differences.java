package berth.engine.image;

import berth.linux.KernelException;
import berth.linux.file.Directory;
import berth.linux.file.FileStat;
import berth.linux.file.FileType;
import berth.linux.file.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Whether files of two trees are the same for their containers. */
final class Differences {
    private static final int CHUNK = 1 << 17;

    private final TreeView was;
    private final TreeView now;
    private final Times times;
    private final ByteBuffer left = ByteBuffer.allocateDirect(CHUNK);
    private final ByteBuffer right = ByteBuffer.allocateDirect(CHUNK);

    /** When times are the same. */
    enum Times {
        EXACT,
        /** As exactly as archives tell them, one of which a tree may have come in. */
        TO_THE_SECOND
    }

    Differences(TreeView was, TreeView now, Times times) {
        this.was = was;
        this.now = now;
        this.times = times;
    }

    /** Whether {@code name}, a directory's content aside, is in {@code present} as it was in {@code former}. */
    boolean same(@Nullable Directory former, FileStat before, Directory present, FileStat after, String name)
            throws IOException {
        if (former == null
                || before.type() != after.type()
                || before.mode() != after.mode()
                || !sameTime(before.mtime(), after.mtime())
                || !sameOwners(before, after)) {
            return false;
        }
        // Nothing sets the time of the last change but a change; a number is given again only to a new file.
        boolean untouched = before.inode() == after.inode() && before.ctime().equals(after.ctime());
        if (before.size() != after.size() && !after.isDirectory()) {
            return false;
        }
        return untouched || (sameAttributes(former, present, name) && sameContent(former, present, name, after));
    }

    private boolean sameTime(Instant before, Instant after) {
        return switch (times) {
            case EXACT -> before.equals(after);
            case TO_THE_SECOND -> before.getEpochSecond() == after.getEpochSecond();
        };
    }

    private boolean sameOwners(FileStat before, FileStat after) {
        return was.owners().user(Integer.toUnsignedLong(before.uid()))
                        == now.owners().user(Integer.toUnsignedLong(after.uid()))
                && was.owners().group(Integer.toUnsignedLong(before.gid()))
                        == now.owners().group(Integer.toUnsignedLong(after.gid()));
    }

    private boolean sameAttributes(Directory former, Directory present, String name) {
        Map<String, byte[]> before = kept(was.owners().attributes(former.xattrs(name)));
        Map<String, byte[]> after = kept(now.owners().attributes(present.xattrs(name)));
        return before.keySet().equals(after.keySet())
                && before.entrySet().stream().allMatch(e -> Arrays.equals(e.getValue(), after.get(e.getKey())));
    }

    private static Map<String, byte[]> kept(Map<String, byte[]> attributes) {
        Map<String, byte[]> kept = new TreeMap<>(attributes);
        kept.keySet().removeIf(name -> !KeptAttributes.keeps(name));
        return kept;
    }

    private boolean sameContent(Directory former, Directory present, String name, FileStat stat) throws IOException {
        if (stat.type() == FileType.SYMLINK) {
            return former.readLink(name).equals(present.readLink(name));
        }
        if (!stat.isRegular() || stat.size() == 0) {
            return true;
        }
        try (OpenFile one = former.openRead(name);
                OpenFile other = present.openRead(name)) {
            return sameBytes(one, other);
        } catch (KernelException e) {
            throw new CorruptArchiveException("it changed while it was read: " + e.getMessage());
        }
    }

    private boolean sameBytes(OpenFile one, OpenFile other) {
        while (true) {
            FileSink.checkInterrupt();
            int count = fill(one, left);
            if (fill(other, right) != count || !left.equals(right)) {
                return false;
            }
            if (count == 0) {
                return true;
            }
        }
    }

    private static int fill(OpenFile file, ByteBuffer buffer) {
        buffer.clear();
        while (buffer.hasRemaining() && file.read(buffer) > 0) {}
        buffer.flip();
        return buffer.remaining();
    }
}
