package berth.engine.storage.dir;

import static java.util.Objects.requireNonNull;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.idmap.IdMap;
import berth.engine.storage.IdmappedTree;
import berth.engine.storage.Ids;
import berth.engine.storage.Layer;
import berth.engine.storage.RootFilesystem;
import berth.engine.storage.StorageDriver;
import berth.engine.storage.Trash;
import berth.engine.store.DurableFile;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.file.Directory;
import berth.linux.file.FileStat;
import berth.linux.file.Resolution;
import berth.linux.file.TreeWalk;
import berth.linux.mount.MountAttribute;
import berth.linux.mount.Mounts;
import berth.linux.mount.OverlayLayer;
import berth.linux.mount.Overlays;
import berth.linux.mount.UserNamespaces;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Plain directories on any file system: the image's tree below, read through the container's id map, frozen layers on it, and
 * the container's own changes above, stored with its host ids. A layer is a directory with {@code upper} and {@code work}; a
 * frozen one is a former tip, so that freezing costs nothing. Layers that hold the host ids of another container are read
 * through a map from those to its own. Source: Linux Documentation/filesystems/overlayfs.rst.
 *
 * <p>The upper layer is not idmapped: an overlay whose upper is, mounted from outside the container's user namespace, turns
 * read-only (Linux 6.18).
 */
public final class DirDriver implements StorageDriver {
    private static final String UPPER = "upper";
    private static final String WORK = "work";
    /** What a merge reads another container's layer from, with the ids translated. */
    private static final String TRANSLATED = "translated";

    private static final int USUAL_MODE = 0755;
    /** With the image, as many as can be mounted. */
    private static final int DEEPEST = Overlays.MOST_LOWER - 1;

    private static final int COMFORTABLE = 8;

    private final Overlays overlays;
    private final UserNamespaces namespaces;
    private final Trash trash;

    /**
     * @param overlays mounts the layers
     * @param namespaces makes the maps through which layers of other containers are read
     */
    public DirDriver(Overlays overlays, UserNamespaces namespaces, Trash trash) {
        this.overlays = overlays;
        this.namespaces = namespaces;
        this.trash = trash;
    }

    @Override
    public String name() {
        return "dir";
    }

    /** Any will do. */
    @Override
    public void requireUsable(Path pool) {}

    @Override
    public void create(RootFilesystem root) {
        Path layer = makeCountedLayer(root, root.tip());
        try (Directory upper = Directory.open(layer.resolve(UPPER), Resolution.NO_LINKS)) {
            Top below = below(root);
            upper.chown(".", below.uid(), below.gid());
            upper.chmod(".", below.mode());
        }
        makeDurable(layer);
    }

    @Override
    public boolean copiesInstantly() {
        return false;
    }

    @Override
    public void copy(RootFilesystem root, String copy) {
        destroy(root.layer(copy));
        Path layer = makeCountedLayer(root, copy);
        try (Directory from = Directory.open(root.directory().resolve(UPPER), Resolution.NO_LINKS);
                Directory to = Directory.open(layer.resolve(UPPER), Resolution.NO_LINKS)) {
            from.copyTo(to);
            to.syncFileSystem();
        }
    }

    @Override
    public List<Layer> needed(List<Layer> layers) {
        return layers;
    }

    @Override
    public int deepest() {
        return DEEPEST;
    }

    @Override
    public int comfortable() {
        return COMFORTABLE;
    }

    @Override
    public void merge(RootFilesystem root, String merged) {
        destroy(root.layer(merged));
        Path layer = makeLayer(root, merged);
        try (Directory place = Directory.open(layer, Resolution.NO_LINKS);
                Directory target = place.openDirectory(UPPER)) {
            for (Layer source : root.below().reversed()) {
                Path tree = root.layer(source.name()).resolve(UPPER);
                if (source.foreignIds().isPresent()) {
                    translate(tree, source.foreignIds().get(), root.ids(), place);
                    tree = layer.resolve(TRANSLATED);
                }
                try (Directory from = Directory.open(tree, Resolution.NO_LINKS)) {
                    new LayerMerge(from, target).run();
                }
                place.removeTree(TRANSLATED);
            }
            target.syncFileSystem();
        }
    }

    @Override
    public boolean isUntouched(RootFilesystem root) {
        try (Directory upper = Directory.open(root.directory().resolve(UPPER), Resolution.NO_LINKS)) {
            return upper.listSome(1).isEmpty() && Top.of(upper.stat()).equals(below(root));
        }
    }

    @Override
    public void destroy(Collection<Path> layers) {
        layers.stream()
                .filter(trash::discard)
                .map(layer -> requireNonNull(layer.getParent()))
                .collect(Collectors.toSet())
                .forEach(DirDriver::sync);
    }

    @Override
    public void limit(RootFilesystem root, long bytes) {
        long below = bytes == 0
                ? 0
                : root.below().stream()
                        .mapToLong(l -> usage(root.layer(l.name())))
                        .sum();
        TipQuota.limit(root.directory().resolve(UPPER), bytes == 0 ? 0 : Math.max(bytes - below, 1));
    }

    @Override
    public OptionalLong counted(RootFilesystem root) {
        return TipQuota.isCounted(root.directory().resolve(UPPER))
                ? OptionalLong.of(usage(root.directory())
                        + root.below().stream()
                                .mapToLong(l -> usage(root.layer(l.name())))
                                .sum())
                : OptionalLong.empty();
    }

    @Override
    public long usage(Path layer) {
        return TipQuota.usage(layer.resolve(UPPER), () -> listed(layer));
    }

    private static long listed(Path layer) {
        long bytes = 0;
        Set<Long> seen = new HashSet<>();
        try (Directory upper = Directory.open(layer.resolve(UPPER), Resolution.NO_LINKS);
                TreeWalk walk = new TreeWalk(upper)) {
            for (var entry = walk.next(); entry.isPresent(); entry = walk.next()) {
                FileStat stat = entry.get().stat();
                if (stat.links() == 1 || stat.isDirectory() || seen.add(stat.inode())) {
                    bytes += stat.blocks();
                }
            }
        }
        return bytes;
    }

    @Override
    public Fd mount(RootFilesystem root) {
        return withLayers(
                root,
                lower -> overlays.writable(
                        lower, root.directory().resolve(UPPER), root.directory().resolve(WORK)),
                // A device node in an image or made by the guest is never a device.
                Set.of(MountAttribute.NO_DEVICES));
    }

    @Override
    public Fd mountFrozen(RootFilesystem root) {
        return withLayers(
                root,
                overlays::readOnly,
                Set.of(MountAttribute.NO_DEVICES, MountAttribute.READ_ONLY, MountAttribute.NO_SUID));
    }

    /** Its {@code upper} is mounted as it is: two overlays of one upper layer would not know of each other's changes. */
    @Override
    public void createShared(RootFilesystem root) {
        makeDurable(makeCountedLayer(root, root.tip()));
        mountShared(root).close();
    }

    @Override
    public Fd mountShared(RootFilesystem root) {
        return IdmappedTree.open(
                root.directory().resolve(UPPER),
                root.ids(),
                namespaces,
                Set.of(MountAttribute.NO_DEVICES, MountAttribute.NO_SUID));
    }

    /** How an overlay is made of its lower layers. */
    private interface Stacking {
        Fd mount(List<OverlayLayer> lower);
    }

    private Fd withLayers(RootFilesystem root, Stacking stacking, Set<MountAttribute> attributes) {
        Map<Ids, Fd> translations = new HashMap<>();
        try (Fd userns = namespaces.create(
                Ids.extents(root.ids().uids()), Ids.extents(root.ids().gids()))) {
            List<OverlayLayer> lower = new ArrayList<>();
            for (Layer layer : root.below()) {
                Fd map = null;
                Optional<Ids> ids = layer.foreignIds().filter(i -> !i.equals(root.ids()));
                if (ids.isPresent()) {
                    map = translations.computeIfAbsent(ids.get(), i -> translation(i, root.ids()));
                }
                lower.add(new OverlayLayer(root.layer(layer.name()).resolve(UPPER), map));
            }
            lower.add(new OverlayLayer(root.imageTree(), userns));
            Fd mount = stacking.mount(lower);
            try {
                Mounts.setAttributes(mount, attributes);
                return mount;
            } catch (RuntimeException e) {
                mount.close();
                throw e;
            }
        } finally {
            translations.values().forEach(Fd::close);
        }
    }

    private Fd translation(Ids stored, Ids seen) {
        return namespaces.create(
                Ids.translation(stored.uids(), seen.uids()), Ids.translation(stored.gids(), seen.gids()));
    }

    private void translate(Path tree, Ids stored, Ids seen, Directory place) {
        place.removeTree(TRANSLATED);
        place.createDirectory(TRANSLATED, 0700);
        try (Fd userns = translation(stored, seen);
                Fd mount = Mounts.openTree(tree)) {
            Mounts.idmap(mount, userns);
            try (Directory from = Directory.of(mount.dup(), Resolution.NO_LINKS);
                    Directory to = place.openDirectory(TRANSLATED)) {
                from.copyTo(to);
            }
        }
    }

    /** Whose the root directory is and what its mode is. */
    private record Top(int uid, int gid, int mode) {
        static Top of(FileStat stat) {
            return new Top(stat.uid(), stat.gid(), stat.mode());
        }
    }

    /** What the root directory is before anything changes it. */
    private static Top below(RootFilesystem root) {
        if (root.below().isEmpty()) {
            return new Top(root.rootUid(), root.rootGid(), USUAL_MODE);
        }
        Layer layer = root.below().getFirst();
        Path top = root.layer(layer.name()).resolve(UPPER);
        try (Directory upper = Directory.open(top, Resolution.NO_LINKS)) {
            Top stored = Top.of(upper.stat());
            Ids ids = layer.foreignIds().orElse(root.ids());
            return new Top(
                    seen(stored.uid(), ids.uids(), root.ids().uids()),
                    seen(stored.gid(), ids.gids(), root.ids().gids()),
                    stored.mode());
        } catch (KernelException e) {
            throw new BerthException(
                    ErrorCode.FAILED, "layer %s is missing: %s".formatted(top.getParent(), e.getMessage()), null, e);
        }
    }

    /** The host id with which {@code seen} shows what is stored with {@code id}, one of {@code stored}. */
    private static int seen(int id, IdMap stored, IdMap seen) {
        OptionalLong inside = stored.fromHost(Integer.toUnsignedLong(id));
        OptionalLong outside = inside.isPresent() ? seen.toHost(inside.getAsLong()) : OptionalLong.empty();
        return (int) outside.orElse(seen.root());
    }

    /** A merged one is not counted: a file that has a second name in it stays in the project that it was made in. */
    private static Path makeCountedLayer(RootFilesystem root, String name) {
        Path layer = makeLayer(root, name);
        try (Directory upper = Directory.open(layer.resolve(UPPER), Resolution.NO_LINKS)) {
            if (upper.listSome(1).isEmpty() && !TipQuota.isCounted(layer.resolve(UPPER))) {
                TipQuota.count(layer, List.of(layer.resolve(UPPER), layer.resolve(WORK)));
            }
        }
        return layer;
    }

    private static Path makeLayer(RootFilesystem root, String name) {
        Path layer = root.layer(name);
        try {
            for (Path directory : List.of(layer, layer.resolve(UPPER), layer.resolve(WORK))) {
                if (!Files.isDirectory(directory)) {
                    Files.createDirectory(directory);
                }
            }
            // Who may enter: what is below belongs to a guest.
            Files.setPosixFilePermissions(layer, PosixFilePermissions.fromString("rwx------"));
            return layer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void makeDurable(Path layer) {
        sync(layer);
        sync(requireNonNull(layer.getParent()));
    }

    private static void sync(Path directory) {
        try {
            DurableFile.syncDirectory(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
