package berth.engine.store;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/**
 * Objects of one kind, one file {@code <id>.yml} each in a directory.
 *
 * <p>Different objects may be saved at the same time; the same one only under its lock. The directory is made with the first
 * object. What a save wrote is durable when it returns.
 *
 * @param <T> a record that {@link Yaml} can write, its id among its components
 */
public final class ObjectStore<T> {
    private final ObjectDirectory directory;
    private final Class<T> type;
    private final Function<? super T, String> id;

    /** @param id where an object has its id */
    public ObjectStore(Path directory, Class<T> type, Function<? super T, String> id) {
        this.directory = new ObjectDirectory(directory);
        this.type = type;
        this.id = id;
    }

    /** The directory of the files. */
    public Path directory() {
        return directory.path();
    }

    /**
     * Every object. A file that cannot be read as one, or holds an object of another id, is reported, logged and set aside by
     * renaming. A missing directory holds nothing.
     *
     * @throws BerthException FAILED if the directory cannot be read
     */
    public Contents<T> load() {
        return directory.load(this::read);
    }

    /** The ids of all objects that have a file, also of those whose file is broken or was set aside. */
    public Set<String> ids() {
        return directory.ids();
    }

    /** The object {@code id} as it is on disk. @throws BerthException INVALID if its file is broken */
    public Optional<T> read(String id) {
        Path file = directory.file(id);
        try {
            return Files.exists(file) ? Optional.of(read(id, file)) : Optional.empty();
        } catch (IOException e) {
            throw FileFailure.of("read", file, e);
        }
    }

    /** Writes {@code object} in place of its former version; keys of that which {@code T} does not know are kept. */
    public void save(T object) {
        Path file = directory.file(id.apply(object));
        try {
            ObjectNode next = Yaml.tree(object);
            if (Files.exists(file)) {
                UnknownKeys.keep(Yaml.tree(file), next, type);
            }
            directory.make();
            DurableFile.write(file, Yaml.write(next), DurableFile.PRIVATE);
        } catch (IOException e) {
            throw FileFailure.of("write", file, e);
        }
    }

    /** Removes object {@code id}, durably; nothing happens if there is none. */
    public void remove(String id) {
        Path file = directory.file(id);
        try {
            DurableFile.remove(file);
        } catch (IOException e) {
            throw FileFailure.of("remove", file, e);
        }
    }

    /** Sets the file of object {@code id} aside, as {@link #load} does, for a reason that only the caller can see. */
    public Broken setAside(String id, String reason) {
        return directory.setAside(id, reason);
    }

    private T read(String expected, Path file) throws IOException {
        T object = Yaml.read(file, type);
        String actual = id.apply(object);
        if (!actual.equals(expected)) {
            throw new BerthException(
                    ErrorCode.INVALID, "it holds '%s', its name says '%s'".formatted(actual, expected));
        }
        return object;
    }
}
