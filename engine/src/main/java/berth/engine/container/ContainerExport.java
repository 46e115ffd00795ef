package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.image.Image;
import berth.engine.image.ImageStores;
import berth.engine.image.Images;
import berth.engine.image.PackedTree;
import berth.engine.image.TreeView;
import berth.engine.operation.Caller;
import berth.engine.storage.Dataset;
import berth.engine.storage.Datasets;
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
        return containers.locked(container, caller, () -> switch (wish.format()) {
            case TAR -> trees(container, wish, PackedTree.Format.TAR, out, caller);
            case CPIO -> trees(container, wish, PackedTree.Format.CPIO, out, caller);
            case STREAM -> states(container, wish, out, caller);
        });
    }

    private List<String> trees(
            Container container, ExportWish wish, PackedTree.Format format, OutputStream out, Caller caller) {
        Dataset packed = present(container, wish.datasets());
        String description = description(container, packed, Optional.empty());
        return views.show(container, packed, caller, histories -> {
            caller.progress().step("packing " + container.name());
            try {
                return PackedTree.write(histories, description, format, out, caller.progress());
            } catch (IOException e) {
                throw failure(container, e);
            }
        });
    }

    private List<String> states(Container container, ExportWish wish, OutputStream out, Caller caller) {
        Dataset packed = files(container, wish.datasets());
        Images stored = images.of(container.id().pool());
        Image image = stored.get(container.spec().image());
        ExportedContainer.Past past = new ExportedContainer.Past(
                !image.names().isEmpty(),
                packed.snapshots().stream().map(ExportedContainer.Taken::of).toList(),
                wish.history() == ExportWish.History.PACKED ? containers.history(container) : List.of());
        String description = description(container, packed, Optional.of(past));
        return views.show(container, packed, caller, histories -> {
            try {
                return PackedTree.writeStates(stored, image, histories, description, out, caller.progress());
            } catch (IOException e) {
                throw failure(container, e);
            }
        });
    }

    /** What {@code reading} makes of the files at the root of {@code container}, as they are when it begins. */
    <T> T reading(Container container, Caller caller, Function<TreeView, T> reading) {
        return containers.locked(
                container,
                caller,
                () -> views.show(container, present(container, WithDatasets.NONE), caller, histories -> {
                    try (TreeView present =
                            histories.getFirst().states().getLast().get()) {
                        return reading.apply(present);
                    }
                }));
    }

    /** What of the files of {@code container} is packed of one whose past is not. */
    Dataset present(Container container, WithDatasets datasets) {
        return files(container, datasets).withoutSnapshots();
    }

    /** What of the files of {@code container} is packed of one whose snapshots are. */
    Dataset files(Container container, WithDatasets with) {
        Dataset all = datasets.of(container.id().pool(), container.name());
        return with == WithDatasets.ALL ? all : all.rootAlone();
    }

    private static BerthException failure(Container container, IOException e) {
        return new BerthException(
                Thread.currentThread().isInterrupted() ? ErrorCode.CANCELLED : ErrorCode.FAILED,
                "container '%s' cannot be packed: %s".formatted(container.name(), e.getMessage()),
                null,
                e);
    }

    /** What {@code container}, of which {@code packed} is packed, says of itself. */
    String description(Container container, Dataset packed, Optional<ExportedContainer.Past> past) {
        ContainerSpec spec = container.spec();
        return Yaml.write(ExportedContainer.of(
                spec.withMounts(spec.mounts().stream()
                        .filter(m -> m.ownDataset().flatMap(packed::findVolume).isPresent()
                                || m.ownDataset().isEmpty())
                        .toList()),
                packed,
                images.of(container.id().pool()).get(spec.image()).label(),
                plans.user(container).standalone(),
                clock.instant(),
                past));
    }
}
