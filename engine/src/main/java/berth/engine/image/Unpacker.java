package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.operation.Progress;
import berth.linux.file.Directory;
import berth.linux.file.FileStat;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Unpacks an archive into a staging directory and finds out what was in it. */
final class Unpacker {
    /** The most files an image may have: their hashes are held in memory, 50 MiB of them. */
    private static final int MAX_ENTRIES = 1_000_000;

    private static final List<String> TOP_LEVEL = List.of("bin", "usr", "sbin", "etc", "nix");
    private static final String ROOTFS = "rootfs";
    private static final int ENTRIES_PER_STEP = 5000;

    private final Limits limits;
    private final Notes notes;
    private final Progress progress;

    /** A tree that is complete but not in its place. */
    record Unpacked(Manifest manifest, TreeFacts facts) {}

    Unpacker(long maxBytes, Notes notes, Progress progress) {
        this.limits = new Limits(maxBytes, MAX_ENTRIES);
        this.notes = notes;
        this.progress = progress;
    }

    /**
     * Unpacks all of {@code source} into {@code staging}.
     *
     * @throws BerthException UNTRUSTED if the archive is broken, empty, too large or holds what is refused; EXHAUSTED if the disk
     *     is full; CANCELLED if the thread is interrupted
     */
    Unpacked unpack(ArchiveReader source, Staging staging) {
        FileHashes hashes = new FileHashes();
        try (Directory tree = staging.openTree()) {
            writeAll(source, staging, tree, hashes);
            if (isWrapped(tree)) {
                staging.promote(ROOTFS);
                notes.add("the tree is what the archive has in 'rootfs/'; what lay beside it was left out");
            }
        }
        try (Directory tree = staging.openTree()) {
            progress.step("computing the image's id");
            return new Unpacked(Manifest.of(tree, hashes), TreeFacts.of(tree));
        }
    }

    private void writeAll(ArchiveReader source, Staging staging, Directory tree, FileHashes hashes) {
        try (TreeWriter writer = new TreeWriter(tree, limits, new FreeSpace(staging.path()), notes, hashes)) {
            for (var entry = source.next(); entry.isPresent(); entry = source.next()) {
                writer.add(entry.get(), source);
                if (writer.entries() % ENTRIES_PER_STEP == 0) {
                    progress.step("unpacking: %d files, %d MiB".formatted(writer.entries(), writer.bytes() >> 20));
                }
            }
            writer.finish();
            if (tree.list().isEmpty()) {
                throw new BerthException(ErrorCode.UNTRUSTED, "the archive holds no files");
            }
        } catch (IOException e) {
            throw new BerthException(
                    Thread.currentThread().isInterrupted() ? ErrorCode.CANCELLED : ErrorCode.UNTRUSTED,
                    "the archive is broken: " + e.getMessage(),
                    null,
                    e);
        }
    }

    private static boolean isWrapped(Directory tree) {
        return holdsRoot(tree, "").isEmpty() && holdsRoot(tree, ROOTFS + "/").isPresent();
    }

    private static Optional<String> holdsRoot(Directory tree, String prefix) {
        boolean real = prefix.isEmpty()
                || tree.stat(ROOTFS).filter(FileStat::isDirectory).isPresent();
        return TOP_LEVEL.stream()
                .filter(name -> real && tree.stat(prefix + name).isPresent())
                .findFirst();
    }
}
