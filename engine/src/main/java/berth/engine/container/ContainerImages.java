package berth.engine.container;

import berth.engine.image.Image;
import berth.engine.image.ImageStores;
import berth.engine.image.Images;
import berth.engine.image.ImportRequest;
import berth.engine.image.Imported;
import berth.engine.operation.Caller;
import java.util.Optional;

/** Makes images of what containers have become. Safe for use by several threads. */
public final class ContainerImages {
    private final ImageStores images;
    private final ContainerExport export;

    /** @param export reads containers */
    ContainerImages(ImageStores images, ContainerExport export) {
        this.images = images;
        this.export = export;
    }

    /**
     * Makes an image of {@code container} as it is now, of which only the difference to {@code base} takes space. One that runs is
     * suspended while what it has changed is copied.
     *
     * @param base an image of its pool, by a name or id; the one that it stands on if empty
     * @throws berth.engine.BerthException NOT_FOUND if there is no such base; as {@link Images#importDifference}
     */
    public Imported make(Container container, Optional<String> base, String name, Caller caller) {
        Images ofPool = images.of(container.id().pool());
        Image below = ofPool.get(base.orElse(container.spec().image()));
        ImportRequest request = ImportRequest.of("container " + container.name())
                .upTo(Long.MAX_VALUE)
                .named(name)
                .on(below);
        return export.reading(container, caller, view -> ofPool.importDifference(view, request, caller.progress()));
    }
}
