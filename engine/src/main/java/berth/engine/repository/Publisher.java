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
import berth.linux.Sha256;
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
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/** Keeps repositories in directories, for any web server to serve. One change at a time. */
public final class Publisher {
    private static final int MAX_INDEX = 64 << 20;
    private static final int PUBLIC = 0644;
    private static final int SHOWN = 12;
    private static final String INCOMING = ".incoming-";

    private final Path keyFile;

    private final InstantSource clock;

    public Publisher(Instance instance, InstantSource clock) {
        this.clock = clock;
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
            write(directory, List.of(), 0, key);
            return key.publicKey();
        }
    }

    /** Signs the index of the repository in {@code opened} as it is now. */
    public synchronized PublicKey sign(Fd opened) {
        try (Directory directory = directory(opened)) {
            SigningKey key = SigningKey.of(keyFile);
            BerthIndex index = read(directory).index();
            write(directory, index.images(), index.serial(), key);
            return key.publicKey();
        }
    }

    /**
     * Adds {@code image} to the repository in {@code opened}, in place of one of the same words. Images that it stands on are files
     * of their own, which are there once.
     *
     * @return the name of its topmost file
     * @throws BerthException NOT_FOUND if that is no repository; UNTRUSTED if somebody else changed its index; INVALID if the image
     *     does not say what it is
     */
    public synchronized String publish(Images images, Image image, Listing listing, Fd opened, Progress progress) {
        try (Directory directory = directory(opened)) {
            BerthIndex.Signed signed = read(directory);
            SigningKey key = SigningKey.of(keyFile);
            requireOwn(signed, key);
            BerthIndex index = signed.index();
            // What a daemon that died was packing.
            directory.list().stream()
                    .map(DirectoryEntry::name)
                    .filter(name -> name.startsWith(INCOMING))
                    .forEach(directory::remove);
            BerthIndex.Entry entry = entry(images, image, listing, index, directory, progress);
            List<BerthIndex.Entry> entries = replace(index, entry);
            directory.sync();
            write(directory, entries, index.serial(), key);
            Set<String> needed = files(entries);
            files(index.images()).stream()
                    .filter(file -> !needed.contains(file))
                    .forEach(file -> removeIfThere(directory, file));
            return entry.layers().getLast().file();
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

    private static BerthIndex.Entry entry(
            Images images, Image image, Listing listing, BerthIndex index, Directory directory, Progress progress) {
        String distribution = word(listing.distribution().orElse(image.distribution()), "distribution");
        String version = word(listing.version().orElse(image.version()), "version");
        String vendor = word(listing.vendor(), "vendor");
        String variant = word(listing.variant(), "variant");
        List<String> tags = listing.tags().stream().map(tag -> word(tag, "tag")).toList();
        String name = "%s-%s-%s-%s".formatted(distribution, version, image.architecture(), variant);
        List<BerthIndex.Layer> layers = new ArrayList<>();
        for (Image part : images.stack(image)) {
            Optional<BerthIndex.Layer> there = layer(index, part, layers);
            layers.add(there.orElseGet(
                    () -> pack(images, part, part.equals(image) ? name : "layer", directory, progress)));
        }
        return new BerthIndex.Entry(vendor, variant, image.architecture(), distribution, version, tags, layers);
    }

    /** That of {@code image} in {@code index}, if it stands on the same as here, on {@code below}. */
    private static Optional<BerthIndex.Layer> layer(BerthIndex index, Image image, List<BerthIndex.Layer> below) {
        for (BerthIndex.Entry entry : index.images()) {
            List<BerthIndex.Layer> layers = entry.layers();
            if (layers.size() > below.size()
                    && layers.get(below.size()).image().equals(image.id())
                    && layers.subList(0, below.size()).equals(below)) {
                return Optional.of(layers.get(below.size()));
            }
        }
        return Optional.empty();
    }

    private static BerthIndex.Layer pack(
            Images images, Image image, String name, Directory directory, Progress progress) {
        String incoming = INCOMING
                + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        MessageDigest digest = Sha256.create();
        try (OpenFile file = directory.create(incoming, PUBLIC)) {
            try (OutputStream out = new DigestOutputStream(
                            new BufferedOutputStream(FdStreams.output(file.fd()), 1 << 16), digest);
                    OutputStream compressed = new ZstdOutputStream(out)) {
                images.export(image, compressed, progress);
            }
            file.chmod(PUBLIC);
            file.sync();
            String hash = Downloads.hex(digest.digest());
            String packed = "%s-%s.tar.zst".formatted(name, hash.substring(0, SHOWN));
            directory.rename(incoming, packed);
            return new BerthIndex.Layer(image.id(), packed, file.stat().size(), hash);
        } catch (IOException e) {
            throw e.getCause() instanceof KernelException cause
                    ? failure(cause)
                    : new BerthException(ErrorCode.FAILED, "the image cannot be packed: " + e.getMessage(), null, e);
        } finally {
            removeIfThere(directory, incoming);
        }
    }

    private static Set<String> files(List<BerthIndex.Entry> entries) {
        return entries.stream()
                .flatMap(entry -> entry.layers().stream())
                .map(BerthIndex.Layer::file)
                .collect(Collectors.toSet());
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

    private static List<BerthIndex.Entry> replace(BerthIndex index, BerthIndex.Entry entry) {
        List<BerthIndex.Entry> entries = new ArrayList<>(
                index.images().stream().filter(old -> !old.replaces(entry)).toList());
        entries.add(entry);
        return entries;
    }

    /** Its serial is the time, so that it grows even if the directory was brought back from a backup. */
    private void write(Directory directory, List<BerthIndex.Entry> entries, long former, SigningKey key) {
        long serial = Math.max(former + 1, clock.instant().getEpochSecond());
        BerthIndex index = new BerthIndex(BerthIndex.FORMAT, serial, entries);
        int uid = directory.stat().uid();
        int gid = directory.stat().gid();
        directory.writeFileDurably(
                BerthIndex.KEY, (key.publicKey().text() + "\n").getBytes(StandardCharsets.US_ASCII), PUBLIC, uid, gid);
        directory.writeFileDurably(BerthIndex.FILE, index.signedBy(key), PUBLIC, uid, gid);
    }

    /** Whoever can write to the directory could have what he lists signed with the next image. */
    private static void requireOwn(BerthIndex.Signed signed, SigningKey key) {
        if (!signed.isBy(key.publicKey())) {
            throw new BerthException(
                    ErrorCode.UNTRUSTED,
                    "the index in the directory is not signed by this host's key",
                    "somebody else changed it; if what it lists is right, 'osctl repository sign' signs it");
        }
    }

    private static BerthIndex.Signed read(Directory directory) {
        try {
            return BerthIndex.Signed.of(directory.readFile(BerthIndex.FILE, MAX_INDEX));
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
