package berth.engine.store;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Objects whose former states are kept: {@code <id>.yml} is the current revision, {@code <id>.history/<N>.yml} are the newest
 * {@value #KEEP} before it.
 *
 * <p>A file starts with the keys {@code revision} and {@code change}, the object's own follow. The former file moves into the
 * history by link(2) before the new one is renamed over it, so at every moment the current file is whole and no revision is
 * missing. Otherwise as {@link ObjectStore}.
 *
 * @param <T> a record that {@link Yaml} can write, without components named {@code revision} or {@code change}
 */
public final class VersionedStore<T> {
    /** How many former revisions of an object are kept. */
    public static final int KEEP = 20;

    private static final Logger LOG = LoggerFactory.getLogger(VersionedStore.class);
    private static final String HISTORY = ".history";
    private static final String REVISION = "revision";
    private static final String CHANGE = "change";

    private final ObjectDirectory directory;
    private final Class<T> type;
    private final Function<? super T, String> id;

    /** @param id where an object has its id */
    public VersionedStore(Path directory, Class<T> type, Function<? super T, String> id) {
        this.directory = new ObjectDirectory(directory);
        this.type = type;
        this.id = id;
    }

    /** The directory of the files. */
    public Path directory() {
        return directory.path();
    }

    /** The current revision of every object; broken files as in {@link ObjectStore#load()}. */
    public Contents<Revision<T>> load() {
        Contents<Revision<T>> contents = directory.load(this::read);
        sweepHistories();
        return contents;
    }

    /** The ids of all objects that have a file, also of those whose file is broken or was set aside. */
    public Set<String> ids() {
        return directory.ids();
    }

    /** The file of object {@code id}, also one that is broken or was set aside. */
    public Optional<Path> file(String id) {
        return directory.fileOrBroken(FileName.of(id));
    }

    /** The current revision of object {@code id} as it is on disk. @throws BerthException INVALID if its file is broken */
    public Optional<Revision<T>> read(String id) {
        Path file = directory.file(id);
        try {
            return Files.exists(file) ? Optional.of(read(id, file)) : Optional.empty();
        } catch (IOException e) {
            throw FileFailure.of("read", file, e);
        }
    }

    /** Makes {@code object} the current revision, because of {@code change}. If nothing differs, the current one stays. */
    public Revision<T> save(T object, Change change) {
        String name = id.apply(object);
        Path file = directory.file(name);
        try {
            ObjectNode content = Yaml.tree(object);
            int former = 0;
            if (Files.exists(file)) {
                ObjectNode current = Yaml.tree(file);
                former = number(current);
                Change formerChange = change(current);
                UnknownKeys.keep(headless(current), content, type);
                if (content.equals(headless(current))) {
                    return new Revision<>(former, formerChange, object);
                }
                preserve(name, file, former);
            }
            int next = Math.max(former, newest(name)) + 1;
            directory.make();
            DurableFile.write(file, Yaml.write(headed(next, change, content)), DurableFile.PRIVATE);
            prune(name);
            return new Revision<>(next, change, object);
        } catch (IOException e) {
            throw FileFailure.of("write", file, e);
        }
    }

    /**
     * Makes {@code revisions}, the newest first, all that is known of an object, one that was elsewhere before. May be repeated;
     * the object exists when the newest is written, which comes last.
     */
    public void adopt(List<Revision<T>> revisions) {
        Revision<T> current = revisions.getFirst();
        String name = id.apply(current.value());
        Path file = directory.file(name);
        List<Revision<T>> former = revisions.subList(1, Math.min(KEEP + 1, revisions.size()));
        try {
            directory.make();
            Path history = history(name, directory);
            removeHistory(history);
            if (!former.isEmpty()) {
                Files.createDirectory(history);
            }
            for (Revision<T> revision : former) {
                write(former(name, revision.number()), revision);
            }
            write(file, current);
        } catch (IOException e) {
            throw FileFailure.of("write", file, e);
        }
    }

    /** Removes object {@code id} and its history, durably; nothing happens if there is none. */
    public void remove(String id) {
        Path file = directory.file(id);
        try {
            DurableFile.remove(file);
            removeHistory(history(id, directory));
        } catch (IOException e) {
            throw FileFailure.of("remove", file, e);
        }
    }

    /** Every revision of object {@code id} that is kept, the current one first; broken ones are skipped and logged. */
    public List<Revision<T>> history(String id) {
        List<Revision<T>> revisions = new ArrayList<>();
        read(id).ifPresent(revisions::add);
        int current =
                revisions.isEmpty() ? Integer.MAX_VALUE : revisions.getFirst().number();
        try {
            for (int number : numbers(id)) {
                if (number < current) {
                    readFormer(id, number).ifPresent(revisions::add);
                }
            }
        } catch (IOException e) {
            throw FileFailure.of("read", history(id, directory), e);
        }
        return List.copyOf(revisions);
    }

    /** One revision of object {@code id}, if it is kept. @throws BerthException INVALID if the current file is broken */
    public Optional<Revision<T>> get(String id, int revision) {
        Optional<Revision<T>> current = read(id).filter(r -> r.number() == revision);
        return current.isPresent() ? current : readFormer(id, revision);
    }

    /** Sets the current file of object {@code id} aside, as {@link #load} does, for a reason that only the caller can see. */
    public Broken setAside(String id, String reason) {
        return directory.setAside(id, reason);
    }

    private Revision<T> read(String expected, Path file) throws IOException {
        ObjectNode tree = Yaml.tree(file);
        T object = Yaml.fromTree(headless(tree), type);
        String actual = id.apply(object);
        if (!actual.equals(expected)) {
            throw new BerthException(
                    ErrorCode.INVALID, "it holds '%s', its name says '%s'".formatted(actual, expected));
        }
        return new Revision<>(number(tree), change(tree), object);
    }

    private Optional<Revision<T>> readFormer(String id, int number) {
        Path file = former(id, number);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(read(id, file));
        } catch (BerthException | IOException e) {
            LOG.warn("{} is broken and is left out: {}", file, e.getMessage());
            return Optional.empty();
        }
    }

    private static <T> void write(Path file, Revision<T> revision) throws IOException {
        ObjectNode content = Yaml.tree(revision.value());
        DurableFile.write(file, Yaml.write(headed(revision.number(), revision.change(), content)), DurableFile.PRIVATE);
    }

    private void preserve(String id, Path current, int number) throws IOException {
        Path history = history(id, directory);
        if (!Files.isDirectory(history)) {
            Files.createDirectory(history);
        }
        try {
            Files.createLink(former(id, number), current);
        } catch (FileAlreadyExistsException e) {
            // A save was cut off after its link: what stands there is this very file.
            Files.delete(former(id, number));
            Files.createLink(former(id, number), current);
        }
    }

    private void prune(String id) throws IOException {
        List<Integer> numbers = numbers(id);
        for (int number : numbers.subList(Math.min(KEEP, numbers.size()), numbers.size())) {
            Files.deleteIfExists(former(id, number));
        }
    }

    private int newest(String id) throws IOException {
        return numbers(id).stream().findFirst().orElse(0);
    }

    /** The numbers of the former revisions, the newest first. */
    private List<Integer> numbers(String id) throws IOException {
        Path history = history(id, directory);
        List<Integer> numbers = new ArrayList<>();
        if (Files.isDirectory(history)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(history, "*.yml")) {
                for (Path file : files) {
                    String name = String.valueOf(file.getFileName());
                    if (name.matches("[1-9][0-9]{0,8}\\.yml")) {
                        numbers.add(Integer.valueOf(name.substring(0, name.length() - ".yml".length())));
                    }
                }
            }
        }
        numbers.sort(Comparator.reverseOrder());
        return numbers;
    }

    /** A removal may have been cut off between the object and its history. */
    private void sweepHistories() {
        if (!Files.isDirectory(directory.path())) {
            return;
        }
        try (DirectoryStream<Path> histories = Files.newDirectoryStream(directory.path(), "*" + HISTORY)) {
            for (Path history : histories) {
                String name = String.valueOf(history.getFileName());
                if (directory
                        .fileOrBroken(name.substring(0, name.length() - HISTORY.length()))
                        .isEmpty()) {
                    removeHistory(history);
                }
            }
        } catch (IOException e) {
            LOG.warn("Old histories in {} stay: {}", directory.path(), e.getMessage());
        }
    }

    private static void removeHistory(Path history) throws IOException {
        if (!Files.isDirectory(history)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(history)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(history);
    }

    private Path former(String id, int number) {
        return history(id, directory).resolve(number + ".yml");
    }

    private static Path history(String id, ObjectDirectory directory) {
        return directory.path().resolve(FileName.of(id) + HISTORY);
    }

    private static ObjectNode headed(int revision, Change change, ObjectNode content) {
        ObjectNode document = content.objectNode();
        document.put(REVISION, revision);
        document.set(CHANGE, Yaml.tree(change));
        document.setAll(content);
        return document;
    }

    private static ObjectNode headless(ObjectNode document) {
        ObjectNode content = document.objectNode();
        content.setAll(document);
        content.remove(List.of(REVISION, CHANGE));
        return content;
    }

    private static int number(ObjectNode document) {
        @Nullable JsonNode number = document.get(REVISION);
        if (number == null || !number.isInt() || number.intValue() < 1) {
            throw new BerthException(ErrorCode.INVALID, "its revision number is missing");
        }
        return number.intValue();
    }

    private static Change change(ObjectNode document) {
        @Nullable JsonNode change = document.get(CHANGE);
        if (change == null) {
            throw new BerthException(ErrorCode.INVALID, "it does not say who changed it");
        }
        return Yaml.fromTree(change, Change.class);
    }
}
