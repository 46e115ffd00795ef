package berth.engine.container;

import static java.util.Objects.requireNonNull;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.Instance;
import berth.engine.mount.Mount;
import berth.engine.storage.Layer;
import berth.engine.storage.Snapshot;
import berth.engine.storage.Volume;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import berth.linux.mount.MountPoint;
import berth.linux.mount.Mounts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where snapshots are mounted on the host, for its root to read: in {@code /run/NAME/pool/POOL/snapshot/CONTAINER/SNAPSHOT}.
 * Only the mount table says which are; a restart of the daemon changes none. The container's lock is held.
 */
final class SnapshotMounts {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotMounts.class);

    private final Instance instance;
    private final RunPlans plans;

    SnapshotMounts(Instance instance, RunPlans plans) {
        this.instance = instance;
        this.plans = plans;
    }

    Path path(Container container, String snapshot) {
        return directory(container).resolve(snapshot);
    }

    Optional<Path> find(Container container, String snapshot) {
        Path path = path(container, snapshot);
        return beneath(path).isEmpty() ? Optional.empty() : Optional.of(path);
    }

    void mount(Container container, Snapshot snapshot) {
        if (find(container, snapshot.name()).isPresent()) {
            return;
        }
        Path target = path(container, snapshot.name());
        try (Fd mount =
                container.pool().driver().mountFrozen(plans.root(container).with("", snapshot.layers()))) {
            // Monitors of the pool's containers pass through what is above.
            Files.createDirectories(poolDirectory(container));
            Files.createDirectories(
                    target, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Mounts.attach(mount, target);
            mountDatasets(container, snapshot, target);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            unmount(target);
            throw e;
        }
    }

    /** Where the container has them now, as far as the snapshot has these directories. */
    private void mountDatasets(Container container, Snapshot snapshot, Path target) {
        List<Mount> mounts =
                ContainerMounts.innermostFirst(container.spec().mounts()).reversed();
        for (Mount mount : mounts) {
            List<Layer> layers = mount.ownDataset()
                    .map(name -> snapshot.volumes().getOrDefault(name, List.of()))
                    .orElse(List.of());
            if (!layers.isEmpty()) {
                mountDataset(container, mount, layers, target);
            }
        }
    }

    private void mountDataset(Container container, Mount mount, List<Layer> layers, Path target) {
        Volume volume = new Volume(mount.ownDataset().orElseThrow(), "", layers, null);
        try (Directory root = Directory.open(target, Resolution.IN_ROOT);
                Fd place = root.openPlace(mount.mountpoint().substring(1));
                Fd files = container.pool().driver().mountFrozen(plans.filesystem(container, volume))) {
            Mounts.attach(files, place);
        } catch (KernelException e) {
            LOG.info("{} of {} is not shown in {}: {}", mount, container, target, e.getMessage());
        }
    }

    void unmount(Container container, String snapshot) {
        if (find(container, snapshot).isEmpty()) {
            throw new BerthException(
                    ErrorCode.WRONG_STATE,
                    "snapshot '%s' of container '%s' is not mounted".formatted(snapshot, container.name()));
        }
        unmount(path(container, snapshot));
        prune(container);
    }

    void requireUnmounted(Container container, String snapshot) {
        find(container, snapshot).ifPresent(path -> {
            throw new BerthException(
                    ErrorCode.IN_USE,
                    "snapshot '%s' of container '%s' is mounted at %s".formatted(snapshot, container.name(), path),
                    "unmount it first: 'osctl ct snapshot unmount %s %s'".formatted(container.name(), snapshot));
        });
    }

    /** Unmounts every snapshot of {@code container}. */
    void unmountAll(Container container) {
        beneath(directory(container)).stream()
                .map(MountPoint::target)
                .filter(t -> directory(container).equals(t.getParent()))
                .forEach(SnapshotMounts::unmount);
        prune(container);
    }

    private static void unmount(Path target) {
        beneath(target).reversed().forEach(m -> Mounts.unmount(m.target()));
        try {
            Files.deleteIfExists(target);
        } catch (IOException e) {
            LOG.warn("{} stays: {}", target, e.getMessage());
        }
    }

    private void prune(Container container) {
        Path directory = directory(container);
        try {
            if (Files.isDirectory(directory) && beneath(directory).isEmpty()) {
                Files.deleteIfExists(directory);
                Files.deleteIfExists(requireNonNull(directory.getParent()));
            }
        } catch (IOException e) {
            // Another container's are in there.
            LOG.debug("{} stays: {}", directory, e.getMessage());
        }
    }

    private static List<MountPoint> beneath(Path path) {
        return Mounts.table().stream().filter(m -> m.target().startsWith(path)).toList();
    }

    private Path directory(Container container) {
        return poolDirectory(container).resolve("snapshot").resolve(container.name());
    }

    private Path poolDirectory(Container container) {
        return instance.runDirectory().resolve("pool").resolve(container.id().pool());
    }
}
