package berth.engine.storage.btrfs;

import static java.util.Objects.requireNonNull;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.storage.IdmappedTree;
import berth.engine.storage.Layer;
import berth.engine.storage.LayerSender;
import berth.engine.storage.RootFilesystem;
import berth.engine.storage.StorageDriver;
import berth.engine.storage.Trash;
import berth.engine.store.FileFailure;
import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.disk.Btrfs;
import berth.linux.disk.BtrfsQuotas;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import berth.linux.file.TreeWalk;
import berth.linux.mount.MountAttribute;
import berth.linux.mount.UserNamespaces;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Subvolumes: every layer holds all that it shows, sharing blocks with what it was made of, and needs nothing below it. Files
 * are stored with the ids that the guest sees and mapped by the mount. Of an image's tree a subvolume is made, beside it and
 * sharing its blocks, for the first container on it. Source: btrfs(5), ioctl numbers in {@link Btrfs}.
 */
public final class BtrfsDriver implements StorageDriver {
    private static final String IMAGE_SUBVOLUME = "subvolume";
    private static final String UNFINISHED = "subvolume.new";

    private final UserNamespaces namespaces;
    private final Trash trash;

    /** @param trash takes what cannot be removed at once */
    public BtrfsDriver(UserNamespaces namespaces, Trash trash) {
        this.namespaces = namespaces;
        this.trash = trash;
    }

    @Override
    public String name() {
        return "btrfs";
    }

    @Override
    public void requireUsable(Path pool) {
        try {
            if (Btrfs.isBtrfs(pool)) {
                return;
            }
        } catch (IOException e) {
            throw FileFailure.of("read", pool, e);
        }
        throw new BerthException(
                ErrorCode.UNSUPPORTED,
                "%s is not on a btrfs".formatted(pool),
                "choose a --path that is, or give a --size: then one is made in a file");
    }

    @Override
    public void create(RootFilesystem root) {
        Path source = root.below().isEmpty()
                ? imageSubvolume(root.imageTree())
                : root.layer(root.below().getFirst().name());
        if (!Files.exists(root.directory())) {
            Btrfs.snapshot(source, root.directory());
        }
        makeDurable(root.store());
    }

    @Override
    public boolean copiesInstantly() {
        return true;
    }

    @Override
    public void copy(RootFilesystem root, String copy) {
        destroy(root.layer(copy));
        Btrfs.frozenSnapshot(root.directory(), root.layer(copy));
        makeDurable(root.store());
    }

    @Override
    public List<Layer> needed(List<Layer> layers) {
        return List.of();
    }

    @Override
    public int deepest() {
        return Integer.MAX_VALUE;
    }

    @Override
    public void merge(RootFilesystem root, String merged) {
        destroy(root.layer(merged));
        Btrfs.frozenSnapshot(root.layer(root.below().getFirst().name()), root.layer(merged));
        makeDurable(root.store());
    }

    @Override
    public boolean isUntouched(RootFilesystem root) {
        return false;
    }

    @Override
    public void destroy(Collection<Path> layers) {
        layers.stream()
                .filter(this::remove)
                .map(layer -> requireNonNull(layer.getParent()))
                .collect(Collectors.toSet())
                .forEach(BtrfsDriver::makeDurable);
    }

    /** Whether there was one, which may be there again after a power cut until {@link #makeDurable}. */
    private boolean remove(Path layer) {
        try {
            Btrfs.destroy(layer);
            return true;
        } catch (KernelException e) {
            // A guest may have made subvolumes of its own in it; those are found by looking through it.
            return !e.is(Errno.ENOENT) && trash.discard(layer);
        }
    }

    /** Counting begins with the first bound in a file system. Until then none has any, and none is inherited. */
    @Override
    public void limit(RootFilesystem root, long bytes) {
        try {
            BtrfsQuotas.limit(root.directory(), root.store(), bytes);
        } catch (KernelException e) {
            if (!e.is(Errno.ENOTCONN)) {
                throw e;
            }
            if (bytes != 0) {
                BtrfsQuotas.enable(root.store());
                BtrfsQuotas.limit(root.directory(), root.store(), bytes);
            }
        }
    }

    @Override
    public OptionalLong counted(RootFilesystem root) {
        return BtrfsQuotas.shown(root.directory());
    }

    @Override
    public long usage(Path layer) {
        long bytes = 0;
        try (Directory top = Directory.open(layer, Resolution.NO_LINKS);
                TreeWalk walk = new TreeWalk(top)) {
            for (var entry = walk.next(); entry.isPresent(); entry = walk.next()) {
                bytes += entry.get().stat().blocks() / entry.get().stat().links();
            }
        }
        return bytes;
    }

    @Override
    public Fd mount(RootFilesystem root) {
        return IdmappedTree.open(root.directory(), root.ids(), namespaces, Set.of(MountAttribute.NO_DEVICES));
    }

    @Override
    public void createShared(RootFilesystem root) {
        create(root);
    }

    @Override
    public Fd mountShared(RootFilesystem root) {
        return IdmappedTree.open(
                root.directory(), root.ids(), namespaces, Set.of(MountAttribute.NO_DEVICES, MountAttribute.NO_SUID));
    }

    @Override
    public Fd mountFrozen(RootFilesystem root) {
        return IdmappedTree.open(
                root.layer(root.below().getFirst().name()),
                root.ids(),
                namespaces,
                Set.of(MountAttribute.NO_DEVICES, MountAttribute.READ_ONLY, MountAttribute.NO_SUID));
    }

    @Override
    public Optional<LayerSender> sender(Path from, Path to, Supplier<String> names) {
        BtrfsSender sender = new BtrfsSender(this, from, to, names);
        return sender.isAble() ? Optional.of(sender) : Optional.empty();
    }

    /** One at a time: two containers may be made on one image at once. */
    synchronized Path imageSubvolume(Path tree) {
        Path subvolume = tree.resolveSibling(IMAGE_SUBVOLUME);
        if (Files.exists(subvolume)) {
            return subvolume;
        }
        Path unfinished = tree.resolveSibling(UNFINISHED);
        if (Files.exists(unfinished)) {
            Btrfs.destroy(unfinished);
        }
        Btrfs.create(unfinished);
        try (Directory from = Directory.open(tree, Resolution.NO_LINKS);
                Directory to = Directory.open(unfinished, Resolution.NO_LINKS)) {
            from.copyTo(to);
            to.syncFileSystem();
        }
        try {
            Files.move(unfinished, subvolume, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return subvolume;
    }

    static void makeDurable(Path store) {
        try (Directory directory = Directory.open(store, Resolution.NO_LINKS)) {
            directory.sync();
        }
    }
}
