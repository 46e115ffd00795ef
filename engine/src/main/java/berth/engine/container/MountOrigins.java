package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.mount.Mount;
import berth.engine.mount.MountSources;
import berth.engine.mount.Ownership;
import berth.engine.operation.Caller;
import berth.engine.storage.Datasets;
import berth.linux.Fd;
import berth.linux.mount.Mounts;
import java.util.List;

/** Where what containers have mounted comes from: the host, memory, or datasets of their own. */
final class MountOrigins {
    private final RunPlans plans;
    private final MountSources sources;
    private final Datasets datasets;

    MountOrigins(RunPlans plans, MountSources sources, Datasets datasets) {
        this.plans = plans;
        this.sources = sources;
        this.datasets = datasets;
    }

    /** What {@code mount} of {@code container} is, detached. @throws BerthException as {@link MountSources#open} */
    Fd open(Container container, Mount mount) {
        return mount.ownDataset()
                .map(name -> dataset(container, name, mount))
                .orElseGet(() -> sources.open(mount, plans.ids(container.id().pool(), container.spec())));
    }

    private Fd dataset(Container container, String name, Mount mount) {
        Fd tree = container
                .pool()
                .driver()
                .mount(plans.filesystem(
                        container,
                        datasets.of(container.id().pool(), container.name()).volume(name)));
        try {
            Mounts.setAttributes(tree, mount.attributes());
            return tree;
        } catch (RuntimeException e) {
            tree.close();
            throw e;
        }
    }

    /** Refuses what {@code container}, which has {@code others} mounted, cannot have; warns of what it will hardly want. */
    void require(Container container, Mount mount, List<Mount> others, Caller caller) {
        if (mount.ownDataset().isPresent()) {
            requireDataset(container, mount.ownDataset().get(), others);
            return;
        }
        try {
            sources.check(mount);
        } catch (BerthException e) {
            if (e.code() != ErrorCode.NOT_FOUND || !mount.optional()) {
                throw e;
            }
            caller.progress().warn(e.getMessage());
        }
        if (mount.ownership() == Ownership.NONE && !mount.isReadOnly()) {
            sources.owner(mount)
                    .filter(uid -> plans.user(container).uidMap().mappings().stream()
                            .noneMatch(m -> uid >= m.outside() && uid < m.outside() + m.count()))
                    .ifPresent(uid -> caller.progress()
                            .warn(
                                    ("'%s' belongs to uid %d of the host, which is nobody in the container: root inside cannot"
                                                    + " write to it; '--map owner' shows it with the host's owners")
                                            .formatted(mount.source().orElse(""), uid)));
        }
    }

    /** Two overlays of one upper layer would not know of each other's changes. */
    private void requireDataset(Container container, String name, List<Mount> others) {
        datasets.of(container.id().pool(), container.name()).volume(name);
        others.stream()
                .filter(m -> m.ownDataset().filter(name::equals).isPresent())
                .findFirst()
                .ifPresent(m -> {
                    throw new BerthException(
                            ErrorCode.IN_USE,
                            "dataset '%s' of container '%s' is mounted at '%s'"
                                    .formatted(name, container.name(), m.mountpoint()),
                            "a dataset has one mount point; take it from there by 'osctl ct mounts del %s %s'"
                                    .formatted(container.name(), m.mountpoint()));
                });
    }
}
