package berth.engine.container;

import berth.engine.share.DatasetName;
import java.util.List;

/** Which containers mount datasets of pools. */
public final class SharedMounts {
    private final Containers containers;
    private final ContainerMounts mounts;

    public SharedMounts(ContainerServices services) {
        this.containers = services.containers();
        this.mounts = services.mounts();
    }

    /** The containers of all pools in use whose configurations mount {@code dataset}. */
    public List<Container> of(DatasetName dataset) {
        return containers.all().stream()
                .filter(c -> c.spec().mounts().stream()
                        .anyMatch(m -> m.sharedDataset().filter(dataset::equals).isPresent()))
                .toList();
    }

    /** The containers of other pools that have datasets of {@code pool} mounted now. */
    public List<Container> guestsOf(String pool) {
        return containers.all().stream()
                .filter(c -> !c.id().pool().equals(pool)
                        && c.spec().mounts().stream()
                                .filter(m -> m.sharedDataset()
                                        .filter(d -> d.pool().equals(pool))
                                        .isPresent())
                                .anyMatch(m -> mounts.isActive(c, m)))
                .toList();
    }
}
