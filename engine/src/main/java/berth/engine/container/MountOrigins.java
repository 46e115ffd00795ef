package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.mount.Mount;
import berth.engine.mount.MountSources;
import berth.engine.mount.Ownership;
import berth.engine.operation.Caller;
import berth.engine.operation.Locks;
import berth.engine.share.SharedDatasets;
import berth.engine.storage.Datasets;
import berth.engine.storage.Ids;
import berth.linux.Fd;
import berth.linux.mount.Mounts;
import java.util.List;

/** Where what containers have mounted comes from: the host, memory, datasets of their own or of pools. */
final class MountOrigins {
    private final RunPlans plans;
    private final MountSources sources;
    private final Datasets datasets;
    private final SharedDatasets shares;

    MountOrigins(RunPlans plans, MountSources sources, Datasets datasets, SharedDatasets shares) {
        this.plans = plans;
        this.sources = sources;
        this.datasets = datasets;
        this.shares = shares;
    }

    /** Does {@code work}, which mounts {@code mount}, while the pool stays that it shows something of. */
    void whileThere(Mount mount, Runnable work) {
        mount.sharedDataset().ifPresentOrElse(name -> shares.whileThere(name.pool(), work), work);
    }

    /** Lets nobody delete what {@code mount} shows until what is returned is closed. */
    Locks.Held keep(Mount mount, Caller caller) {
        return mount.sharedDataset().map(name -> shares.keep(name, caller)).orElse(() -> {});
    }

    /** What {@code mount} of {@code container} is, detached. @throws BerthException as {@link MountSources#open} */
    Fd open(Container container, Mount mount) {
        Ids ids = plans.ids(container.id().pool(), container.spec());
        return mount.ownDataset()
                .map(name -> limited(own(container, name), mount))
                .or(() -> mount.sharedDataset().map(name -> limited(shares.mount(name, ids), mount)))
                .orElseGet(() -> sources.open(mount, ids));
    }

    private Fd own(Container container, String name) {
        return container
                .pool()
                .driver()
                .mount(plans.filesystem(
                        container,
                        datasets.of(container.id().pool(), container.name()).volume(name)));
    }

    private static Fd limited(Fd tree, Mount mount) {
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
            mount.sharedDataset().ifPresentOrElse(shares::get, () -> sources.check(mount));
        } catch (BerthException e) {
            boolean missing =
                    e.code() == ErrorCode.NOT_FOUND || mount.sharedDataset().isPresent();
            if (!missing || !mount.optional()) {
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
