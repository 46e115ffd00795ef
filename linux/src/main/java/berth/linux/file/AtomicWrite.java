package berth.linux.file;

import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/** {@link Directory#writeFileAtomically}, once the directory is resolved. */
final class AtomicWrite {
    /** Whether the file is on disk when it has its name. */
    enum Sync {
        YES,
        NO
    }

    private final Place place;
    private final byte[] content;
    private final int mode;
    private final int uid;
    private final int gid;
    private final Sync sync;

    AtomicWrite(Place place, byte[] content, int mode, int uid, int gid, Sync sync) {
        this.place = place;
        this.content = content;
        this.mode = mode;
        this.uid = uid;
        this.gid = gid;
        this.sync = sync;
    }

    WriteResult write() {
        try {
            FileStat old = FileCalls.statx(place.directory(), place.name());
            if (!old.isRegular()) {
                return WriteResult.NOT_A_FILE;
            }
            if ((old.mode() & 0200) == 0) {
                return WriteResult.PROTECTED;
            }
            if (isAsWanted(old)) {
                return WriteResult.UNCHANGED;
            }
        } catch (KernelException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
        }
        replace();
        return WriteResult.WRITTEN;
    }

    private boolean isAsWanted(FileStat old) {
        if (old.size() != content.length || old.mode() != mode || old.uid() != uid || old.gid() != gid) {
            return false;
        }
        // Another process of the guest may swap the file for a FIFO meanwhile: the open must not wait for a writer.
        long flags = FileCalls.O_RDONLY | FileCalls.O_NOFOLLOW | FileCalls.O_NONBLOCK | FileCalls.O_NOCTTY;
        try (OpenFile file = new OpenFile(open(place.name(), flags, 0))) {
            ByteBuffer now = ByteBuffer.allocateDirect(content.length + 1);
            while (now.hasRemaining() && file.read(now) > 0) {}
            return now.flip().equals(ByteBuffer.wrap(content));
        }
    }

    private void replace() {
        String temporary = ".berth-"
                + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        long flags = FileCalls.O_RDWR | FileCalls.O_CREAT | FileCalls.O_EXCL | FileCalls.O_NOFOLLOW;
        boolean renamed = false;
        try (OpenFile file = new OpenFile(open(temporary, flags, 0600))) {
            try {
                file.write(
                        ByteBuffer.allocateDirect(content.length).put(content).flip());
                file.chown(uid, gid);
                file.chmod(mode);
                if (sync == Sync.YES) {
                    file.sync();
                }
                FileCalls.renameat2(place.directory(), temporary, place.directory(), place.name(), 0);
                renamed = true;
                if (sync == Sync.YES) {
                    FileCalls.fsync(place.directory());
                }
            } finally {
                if (!renamed) {
                    FileCalls.tryUnlinkat(place.directory(), temporary, 0);
                }
            }
        }
    }

    private Fd open(String name, long flags, int createMode) {
        return FileCalls.openat2(place.directory(), name, flags, createMode, Resolution.NO_LINKS.flags());
    }
}
