package berth.engine.image;

import berth.linux.Sha256;
import berth.linux.file.Directory;
import berth.linux.file.OpenFile;
import berth.linux.file.TreeWalk;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/** Reads the files of a tree that were there before anything was unpacked into it. */
final class BaseHashes {
    private static final int CHUNK = 1 << 17;

    private final FileHashes hashes;
    private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
    private final MessageDigest digest = Sha256.create();

    private BaseHashes(FileHashes hashes) {
        this.hashes = hashes;
    }

    /** Adds to {@code hashes} those of the files of {@code tree} that it lacks. */
    static void complete(Directory tree, FileHashes hashes) {
        BaseHashes reading = new BaseHashes(hashes);
        try (TreeWalk walk = new TreeWalk(tree)) {
            for (var entry = walk.next(); entry.isPresent(); entry = walk.next()) {
                reading.add(entry.get());
            }
        }
    }

    private void add(TreeWalk.Entry entry) {
        if (!entry.stat().isRegular()
                || entry.stat().size() == 0
                || hashes.has(entry.stat().inode())) {
            return;
        }
        try (OpenFile file = entry.parent().openRead(entry.name())) {
            while (file.read(chunk.clear()) > 0) {
                FileSink.checkInterrupt();
                digest.update(chunk.flip());
            }
            hashes.put(entry.stat().inode(), digest.digest());
        }
    }
}
