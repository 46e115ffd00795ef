package berth.engine.storage.zfs;

import static java.util.Objects.requireNonNull;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.storage.IdmappedTree;
import berth.engine.storage.Ids;
import berth.engine.storage.Layer;
import berth.engine.storage.LayerSender;
import berth.engine.storage.RootFilesystem;
import berth.engine.storage.StorageDriver;
import berth.engine.store.FileFailure;
import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.mount.MountAttribute;
import berth.linux.mount.Mounts;
import berth.linux.mount.UserNamespaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Datasets of ZFS: every layer holds all that it shows, as a clone of what it was made of, and needs nothing below it but what
 * ZFS itself looks after. Files are stored with the ids that the guest sees and mapped by the mount, if the ZFS that the pool was
 * made on can (OpenZFS 2.2 and Linux 5.12); otherwise with the host ids of the container, which are changed in a clone that is
 * not in use yet: once per image and user. {@link ZfsPool} says which datasets a pool has. Source: zfs(8), zfsprops(7).
 */
public final class ZfsDriver implements StorageDriver {
    private static final Logger LOG = LoggerFactory.getLogger(ZfsDriver.class);

    private final UserNamespaces namespaces;
    private final Zfs zfs = new Zfs();
    private final BriefMounts mounts = new BriefMounts(zfs);
    private final Disposal disposal;
    private final Clones clones;
    private final Bases bases;
    private final Preparation preparation;
    private final Map<Path, ZfsPool> pools = new ConcurrentHashMap<>();

    /** @param background where datasets are destroyed; one thread is enough */
    public ZfsDriver(UserNamespaces namespaces, Executor background) {
        this.namespaces = namespaces;
        this.disposal = new Disposal(zfs, background);
        this.clones = new Clones(zfs, mounts, disposal);
        this.bases = new Bases(zfs, clones, disposal);
        this.preparation = new Preparation(zfs, disposal);
    }

    @Override
    public String name() {
        return "zfs";
    }

    @Override
    public void requireUsable(Path pool) {
        ZfsPool prepared = preparation.prepare(pool, () -> mapsIds(pool));
        pools.put(pool, prepared);
        bases.removeForsaken(prepared);
        bases.collect(prepared);
    }

    private boolean mapsIds(Path pool) {
        try (Fd mount = Mounts.openTree(pool)) {
            IdmappedTree.map(mount, Ids.some(), namespaces, Set.of());
            return true;
        } catch (KernelException e) {
            if (e.is(Errno.EINVAL)) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public void create(RootFilesystem root) {
        ZfsPool pool = of(root.store());
        name(root.directory());
        if (root.below().isEmpty()) {
            bases.cloneFor(pool, root, pool.layer(root.directory()));
        } else {
            derive(pool, root, root.below().getFirst(), root.directory());
        }
    }

    @Override
    public boolean copiesInstantly() {
        return true;
    }

    @Override
    public void copy(RootFilesystem root, String copy) {
        remake(root, Layer.own(root.tip()), copy);
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
        remake(root, root.below().getFirst(), merged);
    }

    private void remake(RootFilesystem root, Layer source, String name) {
        makeRoom(root.layer(name));
        derive(of(root.store()), root, source, root.layer(name));
    }

    /** Makes {@code target} hold what {@code source} holds, with the ids of {@code root}. */
    private void derive(ZfsPool pool, RootFilesystem root, Layer source, Path target) {
        String from = pool.layer(root.layer(source.name()));
        Optional<Ids> foreign =
                source.foreignIds().filter(i -> pool.stored() == ZfsPool.StoredIds.HOST && !i.equals(root.ids()));
        if (foreign.isPresent()) {
            clones.changedCopy(pool, from, pool.layer(target), OwnerShift.between(foreign.get(), root.ids())::apply);
        } else {
            clones.copy(pool, from, pool.layer(target));
        }
    }

    @Override
    public boolean isUntouched(RootFilesystem root) {
        return false;
    }

    @Override
    public void destroy(Collection<Path> layers) {
        layers.forEach(this::destroyOne);
    }

    private void destroyOne(Path layer) {
        if (!Files.exists(layer)) {
            return;
        }
        ZfsPool pool = of(requireNonNull(layer.getParent()));
        disposal.discard(pool, pool.layer(layer), () -> bases.collect(pool));
        try {
            Files.deleteIfExists(layer);
        } catch (IOException e) {
            throw FileFailure.of("remove", layer, e);
        }
    }

    @Override
    public void imageGone(Path tree) {
        try {
            bases.imageGone(of(requireNonNull(requireNonNull(tree.getParent()).getParent())), tree);
        } catch (BerthException e) {
            LOG.warn("What was kept of {} stays until the pool is opened again: {}", tree, e.getMessage());
        }
    }

    /** One that holds more already is bounded to what it holds, since ZFS takes no bound below that. */
    @Override
    public void limit(RootFilesystem root, long bytes) {
        String dataset = of(root.store()).layer(root.directory());
        try {
            bound(dataset, bytes == 0 ? "none" : Long.toString(bytes));
        } catch (BerthException e) {
            long held = usage(root.directory());
            if (bytes == 0 || held <= bytes) {
                throw e;
            }
            bound(dataset, Long.toString(held));
        }
    }

    private void bound(String dataset, String bytes) {
        zfs.run("%s cannot be bounded".formatted(dataset), List.of("set", "refquota=" + bytes, dataset));
    }

    /** What was written in the last seconds is not in it. */
    @Override
    public OptionalLong counted(RootFilesystem root) {
        return OptionalLong.of(usage(root.directory()));
    }

    @Override
    public long usage(Path layer) {
        ZfsPool pool = of(requireNonNull(layer.getParent()));
        return Long.parseLong(zfs.property(pool.layer(layer), "referenced"));
    }

    @Override
    public Fd mount(RootFilesystem root) {
        return mount(root, root.directory(), Set.of(MountAttribute.NO_DEVICES));
    }

    @Override
    public void createShared(RootFilesystem root) {
        requireGuestIds(root);
        create(root);
    }

    @Override
    public Fd mountShared(RootFilesystem root) {
        requireGuestIds(root);
        return mount(root, root.directory(), Set.of(MountAttribute.NO_DEVICES, MountAttribute.NO_SUID));
    }

    private void requireGuestIds(RootFilesystem root) {
        ZfsPool pool = of(root.store());
        if (pool.stored() == ZfsPool.StoredIds.HOST) {
            throw new BerthException(
                    ErrorCode.UNSUPPORTED,
                    "the files in %s are stored with the host ids of one container".formatted(pool.path()),
                    "only a pool that was made on OpenZFS 2.2 or newer can have files that several containers share");
        }
    }

    @Override
    public Fd mountFrozen(RootFilesystem root) {
        return mount(
                root,
                root.layer(root.below().getFirst().name()),
                Set.of(MountAttribute.NO_DEVICES, MountAttribute.READ_ONLY, MountAttribute.NO_SUID));
    }

    private Fd mount(RootFilesystem root, Path layer, Set<MountAttribute> attributes) {
        ZfsPool pool = of(root.store());
        Fd mount = mounts.tree(pool, pool.layer(layer));
        try {
            switch (pool.stored()) {
                case GUEST -> IdmappedTree.map(mount, root.ids(), namespaces, attributes);
                case HOST -> Mounts.setAttributes(mount, attributes);
            }
            return mount;
        } catch (RuntimeException e) {
            mount.close();
            throw e;
        }
    }

    @Override
    public Optional<LayerSender> sender(Path from, Path to, Supplier<String> names) {
        ZfsPool here = of(from);
        ZfsPool there = of(to);
        // Files with host ids would have to be given others on the way.
        return here.stored() == ZfsPool.StoredIds.GUEST && there.stored() == ZfsPool.StoredIds.GUEST
                ? Optional.of(new ZfsSender(this, zfs, clones, bases, disposal, here, there))
                : Optional.empty();
    }

    /** Takes away layer {@code layer}, in whose place another is to be made. */
    void makeRoom(Path layer) {
        destroy(layer);
        name(layer);
    }

    /** The pool whose directory {@code part} is. */
    private ZfsPool of(Path part) {
        ZfsPool pool = pools.get(requireNonNull(part.getParent()));
        if (pool == null) {
            throw new BerthException(ErrorCode.WRONG_STATE, "%s belongs to no ZFS pool that is in use".formatted(part));
        }
        return pool;
    }

    /** Makes the directory that says that there is a layer, or will be. */
    private static void name(Path layer) {
        try {
            if (!Files.isDirectory(layer)) {
                Files.createDirectory(layer);
            }
        } catch (IOException e) {
            throw FileFailure.of("make", layer, e);
        }
    }
}
