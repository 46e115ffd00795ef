package berth.engine.image;

import berth.linux.file.Directory;
import berth.linux.file.DirectoryEntry;
import berth.linux.file.OpenFile;
import berth.linux.file.Resolution;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A directory beside the images in which one is prepared. It is removed unless it was {@link #moveTo moved} into its place;
 * what a crash leaves is removed by {@link #sweep}.
 */
final class Staging implements AutoCloseable {
    static final String TREE = "tree";

    private static final String PACKAGE = "package";

    private static final String PASSING = "passing";

    private static final String INCOMING = ".incoming-";
    private static final String OUTGOING = ".outgoing-";

    private final Directory images;
    private final Path path;
    private final String name;

    private Staging(Directory images, Path path, String name) {
        this.images = images;
        this.path = path;
        this.name = name;
    }

    /** Makes a new one with an empty tree in it. */
    static Staging create(Directory images, Path imagesPath) {
        Staging staging = scratch(images, imagesPath);
        images.createDirectory(staging.name + "/" + TREE, 0755);
        return staging;
    }

    /** Makes a new one with nothing in it. */
    static Staging scratch(Directory images, Path imagesPath) {
        String name = random(INCOMING);
        images.createDirectory(name, 0700);
        return new Staging(images, imagesPath.resolve(name), name);
    }

    /** Has the image that this becomes removed by the next daemon, unless it is {@link #keep kept}. */
    void markPassing() {
        try (Directory staged = open();
                OpenFile mark = staged.create(PASSING, 0600)) {
            mark.sync();
        }
    }

    /** Whether image {@code id} was marked and not kept. */
    static boolean isPassing(Directory images, String id) {
        return images.stat(id + "/" + PASSING).isPresent();
    }

    /** Takes the mark away from image {@code id}. */
    static void keep(Directory images, String id) {
        if (isPassing(images, id)) {
            images.remove(id + "/" + PASSING);
        }
    }

    /** Where image {@code id} of those in {@code imagesPath} has its tree. */
    static Path tree(Path imagesPath, String id) {
        return imagesPath.resolve(id).resolve(TREE);
    }

    /** Removes the image {@code id}: at once from sight, then from the disk. */
    static void removeImage(Directory images, String id) {
        String name = random(OUTGOING);
        images.rename(id, name);
        images.sync();
        images.removeTree(name);
    }

    /** Removes what earlier daemons did not finish. */
    static void sweep(Directory images) {
        for (DirectoryEntry entry : images.list()) {
            if (entry.name().startsWith(INCOMING) || entry.name().startsWith(OUTGOING)) {
                images.removeTree(entry.name());
            }
        }
    }

    /** Its path, which nobody but root can enter. */
    Path path() {
        return path;
    }

    /** Opens the tree for a guest's paths. */
    Directory openTree() {
        try (Directory staged = images.openDirectory(name);
                Directory tree = staged.openDirectory(TREE)) {
            return tree.with(Resolution.IN_ROOT);
        }
    }

    /** Makes the tree, a package, a directory beside an empty tree, for {@link #openPackage}. */
    void setAside() {
        try (Directory staged = images.openDirectory(name)) {
            staged.rename(TREE, PACKAGE);
            staged.createDirectory(TREE, 0755);
        }
    }

    /** Opens the directory itself. */
    Directory open() {
        return images.openDirectory(name);
    }

    /** Opens what was set aside for paths that it says itself. */
    Directory openPackage() {
        try (Directory staged = images.openDirectory(name);
                Directory aside = staged.openDirectory(PACKAGE)) {
            return aside.with(Resolution.IN_ROOT);
        }
    }

    /** Removes all but the tree. */
    void removeRest() {
        try (Directory staged = images.openDirectory(name)) {
            staged.list().stream()
                    .map(DirectoryEntry::name)
                    .filter(entry -> !entry.equals(TREE))
                    .forEach(staged::removeTree);
        }
    }

    /** Makes the directory {@code top} of the tree the tree, and removes what was beside it. */
    void promote(String top) {
        try (Directory staged = images.openDirectory(name)) {
            staged.rename(TREE + "/" + top, "promoted");
            staged.removeTree(TREE);
            staged.rename("promoted", TREE);
        }
    }

    /** Makes it the image {@code id}, durably. Everything in it is on disk before its name is. */
    void moveTo(String id) throws IOException {
        images.syncFileSystem();
        images.renameToNew(name, id);
        images.sync();
    }

    @Override
    public void close() {
        images.removeTree(name);
    }

    private static String random(String prefix) {
        return prefix + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    }
}
