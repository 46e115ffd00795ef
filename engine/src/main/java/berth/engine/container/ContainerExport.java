package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.idmap.IdMap;
import berth.engine.image.ImageStores;
import berth.engine.image.PackedTree;
import berth.engine.operation.Caller;
import berth.engine.operation.Progress;
import berth.engine.storage.Dataset;
import berth.engine.storage.Datasets;
import berth.engine.storage.Ids;
import berth.engine.storage.RootFilesystem;
import berth.engine.storage.Snapshot;
import berth.engine.storage.Volume;
import berth.engine.store.Yaml;
import berth.linux.Fd;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import java.io.IOException;
import java.io.OutputStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Packs containers, with all that makes them, so that another host can take them in. Safe for use by several threads; the
 * container's lock is held until it is packed, as a start or a deletion would change what is read.
 */
public final class ContainerExport {
    /** Who has no id in a container. Source: user_namespaces(7), the overflow id. */
    private static final long NOBODY = 65_534;

    private final Containers containers;
    private final ImageStores images;
    private final Datasets datasets;
    private final RunPlans plans;
    private final PoolOperations operations;
    private final DatasetChange copyKind;
    private final InstantSource clock;

    /** @param copyKind copies what a running container has changed */
    ContainerExport(
            Containers containers,
            ImageStores images,
            Datasets datasets,
            RunPlans plans,
            PoolOperations operations,
            DatasetChange copyKind,
            InstantSource clock) {
        this.containers = containers;
        this.images = images;
        this.datasets = datasets;
        this.plans = plans;
        this.operations = operations;
        this.copyKind = copyKind;
        this.clock = clock;
    }

    /**
     * Writes {@code container} to {@code out}, which stays open. What a running one has changed is copied first, while it is
     * suspended; it is packed as it was then.
     *
     * @return what was left out, one line each
     * @throws BerthException FAILED if {@code out} cannot be written
     */
    public List<String> write(Container container, OutputStream out, Caller caller) {
        return reading(container, caller, (tree, owners) -> pack(container, tree, owners, out, caller.progress()));
    }

    /** Reads the files of a container, whose lock is held. */
    @FunctionalInterface
    interface Reading<T> {
        /** @param owners which ids they have inside */
        T read(Directory tree, PackedTree.Owners owners);
    }

    /** What {@code reading} makes of the files of {@code container}, as they are when it begins. */
    <T> T reading(Container container, Caller caller, Reading<T> reading) {
        return containers.locked(container, caller, () -> {
            boolean stopped = Snapshots.requireSettled(container) == Snapshot.Activity.STOPPED;
            RootFilesystem root = plans.root(container);
            if (stopped) {
                try (Fd mount = container.pool().driver().mount(root)) {
                    return read(container, mount, reading);
                }
            }
            Dataset present = datasets.of(container.id().pool(), container.name());
            String copy = Datasets.passingLayer(container.name());
            copy(container, present, copy, caller);
            try (Fd mount = container
                    .pool()
                    .driver()
                    .mountFrozen(root.with(
                            root.tip(), present.on(copy, present.below()).frozenTip()))) {
                return read(container, mount, reading);
            } finally {
                container.pool().driver().destroy(root.layer(copy));
            }
        });
    }

    private void copy(Container container, Dataset present, String layer, Caller caller) {
        operations
                .of(container.id().pool())
                .run(
                        copyKind,
                        new DatasetChange.Plan(
                                container.id().pool(),
                                container.name(),
                                present,
                                List.of(new DatasetChange.Made(Volume.ROOT, layer, List.of())),
                                container.state() == ContainerState.RUNNING,
                                List.of(),
                                List.of(),
                                Set.of()),
                        caller.actor(),
                        caller.progress());
    }

    private <T> T read(Container container, Fd mount, Reading<T> reading) {
        Ids ids = plans.root(container).ids();
        try (Directory tree = Directory.of(mount.dup(), Resolution.NO_LINKS)) {
            return reading.read(
                    tree, new PackedTree.Owners(uid -> inside(ids.uids(), uid), gid -> inside(ids.gids(), gid)));
        }
    }

    private List<String> pack(
            Container container, Directory tree, PackedTree.Owners owners, OutputStream out, Progress progress) {
        progress.step("packing " + container.name());
        try {
            List<String> omitted =
                    new ArrayList<>(PackedTree.write(tree, owners, Yaml.write(description(container)), out, progress));
            datasets.of(container.id().pool(), container.name())
                    .volumes()
                    .forEach(v -> omitted.add("dataset %s is left out".formatted(v.name())));
            return omitted;
        } catch (IOException e) {
            throw new BerthException(
                    Thread.currentThread().isInterrupted() ? ErrorCode.CANCELLED : ErrorCode.FAILED,
                    "container '%s' cannot be packed: %s".formatted(container.name(), e.getMessage()),
                    null,
                    e);
        }
    }

    private ExportedContainer description(Container container) {
        ContainerSpec spec = container
                .spec()
                .withMounts(container.spec().mounts().stream()
                        .filter(m -> m.ownDataset().isEmpty())
                        .toList());
        return new ExportedContainer(
                ExportedContainer.FORMAT,
                clock.instant(),
                images.of(container.id().pool()).get(spec.image()).label(),
                plans.user(container).standalone(),
                spec);
    }

    private static long inside(IdMap map, long id) {
        return map.fromHost(id).orElse(NOBODY);
    }
}
