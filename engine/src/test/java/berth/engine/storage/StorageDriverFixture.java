package berth.engine.storage;

import berth.engine.idmap.HostIds;
import berth.engine.idmap.IdMap;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import berth.linux.mount.MountPoint;
import berth.linux.mount.Mounts;
import berth.linux.mount.UserNamespaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;

/** A pool with an image and the container {@code web}, for tests of a storage driver. One class per driver says how it is made. */
@Tag("root")
public abstract class StorageDriverFixture {
    protected static final UserNamespaces NAMESPACES =
            new UserNamespaces(List.of("/usr/bin/unshare", "--user", "/bin/sh", "-c", "echo; exec cat"));
    static final String CAPABILITY = "security.capability";

    static final Ids WEB = ids(700_000);
    static final Ids MAIL = ids(800_000);

    StorageDriver driver;
    Path store;
    Path image;
    Path target;
    RootFilesystem web;

    /** The driver, whose layers will be in the directory {@code ct} of {@code pool}, which has a {@code trash}. */
    protected abstract StorageDriver driver(Path pool);

    /** Skips a test of trees that several containers mount where the driver cannot have them. */
    protected void requireShared() {}

    /** A new directory for a pool. */
    protected abstract Path pool() throws IOException;

    /** A new, empty directory for the tree of an image in {@code pool}. */
    protected abstract Path imageTree(Path pool) throws IOException;

    @BeforeEach
    void makeAPoolWithAnImage() throws IOException {
        Path pool = pool();
        driver = driver(pool);
        store = pool.resolve("ct");
        image = imageTree(pool);
        target = Files.createDirectory(pool.resolve("mounted"));
        Files.createDirectories(image.resolve("etc/conf.d"));
        Files.writeString(image.resolve("etc/name"), "image");
        Files.writeString(image.resolve("etc/conf.d/a"), "a");
        Files.writeString(image.resolve("doomed"), "image");
        Files.createLink(image.resolve("etc/alias"), image.resolve("etc/name"));
        Files.createSymbolicLink(image.resolve("link"), Path.of("etc/name"));
        Files.writeString(image.resolve("ping"), "program");
        try (Directory tree = Directory.open(image, Resolution.NO_LINKS)) {
            tree.chmod("ping", 04755);
            tree.setXattr("ping", "user.note", new byte[] {1});
            tree.setXattr("ping", CAPABILITY, HexFormat.of().parseHex("0100000200200000000000000000000000000000"));
        }
        web = new RootFilesystem(store, "web", List.of(), image, WEB);
        driver.create(web);
    }

    @AfterEach
    void unmountEverything() {
        Mounts.table().reversed().stream()
                .map(MountPoint::target)
                .filter(t -> t.startsWith(target))
                .forEach(Mounts::unmount);
    }

    private static Ids ids(long start) {
        IdMap map = IdMap.from(new HostIds(start, 65_536));
        return new Ids(map, map);
    }

    protected StorageDriver driver() {
        return driver;
    }

    protected RootFilesystem web() {
        return web;
    }

    protected Path imageTree() {
        return image;
    }

    protected void destroy(String layer) {
        driver.destroy(store.resolve(layer));
    }

    /** Does {@code work} in the mounted {@code root}. */
    protected void in(RootFilesystem root, AttachedMount.Work work) throws IOException {
        AttachedMount.in(driver.mount(root), target, work);
    }

    protected void inFrozen(RootFilesystem root, AttachedMount.Work work) throws IOException {
        AttachedMount.in(driver.mountFrozen(root), target, work);
    }

    /** The root file system {@code tip} that begins with what {@code root} has now, {@code root} being left alone. */
    protected RootFilesystem on(RootFilesystem root, String tip) {
        List<Layer> layers = new ArrayList<>(List.of(Layer.own(root.tip())));
        layers.addAll(root.below());
        driver.create(root.with(tip, layers));
        return root.with(tip, driver.needed(layers));
    }

    protected static int uid(Path file) throws IOException {
        return (int) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    }

    /** A shared tree as a container with {@code ids} has it. */
    protected RootFilesystem shared(Ids ids) throws IOException {
        requireShared();
        Path empty = Files.createDirectories(store.resolveSibling("empty").resolve("tree"));
        return new RootFilesystem(store, "shared@media@00000001", List.of(), empty, ids);
    }

    /** Does {@code work} in the mounted shared {@code tree}. */
    protected void inShared(RootFilesystem tree, AttachedMount.Work work) throws IOException {
        AttachedMount.in(driver.mountShared(tree), target, work);
    }
}
