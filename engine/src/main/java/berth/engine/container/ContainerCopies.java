package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.operation.Caller;
import berth.engine.operation.LockKey;
import berth.engine.operation.LockRequest;
import berth.engine.operation.Locks;
import berth.engine.storage.Dataset;
import berth.engine.storage.Datasets;
import berth.engine.storage.Ids;
import berth.engine.storage.Layer;
import berth.engine.storage.Snapshot;
import berth.engine.storage.StorageDriver;
import java.util.List;
import java.util.Optional;

/**
 * New containers that begin with the files of others. They share what was there with them, nothing of it is copied; each has a
 * user of its own. Safe for use by several threads.
 */
public final class ContainerCopies {
    private final Containers containers;
    private final ContainerFactory factory;
    private final Snapshots snapshots;
    private final Datasets datasets;
    private final RunPlans plans;
    private final Locks locks;

    ContainerCopies(
            Containers containers,
            ContainerFactory factory,
            Snapshots snapshots,
            Datasets datasets,
            RunPlans plans,
            Locks locks) {
        this.containers = containers;
        this.factory = factory;
        this.snapshots = snapshots;
        this.datasets = datasets;
        this.plans = plans;
        this.locks = locks;
    }

    /**
     * A stopped copy of {@code source} as it is now, in the same pool. What a running container has changed since its last
     * snapshot is copied while it is suspended.
     */
    public Container copy(Container source, String id, Caller caller) {
        return withLocks(source, id, caller, () -> {
            boolean stopped = Snapshots.requireSettled(source) == Snapshot.Activity.STOPPED;
            StorageDriver driver = source.pool().driver();
            if (stopped && !driver.copiesInstantly()) {
                return create(source, id, snapshots.freezeHeld(source, caller), Optional.empty(), caller);
            }
            Dataset present = snapshots.dataset(source);
            String layer = datasets.newLayer(source.name());
            return create(
                    source,
                    id,
                    present.on(layer, present.below()).frozenTip(),
                    Optional.of(new CreateKind.Copying(source.name(), layer, source.state() == ContainerState.RUNNING)),
                    caller);
        });
    }

    /** A stopped container with the files of a snapshot of {@code source}, in the same pool. */
    public Container copy(Container source, String snapshot, String id, Caller caller) {
        return withLocks(
                source,
                id,
                caller,
                () -> create(
                        source, id, snapshots.dataset(source).snapshot(snapshot).layers(), Optional.empty(), caller));
    }

    private interface Work {
        Container run();
    }

    private Container withLocks(Container source, String id, Caller caller, Work work) {
        ContainerId copy = new ContainerId(source.id().pool(), id);
        if (copy.equals(source.id())) {
            throw exists(id);
        }
        try (Locks.Held _ = locks.acquire(
                List.of(
                        LockRequest.shared(LockKey.Kind.POOL, copy.pool()),
                        LockRequest.shared(
                                LockKey.Kind.GROUP,
                                copy.pool() + ":" + source.spec().group()),
                        LockRequest.shared(
                                LockKey.Kind.IMAGE,
                                copy.pool() + ":" + source.spec().image()),
                        Containers.exclusive(source.id()),
                        Containers.exclusive(copy)),
                caller.patience(),
                caller.actor().command(),
                caller.progress())) {
            containers.current(source);
            if (containers.find(copy).isPresent()) {
                throw exists(id);
            }
            return work.run();
        }
    }

    private Container create(
            Container source, String id, List<Layer> layers, Optional<CreateKind.Copying> copying, Caller caller) {
        Ids ids = plans.root(source).ids();
        List<Layer> lent = layers.stream().map(l -> l.lentBy(ids)).toList();
        Dataset dataset = datasets.planned(source.pool(), id);
        ContainerSpec spec = source.spec().forCopy(id);
        return factory.createHeld(
                source.pool(),
                spec,
                new ContainerFactory.Made(
                        dataset.on(dataset.tip(), source.pool().driver().needed(lent)), lent, copying),
                caller);
    }

    private static BerthException exists(String id) {
        return new BerthException(
                ErrorCode.EXISTS, "container '%s' exists already".formatted(id), "choose another id for the copy");
    }
}
