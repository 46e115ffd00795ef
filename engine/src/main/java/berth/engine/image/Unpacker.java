package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.operation.Progress;
import berth.engine.store.Yaml;
import berth.linux.KernelException;
import berth.linux.file.Directory;
import berth.linux.file.DirectoryEntry;
import berth.linux.file.FileName;
import berth.linux.file.FileStat;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Unpacks an archive into a staging directory and finds out what was in it. */
final class Unpacker {
    /** The most files an image may have: their hashes are held in memory, 50 MiB of them. */
    private static final int MAX_ENTRIES = 1_000_000;

    private static final List<String> TOP_LEVEL = List.of("bin", "usr", "sbin", "etc", "nix");
    private static final String ROOTFS = "rootfs";
    private static final int ENTRIES_PER_STEP = 5000;

    private final Limits limits;
    private final Optional<LxdMetadata> metadata;
    private final Notes notes;
    private final Progress progress;

    /**
     * A tree that is complete but not in its place.
     *
     * @param written bytes of content that were unpacked
     */
    record Unpacked(Manifest manifest, TreeFacts facts, long written) {}

    /** @param metadata what came beside the archive, if anything did */
    Unpacker(long maxBytes, Optional<LxdMetadata> metadata, Notes notes, Progress progress) {
        this.limits = new Limits(maxBytes, MAX_ENTRIES);
        this.metadata = metadata;
        this.notes = notes;
        this.progress = progress;
    }

    /**
     * Unpacks all of {@code source} into {@code staging}; if that turns out to be a package, what is in it.
     *
     * @param below gets the lower strata of a package
     * @throws BerthException UNTRUSTED if the archive is broken, empty, too large or holds what is refused; UNSUPPORTED if it is
     *     a package that cannot be used; EXHAUSTED if the disk is full; CANCELLED if the thread is interrupted
     */
    Unpacked unpack(ArchiveReader source, Staging staging, Foundation below) throws IOException {
        FileHashes hashes = new FileHashes();
        writeAll(source, staging, hashes, limits);
        requireFiles(staging);
        if (!isPackage(staging)) {
            return whole(staging, hashes);
        }
        staging.setAside();
        try (Directory aside = staging.openPackage()) {
            return unpackPackage(aside, staging, below);
        }
    }

    /** Unpacks into {@code staging} what is in {@code directory}, a package; otherwise as {@link #unpack}. */
    Unpacked unpackPackage(Directory directory, Staging staging, Foundation below) throws IOException {
        List<Stratum> strata = new Packages(new Archives(staging.path(), limits.bytes()), notes).strata(directory);
        for (Stratum lower : strata.subList(0, strata.size() - 1)) {
            below.lay(lower);
        }
        Stratum last = strata.getLast();
        if (below.top().isPresent()) {
            Unpacked unpacked = unpackStratum(last, staging, below);
            requireFiles(staging);
            return unpacked;
        }
        try (ArchiveReader reader = last.open()) {
            writeAll(reader, staging, below.hashes(), limits);
        }
        requireFiles(staging);
        return whole(staging, below.hashes());
    }

    /** Unpacks {@code stratum}, which may hold nothing, over the top of {@code below}, if that has one. */
    Unpacked unpackStratum(Stratum stratum, Staging staging, Foundation below) throws IOException {
        FileHashes hashes = below.hashes();
        Limits left = new Limits(below.left(), MAX_ENTRIES);
        try (ArchiveReader reader = stratum.open()) {
            if (below.top().isPresent()) {
                try (Directory base = below.openTop()) {
                    return unpackOn(base, reader, staging, hashes, left);
                }
            }
            return complete(staging, hashes, writeAll(reader, staging, hashes, left));
        }
    }

    private Unpacked whole(Staging staging, FileHashes hashes) {
        Optional<LxdMetadata> described = findRoot(staging);
        Unpacked unpacked = complete(staging, hashes, 0);
        return new Unpacked(
                unpacked.manifest(),
                described.map(said -> said.complete(unpacked.facts())).orElse(unpacked.facts()),
                unpacked.manifest().bytes());
    }

    /**
     * Unpacks all of {@code layer} over {@code base}, whose files the tree in {@code staging} shares.
     *
     * @throws BerthException as {@link #unpack}
     */
    Unpacked unpackOn(Directory base, ArchiveReader layer, Staging staging) {
        Unpacked unpacked = unpackOn(base, layer, staging, new FileHashes(), limits);
        requireFiles(staging);
        return unpacked;
    }

    private Unpacked unpackOn(Directory base, ArchiveReader layer, Staging staging, FileHashes hashes, Limits limit) {
        long written;
        try (Directory tree = staging.openTree()) {
            base.linkTreeTo(tree);
            written = writeAll(layer, staging, hashes, limit);
            progress.step("reading what is below the layer");
            BaseHashes.complete(tree, hashes);
        }
        return complete(staging, hashes, written);
    }

    private Unpacked complete(Staging staging, FileHashes hashes, long written) {
        staging.removeRest();
        try (Directory tree = staging.openTree()) {
            progress.step("computing the image's id");
            return new Unpacked(Manifest.of(tree, hashes), TreeFacts.of(tree), written);
        }
    }

    private static void requireFiles(Staging staging) {
        try (Directory tree = staging.openTree()) {
            if (tree.list().isEmpty()) {
                throw new BerthException(ErrorCode.UNTRUSTED, "the archive holds no files");
            }
        }
    }

    private static boolean isPackage(Staging staging) {
        try (Directory tree = staging.openTree()) {
            return !holdsRoot(tree, "") && Packages.isOne(tree);
        }
    }

    /** How many bytes of content that is. */
    private long writeAll(ArchiveReader source, Staging staging, FileHashes hashes, Limits limit) {
        try (Directory tree = staging.openTree();
                TreeWriter writer = new TreeWriter(tree, limit, new FreeSpace(staging.path()), notes, hashes)) {
            for (var entry = source.next(); entry.isPresent(); entry = source.next()) {
                writer.add(entry.get(), source);
                if (writer.entries() % ENTRIES_PER_STEP == 0) {
                    progress.step("unpacking: %d files, %d MiB".formatted(writer.entries(), writer.bytes() >> 20));
                }
            }
            writer.finish();
            return writer.bytes();
        } catch (IOException e) {
            throw broken(e);
        }
    }

    /** The error for an archive that {@code e} was met in. Decompressors tell of an early end without a message. */
    static BerthException broken(IOException e) {
        String reason = e instanceof EOFException || e.getMessage() == null ? "it ends too early" : e.getMessage();
        return new BerthException(
                Thread.currentThread().isInterrupted() ? ErrorCode.CANCELLED : ErrorCode.UNTRUSTED,
                "the archive is broken: " + reason,
                null,
                e);
    }

    /** Makes the directory of the tree that is the root its top: what LXD packs beside it describes it. */
    private Optional<LxdMetadata> findRoot(Staging staging) {
        Optional<LxdMetadata> described = metadata;
        try (Directory tree = staging.openTree()) {
            Optional<String> top = holdsRoot(tree, "") ? Optional.empty() : wrapper(tree);
            if (top.isPresent()) {
                described = described.or(() -> metadata(tree));
                staging.promote(top.get());
                notes.add("the tree is what the archive has in '%s/'; what lay beside it was left out"
                        .formatted(FileName.printable(top.get())));
            }
        }
        return described;
    }

    private static Optional<LxdMetadata> metadata(Directory tree) {
        try {
            String text = new String(tree.readFile(LxdMetadata.FILE, Yaml.LIMIT), StandardCharsets.UTF_8);
            return Optional.of(LxdMetadata.of(text));
        } catch (KernelException | BerthException e) {
            return Optional.empty();
        }
    }

    /** The directory that the root is in: {@code rootfs}, or the only one there is. */
    private static Optional<String> wrapper(Directory tree) {
        List<DirectoryEntry> top = tree.list();
        return Stream.concat(
                        Stream.of(ROOTFS),
                        top.size() == 1 ? Stream.of(top.getFirst().name()) : Stream.empty())
                .filter(name -> tree.stat(name).filter(FileStat::isDirectory).isPresent())
                .filter(name -> holdsRoot(tree, name + "/"))
                .findFirst();
    }

    private static boolean holdsRoot(Directory tree, String prefix) {
        return TOP_LEVEL.stream().anyMatch(name -> tree.stat(prefix + name).isPresent());
    }
}
