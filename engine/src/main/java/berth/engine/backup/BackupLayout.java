package berth.engine.backup;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.image.ImportRequest;
import berth.engine.image.ListedArchive;
import berth.engine.image.ListedTree;
import berth.engine.store.Yaml;
import berth.linux.KernelException;
import berth.linux.file.Directory;
import berth.linux.file.DirectoryEntry;
import berth.linux.file.OpenFile;
import berth.linux.socket.FdStreams;
import java.io.FilterInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Where in a directory with backups what is: {@code backups/CONTAINER/TIME} has for each {@code backup.yml} and {@code files.tar.zst},
 * a {@link ListedTree}; {@code berth-backup.yml} marks the directory.
 */
final class BackupLayout {
    /** What tells of a backup, see {@link Backup}. */
    static final String SUMMARY = "backup.yml";

    /** What has the files of a backup. */
    static final String FILES = "files.tar.zst";

    static final int DIRECTORY_MODE = 0700;

    private static final String MARK = "berth-backup.yml";
    private static final String MARK_TEXT = "format: 1\n";
    private static final String LOCK = "lock";
    private static final String BACKUPS = "backups";
    private static final int MODE = 0600;

    private final Directory directory;
    private final String called;

    /** @param called what its user calls {@code directory} */
    BackupLayout(Directory directory, String called) {
        this.directory = directory;
        this.called = called;
    }

    /** Where a backup is, whether or not it can be read. */
    record Place(String container, String name) {
        static Place of(Backup backup) {
            return new Place(backup.container(), backup.name());
        }

        String path() {
            return BACKUPS + "/" + container + "/" + name;
        }
    }

    /** Makes an empty directory one for backups. @throws BerthException INVALID if it holds anything else */
    void prepare() {
        if (directory.stat(MARK).isEmpty()) {
            boolean foreign = directory.list().stream()
                    .anyMatch(e -> !e.name().equals(LOCK) && !e.name().equals("lost+found"));
            if (foreign) {
                throw new BerthException(
                        ErrorCode.INVALID,
                        "'%s' holds other things than backups".formatted(called),
                        "make an empty one: 'mkdir -m 700 DIR'");
            }
            directory.writeFileDurably(MARK, MARK_TEXT.getBytes(StandardCharsets.UTF_8), MODE, 0, 0);
        }
        for (String name : List.of(Chunks.DIRECTORY, BACKUPS)) {
            makeDirectory(name);
        }
    }

    /** Every backup, by container and time. @throws BerthException NOT_FOUND if the directory holds none */
    List<Place> places() {
        requireBackups();
        List<Place> all = new ArrayList<>();
        for (DirectoryEntry container : names(BACKUPS)) {
            names(BACKUPS + "/" + container.name()).forEach(name -> all.add(new Place(container.name(), name.name())));
        }
        all.sort(Comparator.comparing(Place::container).thenComparing(Place::name));
        return all;
    }

    /** What the backup at {@code place} is, empty if that cannot be read. */
    Optional<Backup> summary(Place place) {
        try {
            byte[] text = directory.readFile(place.path() + "/" + SUMMARY, Yaml.LIMIT);
            return Optional.of(Yaml.read(new String(text, StandardCharsets.UTF_8), Backup.class))
                    .filter(b ->
                            b.container().equals(place.container()) && b.name().equals(place.name()));
        } catch (BerthException | KernelException e) {
            return Optional.empty();
        }
    }

    /** The files of {@code backup}. @throws BerthException UNTRUSTED */
    ListedArchive open(Backup backup) {
        return open(Place.of(backup));
    }

    /** The files of the backup at {@code place}. @throws BerthException UNTRUSTED */
    ListedArchive open(Place place) {
        String path = place.path() + "/" + FILES;
        try {
            OpenFile file = directory.openRead(path);
            InputStream in = new FilterInputStream(FdStreams.input(file.fd())) {
                @Override
                public void close() {
                    file.close();
                }
            };
            return new ListedArchive(in, ImportRequest.DEFAULT_MAX_SIZE);
        } catch (KernelException e) {
            throw new BerthException(ErrorCode.UNTRUSTED, "%s cannot be read: %s".formatted(path, e.reason()), null, e);
        }
    }

    /** {@code name}, or with a number behind it where {@code container} has a backup of that name. */
    String free(String container, String name) {
        String candidate = name;
        for (int i = 2; directory.stat(new Place(container, candidate).path()).isPresent(); i++) {
            candidate = name + "-" + i;
        }
        return candidate;
    }

    /** Makes the directory of the backups of {@code container}, if there is none. */
    void makeDirectoryOf(String container) {
        makeDirectory(BACKUPS + "/" + container);
    }

    /** How many bytes the file at {@code path} has; 0 if there is none. */
    long size(String path) {
        return directory.stat(path).map(s -> s.size()).orElse(0L);
    }

    /** What is in the directory at {@code path}. */
    List<DirectoryEntry> names(String path) {
        try (Directory found = directory.openDirectory(path)) {
            return found.list();
        }
    }

    private void makeDirectory(String path) {
        if (directory.stat(path).isEmpty()) {
            directory.createDirectory(path, DIRECTORY_MODE);
        }
    }

    private void requireBackups() {
        if (directory.stat(MARK).isEmpty()) {
            throw new BerthException(
                    ErrorCode.NOT_FOUND,
                    "'%s' holds no backups".formatted(called),
                    "'osctl ct backup new --to %s' makes one".formatted(called));
        }
    }
}
