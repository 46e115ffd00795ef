package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.store.DurableFile;
import berth.engine.store.FileFailure;
import berth.engine.store.Yaml;
import berth.linux.KernelException;
import berth.linux.file.Directory;
import berth.linux.file.DirectoryEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which images there are and what they are called. Tags are one file of their own, so that a tag moves from one image to another
 * in one step. A change is on disk before it is seen. Readers need no lock; writers take turns by their caller's.
 */
final class Catalogue {
    private static final String NAMES = "names.yml";
    private static final String DESCRIPTION = "image.yml";
    private static final int MIN_PREFIX = 6;

    private final Path namesFile;
    private final List<String> problems;
    private volatile Content content;

    /** Ids by name, images by id, whose {@code names} are not looked at. */
    private record Content(Map<String, String> names, Map<String, Image> images) {
        Image named(Image image) {
            return image.withNames(names.entrySet().stream()
                    .filter(name -> name.getValue().equals(image.id()))
                    .map(Map.Entry::getKey)
                    .toList());
        }
    }

    /** The content of the names' file. */
    private record Names(Map<String, String> names) {}

    private Catalogue(Path namesFile, Content content, List<String> problems) {
        this.namesFile = namesFile;
        this.content = content;
        this.problems = problems;
    }

    /** Those in {@code directory}, which is {@code path}, but for those of {@code shelf}. */
    static Catalogue load(Path path, Directory directory, ImageShelf shelf) {
        List<String> problems = new ArrayList<>();
        Map<String, Image> images = new HashMap<>();
        for (DirectoryEntry entry : directory.list()) {
            if (entry.name().matches("[0-9a-f]{64}") && shelf.find(entry.name()).isEmpty()) {
                try {
                    images.put(entry.name(), read(directory, entry.name() + "/" + DESCRIPTION, Image.class));
                } catch (KernelException | BerthException e) {
                    problems.add("image %s is left out, its description is broken: %s"
                            .formatted(entry.name(), e.getMessage()));
                }
            }
        }
        images.replaceAll((_, image) ->
                image.base().filter(base -> !images.containsKey(base)).isPresent() ? image.alone() : image);
        Map<String, String> names = new TreeMap<>();
        try {
            if (directory.stat(NAMES).isPresent()) {
                names.putAll(read(directory, NAMES, Names.class).names());
            }
        } catch (KernelException | BerthException e) {
            problems.add("the images' names are lost, %s is broken: %s".formatted(NAMES, e.getMessage()));
        }
        names.values().removeIf(id -> !images.containsKey(id));
        return new Catalogue(path.resolve(NAMES), new Content(names, images), problems);
    }

    List<String> problems() {
        return List.copyOf(problems);
    }

    void addProblem(String problem) {
        problems.add(problem);
    }

    List<Image> list() {
        Content now = content;
        return now.images().values().stream()
                .map(now::named)
                .sorted(Comparator.comparing((Image image) -> image.names().isEmpty())
                        .thenComparing(image -> image.names().isEmpty() ? "" : image.label())
                        .thenComparing(Image::created)
                        .thenComparing(Image::id))
                .toList();
    }

    /** As {@link Images#find}. */
    Optional<Image> find(String reference) {
        Content now = content;
        String id = now.names().getOrDefault(reference, reference);
        if (now.images().containsKey(id)) {
            return Optional.of(now.images().get(id)).map(now::named);
        }
        if (reference.length() < MIN_PREFIX) {
            return Optional.empty();
        }
        List<Image> matching = now.images().values().stream()
                .filter(image -> image.id().startsWith(reference))
                .toList();
        if (matching.size() > 1) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "'%s' is the start of %d images' ids".formatted(reference, matching.size()),
                    "give more digits");
        }
        return matching.stream().findFirst().map(now::named);
    }

    /** As {@link #find}. @throws BerthException NOT_FOUND if there is none; INVALID if several ids begin so */
    Image get(String reference) {
        return find(reference)
                .orElseThrow(() -> new BerthException(
                        ErrorCode.NOT_FOUND,
                        "there is no image '%s'".formatted(reference),
                        "'osctl image ls' lists those there are"));
    }

    /** The images that stand on {@code id}. */
    List<Image> standingOn(String id) {
        return list().stream()
                .filter(image -> image.base().filter(id::equals).isPresent())
                .toList();
    }

    void add(Image image) {
        Map<String, Image> images = new HashMap<>(content.images());
        images.put(image.id(), image);
        content = new Content(content.names(), images);
    }

    Image tag(String id, String name) {
        Map<String, String> names = new TreeMap<>(content.names());
        names.put(name, id);
        save(names, content.images());
        return get(id);
    }

    void untag(String name) {
        Map<String, String> names = new TreeMap<>(content.names());
        names.remove(name);
        save(names, content.images());
    }

    void remove(String id) {
        Map<String, String> names = new TreeMap<>(content.names());
        Map<String, Image> images = new HashMap<>(content.images());
        images.remove(id);
        names.values().removeIf(id::equals);
        save(names, images);
    }

    private void save(Map<String, String> names, Map<String, Image> images) {
        try {
            if (!names.equals(content.names())) {
                DurableFile.write(namesFile, Yaml.write(new Names(names)), DurableFile.PRIVATE);
            }
        } catch (IOException e) {
            throw FileFailure.of("write", namesFile, e);
        }
        content = new Content(names, images);
    }

    private static <T> T read(Directory directory, String file, Class<T> type) {
        return Yaml.read(new String(directory.readFile(file, Yaml.LIMIT), StandardCharsets.UTF_8), type);
    }
}
