package berth.engine.backup;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.image.ContentList;
import berth.engine.image.ContentStore;
import berth.linux.Errno;
import berth.linux.KernelException;
import berth.linux.Sha256;
import berth.linux.file.Directory;
import berth.linux.file.OpenFile;
import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The chunks in a backup directory, {@code chunks/ab/abcd…}, each compressed by zstd and called by the SHA-256 of what it holds. New
 * ones wait in a directory of their own until all are on disk, so that a chunk in its place is whole. Used by one thread.
 */
final class Chunks implements ContentStore {
    static final String DIRECTORY = "chunks";

    /** What the names of damaged chunks end with. */
    private static final String DAMAGED = ".damaged";

    private static final int LEVEL = 3;
    private static final int MODE = 0600;
    private static final int DIRECTORY_MODE = 0700;

    private final Directory directory;
    private final String incoming;
    private final FormerListing former;
    private final Cutter cutter = new Cutter();
    private final byte[] buffer = new byte[Cutter.LONGEST];
    private final ByteBuffer out = ByteBuffer.allocateDirect((int) Zstd.compressBound(Cutter.LONGEST));
    private final MessageDigest digest = Sha256.create();
    private final List<String> added = new ArrayList<>();
    private Optional<ContentList.Chunk> cached = Optional.empty();
    private byte[] cachedBytes = new byte[0];
    private long stored;

    /**
     * @param incoming where in {@code directory} new chunks wait
     * @param former what the same files were last
     */
    Chunks(Directory directory, String incoming, FormerListing former) {
        this.directory = directory;
        this.incoming = incoming;
        this.former = former;
    }

    @Override
    public Optional<ContentList> known(String path, long size, long inode, Instant changed) {
        return former.find(path)
                .filter(c ->
                        c.size() == size && c.inode() == inode && c.changed().equals(changed))
                .filter(c -> c.chunks().stream().allMatch(k -> has(k.hash())));
    }

    @Override
    public List<ContentList.Chunk> keep(InputStream data, long length) throws IOException {
        List<ContentList.Chunk> pieces = new ArrayList<>();
        long left = length;
        int filled = 0;
        while (left > 0 || filled > 0) {
            int count = data.readNBytes(buffer, filled, (int) Math.min(left, buffer.length - filled));
            if (count == 0 && left > 0 && filled < buffer.length) {
                throw new IOException("a file became shorter while it was read");
            }
            left -= count;
            filled += count;
            int cut = cutter.cut(buffer, filled);
            pieces.add(keep(cut));
            System.arraycopy(buffer, cut, buffer, 0, filled - cut);
            filled -= cut;
        }
        return pieces;
    }

    @Override
    public Optional<byte[]> read(ContentList.Chunk chunk) {
        if (!cached.equals(Optional.of(chunk))) {
            Optional<byte[]> found = load(chunk);
            if (found.isEmpty()) {
                return found;
            }
            cachedBytes = found.get();
            cached = Optional.of(chunk);
        }
        return Optional.of(cachedBytes);
    }

    /** Puts the new chunks in their places, where they survive a power cut on return. */
    void commit() {
        directory.syncFileSystem();
        for (String hash : added) {
            String group = DIRECTORY + "/" + hash.substring(0, 2);
            if (directory.stat(group).isEmpty()) {
                directory.createDirectory(group, DIRECTORY_MODE);
            }
            directory.rename(incoming + "/" + hash, path(hash));
        }
        directory.syncFileSystem();
    }

    /** How many bytes were written for new chunks. */
    long stored() {
        return stored;
    }

    /**
     * Sets a damaged chunk aside, so that the next backup of what it held stores it anew: for all that need it. One that is what
     * its name says stays: then it is the list of a backup that is wrong about it.
     */
    void setAside(String hash) {
        if (directory.stat(path(hash)).isPresent()
                && content(hash, Cutter.LONGEST).isEmpty()) {
            directory.rename(path(hash), path(hash) + DAMAGED);
        }
    }

    private static String path(String hash) {
        return DIRECTORY + "/" + hash.substring(0, 2) + "/" + hash;
    }

    private boolean has(String hash) {
        return directory.stat(path(hash)).isPresent()
                || directory.stat(incoming + "/" + hash).isPresent();
    }

    private ContentList.Chunk keep(int length) {
        if (Thread.currentThread().isInterrupted()) {
            throw new BerthException(ErrorCode.CANCELLED, "the backup was interrupted");
        }
        digest.update(buffer, 0, length);
        String hash = HexFormat.of().formatHex(digest.digest());
        if (!has(hash)) {
            byte[] compressed = Zstd.compress(Arrays.copyOf(buffer, length), LEVEL);
            try (OpenFile file = directory.create(incoming + "/" + hash, MODE)) {
                file.write(out.clear().put(compressed).flip());
            }
            added.add(hash);
            stored += compressed.length;
        }
        return new ContentList.Chunk(hash, length);
    }

    private Optional<byte[]> load(ContentList.Chunk chunk) {
        return chunk.length() > Cutter.LONGEST
                ? Optional.empty()
                : content(chunk.hash(), (int) chunk.length()).filter(c -> c.length == chunk.length());
    }

    /** What the chunk {@code hash} holds, of at most {@code longest} bytes; empty if it is missing or is not what its name says. */
    private Optional<byte[]> content(String hash, int longest) {
        try {
            byte[] compressed = directory.readFile(path(hash), out.capacity());
            byte[] content = Zstd.decompress(compressed, longest);
            boolean whole = HexFormat.of().formatHex(digest.digest(content)).equals(hash);
            return whole ? Optional.of(content) : Optional.empty();
        } catch (ZstdException e) {
            return Optional.empty();
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.EIO) || e.is(Errno.EFBIG)) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
