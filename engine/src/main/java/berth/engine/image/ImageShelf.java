package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.store.Change;
import berth.engine.store.DurableFile;
import berth.engine.store.FileFailure;
import berth.engine.store.Yaml;
import berth.linux.KernelException;
import berth.linux.file.Directory;
import berth.linux.file.DirectoryEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** Which images of a pool are in the trash: those with a note {@value #NOTE}. Readers need no lock, writers take turns. */
final class ImageShelf {
    private static final String NOTE = "trashed.yml";

    private final Path path;
    private final Map<String, TrashedImage> byId = new ConcurrentSkipListMap<>();

    /** The content of a note. */
    private record Note(List<String> names, Change change) {}

    private ImageShelf(Path path) {
        this.path = path;
    }

    /** Those in {@code directory}, which is {@code path}. One whose note or description is broken is not there. */
    static ImageShelf load(Path path, Directory directory) {
        ImageShelf shelf = new ImageShelf(path);
        for (DirectoryEntry entry : directory.list()) {
            String id = entry.name();
            if (id.matches("[0-9a-f]{64}") && directory.stat(id + "/" + NOTE).isPresent()) {
                try {
                    Note note = read(directory, id + "/" + NOTE, Note.class);
                    Image image = read(directory, id + "/" + Intake.DESCRIPTION, Image.class);
                    shelf.byId.put(id, new TrashedImage(image.withNames(note.names()), note.change()));
                } catch (KernelException | BerthException e) {
                    // What cannot be told to be in the trash is an image like any other.
                    shelf.byId.remove(id);
                }
            }
        }
        return shelf;
    }

    List<TrashedImage> all() {
        return List.copyOf(byId.values());
    }

    Optional<TrashedImage> find(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** Puts {@code image}, which is there, into the trash, durably. */
    void put(Image image, Change change) {
        Path note = path.resolve(image.id()).resolve(NOTE);
        try {
            DurableFile.write(note, Yaml.write(new Note(image.names(), change)), DurableFile.PRIVATE);
        } catch (IOException e) {
            throw FileFailure.of("write", note, e);
        }
        byId.put(image.id(), new TrashedImage(image, change));
    }

    /** @throws BerthException NOT_FOUND if it is not there */
    TrashedImage get(String id) {
        return find(id).orElseThrow(() ->
                new BerthException(ErrorCode.NOT_FOUND, "image '%.12s' is not in the trash any more".formatted(id)));
    }

    /**
     * Takes the image {@code id} from the trash, durably, and what it stands on; it is in {@code catalogue} then like any other. Of the
     * names {@code wanted} it gets those that are free.
     *
     * @throws BerthException NOT_FOUND if it is not there
     */
    void restore(String id, List<String> wanted, Catalogue catalogue) {
        Image image = get(id).image();
        Optional<TrashedImage> below = image.base().flatMap(this::find);
        below.ifPresent(base -> restore(base.image().id(), base.image().names(), catalogue));
        boolean stands = image.base().flatMap(catalogue::find).isPresent();
        catalogue.add(stands ? image : image.alone());
        wanted.stream().filter(n -> catalogue.find(n).isEmpty()).forEach(n -> catalogue.tag(id, n));
        Path note = path.resolve(id).resolve(NOTE);
        try {
            DurableFile.remove(note);
        } catch (IOException e) {
            throw FileFailure.of("remove", note, e);
        }
        byId.remove(id);
    }

    /** Forgets the image {@code id}, which is gone. */
    void forget(String id) {
        byId.remove(id);
    }

    private static <T> T read(Directory directory, String file, Class<T> type) {
        return Yaml.read(new String(directory.readFile(file, Yaml.LIMIT), StandardCharsets.UTF_8), type);
    }
}
