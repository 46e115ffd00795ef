package berth.engine.image;

import java.util.Arrays;

/** SHA-256 of files by inode number, in flat arrays: an image may have a million files and the daemon's heap is small. */
final class FileHashes {
    static final int HASH = 32;

    private long[] inodes = new long[1 << 10];
    private byte[] hashes = new byte[inodes.length * HASH];
    private int count;

    /** Keeps {@code hash} for {@code inode}, which is not 0, instead of what was kept for it. */
    void put(long inode, byte[] hash) {
        if (count * 3 > inodes.length * 2) {
            grow();
        }
        int slot = slot(inode);
        if (inodes[slot] == 0) {
            inodes[slot] = inode;
            count++;
        }
        System.arraycopy(hash, 0, hashes, slot * HASH, HASH);
    }

    /** @throws IllegalStateException if none is kept */
    byte[] get(long inode) {
        int slot = slot(inode);
        if (inodes[slot] != inode) {
            throw new IllegalStateException("no hash of inode " + inode);
        }
        return Arrays.copyOfRange(hashes, slot * HASH, (slot + 1) * HASH);
    }

    /** Whether one is kept for {@code inode}. */
    boolean has(long inode) {
        return inodes[slot(inode)] == inode;
    }

    private int slot(long inode) {
        int slot = (int) ((inode * 0x9E3779B97F4A7C15L) >>> 40) & (inodes.length - 1);
        while (inodes[slot] != 0 && inodes[slot] != inode) {
            slot = (slot + 1) & (inodes.length - 1);
        }
        return slot;
    }

    private void grow() {
        long[] oldInodes = inodes;
        byte[] oldHashes = hashes;
        inodes = new long[oldInodes.length * 2];
        hashes = new byte[inodes.length * HASH];
        for (int i = 0; i < oldInodes.length; i++) {
            if (oldInodes[i] != 0) {
                int slot = slot(oldInodes[i]);
                inodes[slot] = oldInodes[i];
                System.arraycopy(oldHashes, i * HASH, hashes, slot * HASH, HASH);
            }
        }
    }
}
