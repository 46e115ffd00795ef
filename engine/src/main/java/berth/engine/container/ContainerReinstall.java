package berth.engine.container;

import berth.engine.image.Image;
import berth.engine.image.ImageStores;
import berth.engine.operation.Caller;
import berth.engine.operation.LockKey;
import berth.engine.operation.LockRequest;
import berth.engine.operation.Locks;
import berth.engine.storage.Dataset;
import berth.engine.storage.Datasets;
import berth.engine.storage.Volume;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Stopped containers that become as new. Nothing is lost: with the image that it stood on, what a container had becomes a
 * snapshot; with another image it goes to the trash, as its snapshots are nothing without the former one. Safe for use by
 * several threads.
 */
public final class ContainerReinstall {
    private final Containers containers;
    private final Snapshots snapshots;
    private final ImageStores images;
    private final Datasets datasets;
    private final SnapshotMounts mounts;
    private final Locks locks;
    private final PoolOperations operations;
    private final ReinstallKind kind;
    private final ContainerTrash trash;
    private final SecureRandom random = new SecureRandom();

    ContainerReinstall(
            Containers containers,
            Snapshots snapshots,
            ImageStores images,
            Datasets datasets,
            SnapshotMounts mounts,
            Locks locks,
            PoolOperations operations,
            ReinstallKind kind,
            ContainerTrash trash) {
        this.containers = containers;
        this.snapshots = snapshots;
        this.images = images;
        this.datasets = datasets;
        this.mounts = mounts;
        this.locks = locks;
        this.operations = operations;
        this.kind = kind;
        this.trash = trash;
    }

    /** Where what a container had is now: one of its snapshots, or the trash. */
    public sealed interface Former {
        /** It is the snapshot {@code name}. */
        record InSnapshot(String name) implements Former {}

        /** It is in the trash under {@code key}. */
        record InTrash(String key) implements Former {}
    }

    /**
     * Gives {@code container} the files of an image alone.
     *
     * @param image a name or an id; that which it stands on if empty
     * @throws berth.engine.BerthException WRONG_STATE if it runs; NOT_FOUND
     */
    public Former reinstall(Container container, Optional<String> image, Caller caller) {
        String pool = container.id().pool();
        Optional<String> other = image.map(i -> images.of(pool).get(i).id())
                .filter(i -> !i.equals(container.spec().image()));
        if (other.isEmpty()) {
            return new Former.InSnapshot(snapshots.reinstall(container, caller).name());
        }
        try (Locks.Held _ = locks.acquire(
                List.of(
                        LockRequest.shared(LockKey.Kind.POOL, pool),
                        LockRequest.shared(
                                LockKey.Kind.USER, pool + ":" + container.spec().user()),
                        LockRequest.shared(LockKey.Kind.IMAGE, pool + ":" + other.get()),
                        Containers.exclusive(container.id())),
                caller.patience(),
                caller.actor().command(),
                caller.progress())) {
            containers.current(container);
            Snapshots.requireStopped(container);
            return new Former.InTrash(change(container, images.of(pool).get(other.get()), caller));
        }
    }

    /** Its further file systems stay with the container. */
    private static ContainerSpec withoutDatasets(ContainerSpec spec) {
        return spec.withMounts(
                spec.mounts().stream().filter(m -> m.ownDataset().isEmpty()).toList());
    }

    private String change(Container container, Image image, Caller caller) {
        String pool = container.id().pool();
        String key = Trashed.key(container.name(), HexFormat.of().toHexDigits(random.nextInt()));
        Dataset before = datasets.of(pool, container.name());
        mounts.unmountAll(container);
        ReinstallKind.Plan plan = new ReinstallKind.Plan(
                pool,
                container
                        .spec()
                        .onImage(
                                image.id(),
                                new Distribution(image.distribution(), image.version(), image.architecture())),
                before,
                new Dataset(
                        container.name(),
                        datasets.newLayer(container.name()),
                        List.of(),
                        List.of(),
                        before.volumes(),
                        before.quota()),
                before.ownedBy(key)
                        .withoutVolumes(
                                before.volumes().stream().map(Volume::name).collect(Collectors.toSet())),
                key,
                trash.revisions(container, withoutDatasets(container.spec()), key, caller),
                caller.actor().user(),
                caller.actor().command());
        operations.of(pool).run(kind, plan, caller.actor(), caller.progress());
        return key;
    }
}
