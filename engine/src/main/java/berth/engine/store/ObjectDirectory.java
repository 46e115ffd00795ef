package berth.engine.store;

import berth.engine.BerthException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files of one kind of object: {@code <id>.yml}, beside what was set aside and what writes have left. */
final class ObjectDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(ObjectDirectory.class);
    private static final String ENDING = ".yml";

    private final Path path;

    ObjectDirectory(Path path) {
        this.path = path;
    }

    /** Reads the object of one file. */
    @FunctionalInterface
    interface Reader<T> {
        /** @throws BerthException if the file does not hold object {@code id} */
        T read(String id, Path file) throws IOException;
    }

    Path path() {
        return path;
    }

    Path file(String id) {
        return path.resolve(FileName.of(id) + ENDING);
    }

    /** The file that is called {@code name}, or what it was when it was set aside. */
    Optional<Path> fileOrBroken(String name) {
        return Stream.of(name + ENDING, name + ENDING + ".broken")
                .map(path::resolve)
                .filter(Files::exists)
                .findFirst();
    }

    /** The ids of all objects that have a file, whether that can be read, cannot, or was set aside. */
    Set<String> ids() {
        Set<String> ids = new TreeSet<>();
        if (!Files.isDirectory(path)) {
            return ids;
        }
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(path, "[!.]*" + ENDING + "{,.broken,.broken.*}")) {
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                FileName.id(name.substring(0, name.lastIndexOf(ENDING))).ifPresent(ids::add);
            }
        } catch (IOException e) {
            throw FileFailure.of("read", path, e);
        }
        return ids;
    }

    /** Creates the directory, with its parents, if it is missing. */
    void make() throws IOException {
        if (!Files.isDirectory(path)) {
            Files.createDirectories(
                    path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Path parent = path.getParent();
            if (parent != null) {
                DurableFile.syncDirectory(parent);
            }
        }
    }

    /** Reads every object, on all processors, and sets the broken ones aside. */
    <T> Contents<T> load(Reader<T> reader) {
        List<Path> files = files();
        List<T> objects = new ArrayList<>(files.size());
        List<Broken> broken = new ArrayList<>();
        List<Result<T>> results =
                files.parallelStream().map(file -> read(file, reader)).toList();
        for (Result<T> result : results) {
            switch (result) {
                case Result.Sound<T>(T object) -> objects.add(object);
                case Result.Unsound<T>(Broken report) -> broken.add(report);
            }
        }
        return new Contents<>(objects, broken);
    }

    /** Renames the file of object {@code id} to {@code <id>.yml.broken}, or {@code .broken.N}, and logs why. */
    Broken setAside(String id, String reason) {
        return setAside(id, file(id), reason);
    }

    private List<Path> files() {
        if (!Files.exists(path)) {
            return List.of();
        }
        List<Path> files = new ArrayList<>();
        try {
            DurableFile.sweep(path);
        } catch (IOException e) {
            LOG.warn("Leftovers in {} stay: {}", path, e.getMessage());
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path, "[!.]*" + ENDING)) {
            entries.forEach(files::add);
        } catch (IOException e) {
            throw FileFailure.of("read", path, e);
        }
        Collections.sort(files);
        return files;
    }

    private sealed interface Result<T> {
        record Sound<T>(T object) implements Result<T> {}

        record Unsound<T>(Broken broken) implements Result<T> {}
    }

    private <T> Result<T> read(Path file, Reader<T> reader) {
        String fileName = String.valueOf(file.getFileName());
        String name = fileName.substring(0, fileName.length() - ENDING.length());
        Optional<String> id = FileName.id(name);
        if (id.isEmpty()) {
            return new Result.Unsound<>(setAside(name, file, "its name is not that of an object"));
        }
        try {
            return new Result.Sound<>(reader.read(id.get(), file));
        } catch (BerthException e) {
            return new Result.Unsound<>(setAside(id.get(), file, e.getMessage()));
        } catch (IOException e) {
            // The content may be sound, only the disk is not: the file keeps its name.
            String reason = FileFailure.of("read", file, e).getMessage();
            LOG.warn("{}; it is left out until the next start", reason);
            return new Result.Unsound<>(new Broken(id.get(), reason, file));
        }
    }

    private Broken setAside(String id, Path file, String reason) {
        Path aside = file.resolveSibling(file.getFileName() + ".broken");
        for (int n = 2; Files.exists(aside); n++) {
            aside = file.resolveSibling(file.getFileName() + ".broken." + n);
        }
        Path kept = file;
        try {
            kept = Files.move(file, aside);
        } catch (IOException e) {
            LOG.warn("{} cannot be renamed: {}", file, e.getMessage());
        }
        LOG.warn("{} is broken and is left out: {}; it is kept as {}", file, reason, kept.getFileName());
        return new Broken(id, reason, kept);
    }
}
