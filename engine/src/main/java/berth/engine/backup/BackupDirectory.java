package berth.engine.backup;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.image.Compression;
import berth.engine.image.ContentList;
import berth.engine.image.ListedArchive;
import berth.engine.image.ListedTree;
import berth.engine.image.TreeHistory;
import berth.engine.image.TreeStates;
import berth.engine.operation.FailPoints;
import berth.engine.operation.Progress;
import berth.engine.store.Yaml;
import berth.linux.Errno;
import berth.linux.KernelException;
import berth.linux.file.Directory;
import berth.linux.file.DirectoryEntry;
import berth.linux.file.OpenFile;
import berth.linux.socket.FdStreams;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;

/**
 * A directory with backups of containers, see {@link BackupLayout}; {@link Chunks} has what is in their files. What is not in its
 * place yet is in {@code incoming-…}. Used by one thread, which has it to itself.
 */
public final class BackupDirectory {
    private static final String INCOMING = "incoming-";
    private static final String WORK = "backup";
    private static final int MODE = 0600;
    private static final int BUFFER = 1 << 16;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH-mm-ss").withZone(ZoneOffset.UTC);

    private final Directory directory;
    private final BackupLayout layout;
    private final InstantSource clock;
    private final FailPoints failPoints;

    BackupDirectory(Directory directory, String called, InstantSource clock, FailPoints failPoints) {
        this.directory = directory;
        this.layout = new BackupLayout(directory, called);
        this.clock = clock;
        this.failPoints = failPoints;
    }

    /** Damage of a backup: which file of it, and what is wrong. */
    public record Damage(Backup backup, String file, String problem) {}

    /**
     * What is backed up.
     *
     * @param present what is there last, the root's first
     * @param past all that was there and is, the root's first; empty if that is left out
     */
    public record Trees(List<TreeHistory> present, List<TreeHistory> past) {}

    /** What was pruned. */
    public record Pruned(long chunks, long bytes) {}

    /** Makes an empty directory one for backups. @throws BerthException INVALID if it holds anything else */
    void prepare() {
        layout.prepare();
    }

    /** All backups, by container and time; those whose summary cannot be read are left out. */
    public List<Backup> list() {
        List<Backup> all = new ArrayList<>();
        for (BackupLayout.Place place : layout.places()) {
            layout.summary(place).ifPresent(all::add);
        }
        return all;
    }

    /** The backups of {@code container}, the oldest first. */
    public List<Backup> of(String container) {
        return list().stream().filter(b -> b.container().equals(container)).toList();
    }

    /** The backup {@code name} of {@code container}, or its newest. @throws BerthException NOT_FOUND */
    public Backup get(String container, Optional<String> name) {
        return of(container).stream()
                .filter(b -> name.isEmpty() || b.name().equals(name.get()))
                .reduce((_, newer) -> newer)
                .orElseThrow(() -> new BerthException(
                        ErrorCode.NOT_FOUND,
                        "there is no backup %sof container '%s'"
                                .formatted(name.map(n -> "'" + n + "' ").orElse(""), container),
                        "'osctl ct backup ls --to DIR' lists those there are"));
    }

    /** Those of each container, or of {@code containers} if there are any, but the newest {@code keep}. */
    public List<Backup> older(int keep, List<String> containers) {
        List<Backup> older = new ArrayList<>();
        Map<String, Integer> kept = new HashMap<>();
        for (Backup backup : list().reversed()) {
            boolean meant = containers.isEmpty() || containers.contains(backup.container());
            if (meant && kept.merge(backup.container(), 1, Integer::sum) > keep) {
                older.add(backup);
            }
        }
        return older;
    }

    /**
     * Adds a backup of what {@code trees} are. Files that are as in the newest one are not read.
     *
     * @param description what {@link ListedArchive} tells of it
     * @throws BerthException EXHAUSTED if the disk is full; CANCELLED if the thread is interrupted. The directory is as before
     */
    public Backup add(Trees trees, String container, String description, Progress progress) {
        Backup.requireName(container);
        sweep();
        Optional<Backup> newest = of(container).stream().reduce((_, newer) -> newer);
        String incoming = INCOMING
                + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        String work = incoming + "/" + WORK;
        directory.createDirectory(incoming, BackupLayout.DIRECTORY_MODE);
        try (FormerListing former = new FormerListing(newest.map(layout::open).orElse(null))) {
            directory.createDirectory(work, BackupLayout.DIRECTORY_MODE);
            Chunks chunks = new Chunks(directory, incoming, former);
            ListedTree.Summary listed = write(trees, description, chunks, work, progress);
            listed.notes().forEach(progress::note);
            Instant now = clock.instant();
            Backup backup = new Backup(
                    Backup.FORMAT,
                    container,
                    layout.free(container, TIME.format(now)),
                    now,
                    listed.files(),
                    listed.bytes(),
                    chunks.stored() + layout.size(work + "/" + BackupLayout.FILES));
            put(work + "/" + BackupLayout.SUMMARY, Yaml.write(backup).getBytes(StandardCharsets.UTF_8));
            failPoints.before(WORK, "keep chunks");
            progress.step("writing to disk");
            chunks.commit();
            failPoints.before(WORK, "record");
            layout.makeDirectoryOf(container);
            directory.renameToNew(work, BackupLayout.Place.of(backup).path());
            directory.syncFileSystem();
            return backup;
        } catch (KernelException e) {
            throw failure(e);
        } finally {
            directory.removeTree(incoming);
        }
    }

    /**
     * What {@code work} makes of the file systems that {@code backup} holds.
     *
     * @param names what they are called, the root's first
     * @param maxSize the most bytes of content that they may have
     */
    public <T> T restore(
            Backup backup,
            ListedArchive.Damaged damaged,
            List<String> names,
            long maxSize,
            Progress progress,
            Function<TreeStates, T> work) {
        try (FormerListing none = new FormerListing(null);
                ListedArchive archive = layout.open(backup)) {
            return work.apply(archive.present(
                    new Chunks(directory, "", none), damaged, source(backup), names, maxSize, progress));
        }
    }

    /**
     * As {@link #restore}, of what they were too.
     *
     * @param states how many there are of each, the root's first
     */
    public <T> T restorePast(
            Backup backup,
            ListedArchive.Damaged damaged,
            SequencedMap<String, Integer> states,
            long maxSize,
            Progress progress,
            Function<TreeStates, T> work) {
        try (FormerListing none = new FormerListing(null);
                ListedArchive archive = layout.open(backup)) {
            return work.apply(
                    archive.past(new Chunks(directory, "", none), damaged, source(backup), states, maxSize, progress));
        }
    }

    private static String source(Backup backup) {
        return "backup of " + backup.container();
    }

    /** What {@code backup} says of its container. */
    public String description(Backup backup) {
        try (ListedArchive archive = layout.open(backup)) {
            return archive.description();
        }
    }

    /** Reads all that {@code backups} need and compares it with its checksums; damaged chunks are set aside. */
    public List<Damage> verify(List<Backup> backups, Progress progress) {
        List<Damage> damages = new ArrayList<>();
        Map<String, Boolean> whole = new HashMap<>();
        try (FormerListing none = new FormerListing(null)) {
            Chunks chunks = new Chunks(directory, "", none);
            for (Backup backup : backups) {
                progress.step("reading %s %s".formatted(backup.container(), backup.name()));
                verify(backup, chunks, whole, damages);
            }
            whole.forEach((hash, good) -> {
                if (!good) {
                    chunks.setAside(hash);
                }
            });
        }
        return damages;
    }

    private void verify(Backup backup, Chunks chunks, Map<String, Boolean> whole, List<Damage> damages) {
        try (ListedArchive archive = layout.open(backup)) {
            for (var listed = archive.next(); listed.isPresent(); listed = archive.next()) {
                for (ContentList.Chunk chunk : listed.get().content().chunks()) {
                    if (Thread.currentThread().isInterrupted()) {
                        throw new BerthException(ErrorCode.CANCELLED, "the command was interrupted");
                    }
                    if (!whole.computeIfAbsent(
                            chunk.hash(), _ -> chunks.read(chunk).isPresent())) {
                        damages.add(new Damage(
                                backup, listed.get().path(), "chunk %s is missing or damaged".formatted(chunk.hash())));
                    }
                }
            }
        } catch (BerthException e) {
            if (e.code() == ErrorCode.CANCELLED) {
                throw e;
            }
            damages.add(new Damage(backup, "", "its list of files is damaged: " + e.getMessage()));
        }
    }

    /** Deletes {@code backup}; what only it needs goes with the next {@link #prune}. */
    public void delete(Backup backup) {
        sweep();
        String gone = INCOMING
                + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        directory.rename(BackupLayout.Place.of(backup).path(), gone);
        directory.syncFileSystem();
        directory.removeTree(gone);
    }

    /**
     * Removes what no backup needs.
     *
     * @throws BerthException FAILED if what one needs cannot be known; nothing is removed then
     */
    public Pruned prune(Progress progress) {
        sweep();
        Set<String> needed = new HashSet<>();
        for (BackupLayout.Place place : layout.places()) {
            progress.step("reading %s %s".formatted(place.container(), place.name()));
            try (ListedArchive archive = layout.open(place)) {
                for (var listed = archive.next(); listed.isPresent(); listed = archive.next()) {
                    listed.get().content().chunks().forEach(c -> needed.add(c.hash()));
                }
            } catch (BerthException e) {
                throw new BerthException(
                        ErrorCode.FAILED,
                        "nothing is pruned, as what backup %s of '%s' needs cannot be read: %s"
                                .formatted(place.name(), place.container(), e.getMessage()),
                        "delete it with 'osctl ct backup del', or mend it",
                        e);
            }
        }
        long chunks = 0;
        long bytes = 0;
        for (DirectoryEntry group : layout.names(Chunks.DIRECTORY)) {
            for (DirectoryEntry chunk : layout.names(Chunks.DIRECTORY + "/" + group.name())) {
                String path = Chunks.DIRECTORY + "/" + group.name() + "/" + chunk.name();
                if (!needed.contains(chunk.name())) {
                    bytes += layout.size(path);
                    chunks++;
                    directory.remove(path);
                }
            }
        }
        return new Pruned(chunks, bytes);
    }

    private ListedTree.Summary write(Trees trees, String description, Chunks chunks, String work, Progress progress) {
        try (OpenFile file = directory.create(work + "/" + BackupLayout.FILES, MODE);
                OutputStream out =
                        Compression.ZSTD.compress(new BufferedOutputStream(FdStreams.output(file.fd()), BUFFER))) {
            return ListedTree.write(trees.present(), trees.past(), description, chunks, out, progress);
        } catch (IOException e) {
            if (e.getCause() instanceof KernelException cause) {
                throw failure(cause);
            }
            throw new BerthException(ErrorCode.FAILED, "the backup cannot be written: " + e.getMessage(), null, e);
        }
    }

    /** What a daemon that died was writing. */
    private void sweep() {
        directory.list().stream()
                .map(DirectoryEntry::name)
                .filter(name -> name.startsWith(INCOMING))
                .forEach(directory::removeTree);
    }

    private void put(String path, byte[] content) {
        try (OpenFile file = directory.create(path, MODE)) {
            file.write(ByteBuffer.allocateDirect(content.length).put(content).flip());
        }
    }

    private static BerthException failure(KernelException e) {
        boolean full = e.is(Errno.ENOSPC) || e.is(Errno.EDQUOT);
        return new BerthException(
                full ? ErrorCode.EXHAUSTED : ErrorCode.FAILED,
                "the backup cannot be written: " + e.getMessage(),
                null,
                e);
    }
}
