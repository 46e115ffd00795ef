package berth.engine.image;

import berth.linux.Sha256;
import berth.linux.file.Directory;
import berth.linux.file.FileName;
import berth.linux.file.FileStat;
import berth.linux.file.FileType;
import berth.linux.file.TreeWalk;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * What identifies a tree: the SHA-256 of a list of all its files as they are on disk. Two archives of the same tree have one id,
 * however they are packed; times are no part of it.
 *
 * <p>The list, in big-endian binary: {@code "berth image 1\n"}; then the root and, directory by directory, each before its
 * content and names in the order of their bytes, every file: a letter for its kind, the path, mode, uid, gid, then for a file its
 * size and SHA-256, for a link its target; then how many extended attributes and each's name and value. Every string comes after
 * its length in four bytes, as numbers do, but for eight of a size. A further name of a file is the letter {@code h}, its path
 * and the path that came first.
 *
 * @param id 64 hexadecimal digits
 * @param bytes content of all files together, each counted once
 * @param entries how many files of any kind there are, the root not counted
 */
record Manifest(String id, long bytes, long entries) {
    private static final byte[] EMPTY_HASH = Sha256.create().digest();

    /** Lists {@code tree}, whose files' hashes are in {@code hashes}. */
    static Manifest of(Directory tree, FileHashes hashes) {
        MessageDigest digest = Sha256.create();
        Builder builder = new Builder(hashes, new DigestOutputStream(OutputStream.nullOutputStream(), digest));
        try {
            builder.addTree(tree);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return new Manifest(HexFormat.of().formatHex(digest.digest()), builder.bytes, builder.entries);
    }

    private static final class Builder {
        private final FileHashes hashes;
        private final DataOutputStream out;
        private final Map<Long, String> firstNames = new HashMap<>();
        private long bytes;
        private long entries;

        Builder(FileHashes hashes, OutputStream out) {
            this.hashes = hashes;
            this.out = new DataOutputStream(new BufferedOutputStream(out, 1 << 16));
        }

        void addTree(Directory tree) throws IOException {
            out.write("berth image 1\n".getBytes(StandardCharsets.US_ASCII));
            add("", tree.stat());
            addXattrs(tree, ".");
            try (TreeWalk walk = new TreeWalk(tree)) {
                for (var entry = walk.next(); entry.isPresent(); entry = walk.next()) {
                    addEntry(entry.get());
                    entries++;
                }
            }
            out.flush();
        }

        private void addEntry(TreeWalk.Entry entry) throws IOException {
            FileStat stat = entry.stat();
            if (stat.links() > 1 && !stat.isDirectory()) {
                String first = firstNames.putIfAbsent(stat.inode(), entry.path());
                if (first != null) {
                    out.writeByte('h');
                    write(FileName.encode(entry.path()));
                    write(FileName.encode(first));
                    return;
                }
            }
            add(entry.path(), stat);
            if (stat.isRegular()) {
                bytes += stat.size();
                out.writeLong(stat.size());
                write(stat.size() == 0 ? EMPTY_HASH : hashes.get(stat.inode()));
            } else if (stat.type() == FileType.SYMLINK) {
                write(FileName.encode(entry.parent().readLink(entry.name())));
            }
            addXattrs(entry.parent(), entry.name());
        }

        private void add(String path, FileStat stat) throws IOException {
            out.writeByte(letter(stat.type()));
            write(FileName.encode(path));
            out.writeInt(stat.mode());
            out.writeInt(stat.uid());
            out.writeInt(stat.gid());
        }

        private void addXattrs(Directory parent, String name) throws IOException {
            Map<String, byte[]> attributes = parent.xattrs(name);
            out.writeInt((int)
                    attributes.keySet().stream().filter(KeptAttributes::keeps).count());
            for (Map.Entry<String, byte[]> attribute : attributes.entrySet()) {
                if (KeptAttributes.keeps(attribute.getKey())) {
                    write(FileName.encode(attribute.getKey()));
                    write(attribute.getValue());
                }
            }
        }

        private void write(byte[] string) throws IOException {
            out.writeInt(string.length);
            out.write(string);
        }

        private static char letter(FileType type) {
            return switch (type) {
                case REGULAR -> 'f';
                case DIRECTORY -> 'd';
                case SYMLINK -> 'l';
                case FIFO -> 'p';
                case SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE, UNKNOWN ->
                    throw new IllegalStateException("a tree of an image holds a " + type);
            };
        }
    }
}
