package berth.engine.repository;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.Instance;
import berth.engine.image.Image;
import berth.engine.image.Images;
import berth.engine.operation.Progress;
import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.file.Directory;
import berth.linux.file.DirectoryEntry;
import berth.linux.file.OpenFile;
import berth.linux.file.Resolution;
import berth.linux.socket.FdStreams;
import com.github.luben.zstd.ZstdOutputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** Keeps repositories in directories, for any web server to serve. One change at a time. */
public final class Publisher {
    private static final int MAX_INDEX = 64 << 20;
    private static final int PUBLIC = 0644;
    private static final int SHOWN = 12;
    private static final String INCOMING = ".incoming-";

    private final Path keyFile;

    public Publisher(Instance instance) {
        this.keyFile = instance.stateDirectory().resolve("conf/signing-key.yml");
    }

    /**
     * How an image is listed.
     *
     * @param vendor who made it
     * @param variant what it is for
     * @param distribution what its os-release says if empty
     * @param version what its os-release says if empty
     * @param tags other words for its version
     */
    public record Listing(
            String vendor,
            String variant,
            Optional<String> distribution,
            Optional<String> version,
            List<String> tags) {}

    /**
     * Makes the empty directory {@code opened} a repository.
     *
     * @return what clients pin
     * @throws BerthException EXISTS if it is one
     */
    public synchronized PublicKey init(Fd opened) {
        try (Directory directory = directory(opened)) {
            if (directory.stat(BerthIndex.FILE).isPresent()) {
                throw new BerthException(
                        ErrorCode.EXISTS, "it is a repository already", "'osctl repository sign' signs it again");
            }
            SigningKey key = SigningKey.of(keyFile);
            write(directory, new BerthIndex(BerthIndex.FORMAT, List.of()), key);
            return key.publicKey();
        }
    }

    /** Signs the index of the repository in {@code opened} as it is now. */
    public synchronized PublicKey sign(Fd opened) {
        try (Directory directory = directory(opened)) {
            SigningKey key = SigningKey.of(keyFile);
            write(directory, read(directory), key);
            return key.publicKey();
        }
    }

    /**
     * Adds {@code image} to the repository in {@code opened}, in place of one of the same words.
     *
     * @return the name of its file
     * @throws BerthException NOT_FOUND if that is no repository; INVALID if the image does not say what it is
     */
    public synchronized String publish(Images images, Image image, Listing listing, Fd opened, Progress progress) {
        try (Directory directory = directory(opened)) {
            BerthIndex index = read(directory);
            SigningKey key = SigningKey.of(keyFile);
            // What a daemon that died was packing.
            directory.list().stream()
                    .map(DirectoryEntry::name)
                    .filter(name -> name.startsWith(INCOMING))
                    .forEach(directory::remove);
            String incoming = INCOMING
                    + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
            try {
                BerthIndex.Entry entry = pack(images, image, listing, directory, incoming, progress);
                directory.rename(incoming, entry.file());
                directory.sync();
                write(directory, replace(index, entry), key);
                index.images().stream()
                        .filter(old -> old.replaces(entry) && !old.file().equals(entry.file()))
                        .forEach(old -> removeIfThere(directory, old.file()));
                return entry.file();
            } finally {
                removeIfThere(directory, incoming);
            }
        } catch (KernelException e) {
            throw failure(e);
        }
    }

    private static BerthException failure(KernelException e) {
        return new BerthException(
                e.is(Errno.ENOSPC) || e.is(Errno.EDQUOT) ? ErrorCode.EXHAUSTED : ErrorCode.FAILED,
                "the repository cannot be changed: " + e.getMessage(),
                null,
                e);
    }

    private static BerthIndex.Entry pack(
            Images images, Image image, Listing listing, Directory directory, String incoming, Progress progress) {
        MessageDigest digest = Downloads.sha256();
        long size;
        try (OpenFile file = directory.create(incoming, PUBLIC)) {
            try (OutputStream out = new DigestOutputStream(
                            new BufferedOutputStream(FdStreams.output(file.fd()), 1 << 16), digest);
                    OutputStream compressed = new ZstdOutputStream(out)) {
                images.export(image, compressed, progress);
            }
            file.chmod(PUBLIC);
            file.sync();
            size = file.stat().size();
        } catch (IOException e) {
            throw new BerthException(ErrorCode.FAILED, "the image cannot be packed: " + e.getMessage(), null, e);
        }
        String hash = Downloads.hex(digest.digest());
        String distribution = word(listing.distribution().orElse(image.distribution()), "distribution");
        String version = word(listing.version().orElse(image.version()), "version");
        return new BerthIndex.Entry(
                word(listing.vendor(), "vendor"),
                word(listing.variant(), "variant"),
                image.architecture(),
                distribution,
                version,
                listing.tags().stream().map(tag -> word(tag, "tag")).toList(),
                "%s-%s-%s-%s-%s.tar.zst"
                        .formatted(
                                distribution,
                                version,
                                image.architecture(),
                                listing.variant(),
                                hash.substring(0, SHOWN)),
                size,
                hash);
    }

    private static String word(String text, String what) {
        if (!text.matches("[A-Za-z0-9][A-Za-z0-9._+~-]{0,63}") || text.equals("unknown")) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "'%s' is no %s to list an image by".formatted(Repository.printable(text), what),
                    "give one with --" + what);
        }
        return text;
    }

    private static BerthIndex replace(BerthIndex index, BerthIndex.Entry entry) {
        List<BerthIndex.Entry> entries = new ArrayList<>(
                index.images().stream().filter(old -> !old.replaces(entry)).toList());
        entries.add(entry);
        return new BerthIndex(index.format(), entries);
    }

    private static void write(Directory directory, BerthIndex index, SigningKey key) {
        int uid = directory.stat().uid();
        int gid = directory.stat().gid();
        directory.writeFileAtomically(
                BerthIndex.KEY, (key.publicKey().text() + "\n").getBytes(StandardCharsets.US_ASCII), PUBLIC, uid, gid);
        directory.writeFileAtomically(BerthIndex.FILE, index.signedBy(key), PUBLIC, uid, gid);
        directory.sync();
    }

    private static BerthIndex read(Directory directory) {
        try {
            return BerthIndex.Signed.of(directory.readFile(BerthIndex.FILE, MAX_INDEX))
                    .index();
        } catch (KernelException e) {
            throw new BerthException(
                    ErrorCode.NOT_FOUND,
                    "there is no repository in the directory",
                    "make one with 'osctl repository init'",
                    e);
        }
    }

    private static void removeIfThere(Directory directory, String name) {
        if (directory.stat(name).isPresent()) {
            directory.remove(name);
        }
    }

    private static Directory directory(Fd opened) {
        return Directory.of(opened.dup(), Resolution.NO_LINKS);
    }
}
