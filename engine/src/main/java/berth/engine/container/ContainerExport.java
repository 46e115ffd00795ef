package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.image.Image;
import berth.engine.image.ImageStores;
import berth.engine.image.Images;
import berth.engine.image.PackedTree;
import berth.engine.image.TreeView;
import berth.engine.operation.Caller;
import berth.engine.storage.Datasets;
import berth.engine.storage.Snapshot;
import berth.engine.store.Yaml;
import java.io.IOException;
import java.io.OutputStream;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Packs containers, with all that makes them, so that another host can take them in. Safe for use by several threads; the
 * container's lock is held until it is packed, as a start or a deletion would change what is read.
 */
public final class ContainerExport {
    private final Containers containers;
    private final ImageStores images;
    private final Datasets datasets;
    private final RunPlans plans;
    private final StateViews views;
    private final InstantSource clock;

    ContainerExport(
            Containers containers,
            ImageStores images,
            Datasets datasets,
            RunPlans plans,
            StateViews views,
            InstantSource clock) {
        this.containers = containers;
        this.images = images;
        this.datasets = datasets;
        this.plans = plans;
        this.views = views;
        this.clock = clock;
    }

    /**
     * Writes {@code container} to {@code out}, which stays open. What a running one has changed is copied first, while it is
     * suspended; it is packed as it was then.
     *
     * @return what was left out, one line each
     * @throws BerthException FAILED if {@code out} cannot be written; UNSUPPORTED if the format has no room for a file
     */
    public List<String> write(Container container, ExportWish wish, OutputStream out, Caller caller) {
        return containers.locked(container, caller, () -> {
            warnOfDatasets(container, caller);
            return switch (wish.format()) {
                case TAR -> tree(container, PackedTree.Format.TAR, out, caller);
                case CPIO -> tree(container, PackedTree.Format.CPIO, out, caller);
                case STREAM -> states(container, wish.history(), out, caller);
            };
        });
    }

    private List<String> tree(Container container, PackedTree.Format format, OutputStream out, Caller caller) {
        String description = Yaml.write(description(container, Optional.empty()));
        return views.show(container, List.of(), caller, states -> {
            caller.progress().step("packing " + container.name());
            try (TreeView present = states.getLast().get()) {
                return PackedTree.write(present, description, format, out, caller.progress());
            } catch (IOException e) {
                throw failure(container, e);
            }
        });
    }

    private List<String> states(Container container, ExportWish.History history, OutputStream out, Caller caller) {
        List<Snapshot> snapshots =
                datasets.of(container.id().pool(), container.name()).snapshots();
        Images stored = images.of(container.id().pool());
        Image image = stored.get(container.spec().image());
        ExportedContainer.Past past = new ExportedContainer.Past(
                !image.names().isEmpty(),
                snapshots.stream().map(ExportedContainer.Taken::of).toList(),
                history == ExportWish.History.PACKED ? containers.history(container) : List.of());
        String description = Yaml.write(description(container, Optional.of(past)));
        return views.show(container, snapshots, caller, states -> {
            try {
                return PackedTree.writeStates(stored, image, states, description, out, caller.progress());
            } catch (IOException e) {
                throw failure(container, e);
            }
        });
    }

    /** What {@code reading} makes of the files of {@code container}, as they are when it begins. */
    <T> T reading(Container container, Caller caller, Function<TreeView, T> reading) {
        return containers.locked(
                container,
                caller,
                () -> views.show(container, List.of(), caller, states -> {
                    try (TreeView present = states.getLast().get()) {
                        return reading.apply(present);
                    }
                }));
    }

    /** Warns of the file systems of {@code container} that leave with it in no way. */
    void warnOfDatasets(Container container, Caller caller) {
        datasets.of(container.id().pool(), container.name())
                .volumes()
                .forEach(v -> caller.progress().warn("dataset %s is left out".formatted(v.name())));
    }

    private static BerthException failure(Container container, IOException e) {
        return new BerthException(
                Thread.currentThread().isInterrupted() ? ErrorCode.CANCELLED : ErrorCode.FAILED,
                "container '%s' cannot be packed: %s".formatted(container.name(), e.getMessage()),
                null,
                e);
    }

    /** What {@code container} says of itself. */
    ExportedContainer description(Container container, Optional<ExportedContainer.Past> past) {
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
                spec,
                past);
    }
}
