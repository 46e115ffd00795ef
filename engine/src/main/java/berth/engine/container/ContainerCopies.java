package berth.engine.container;

import berth.engine.mount.Mount;
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
import berth.engine.storage.Volume;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

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
    public Container copy(Container source, String id, WithDatasets datasetsToo, Caller caller) {
        return withLocks(source, id, caller, () -> {
            ContainerSpec spec = source.spec().forCopy(id, datasetsToo);
            Dataset present = snapshots.dataset(source);
            List<Volume> wanted = datasetsToo == WithDatasets.ALL ? present.all() : List.of(present.root());
            boolean stopped = Snapshots.requireSettled(source) == Snapshot.Activity.STOPPED;
            StorageDriver driver = source.pool().driver();
            if (stopped && !driver.copiesInstantly()) {
                Map<String, List<Layer>> frozen = new LinkedHashMap<>(snapshots.freezeHeld(source, caller));
                frozen.keySet().retainAll(wanted.stream().map(Volume::name).toList());
                return create(source, spec, frozen, Optional.empty(), caller);
            }
            Map<String, String> copies = new LinkedHashMap<>();
            Map<String, List<Layer>> stacks = new LinkedHashMap<>();
            for (Volume volume : wanted) {
                String layer = datasets.newLayer(source.name());
                copies.put(volume.name(), layer);
                stacks.put(volume.name(), volume.on(layer, volume.below()).frozenTip());
            }
            return create(
                    source,
                    spec,
                    stacks,
                    Optional.of(
                            new CreateKind.Copying(source.name(), copies, source.state() == ContainerState.RUNNING)),
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
                        source,
                        source.spec().forCopy(id),
                        snapshots.dataset(source).snapshot(snapshot).all(),
                        Optional.empty(),
                        caller));
    }

    private interface Work {
        Container run();
    }

    private Container withLocks(Container source, String id, Caller caller, Work work) {
        ContainerId copy = new ContainerId(source.id().pool(), id);
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
            containers.requireFree(copy, "choose another id for the copy");
            return work.run();
        }
    }

    private Container create(
            Container source,
            ContainerSpec spec,
            Map<String, List<Layer>> stacks,
            Optional<CreateKind.Copying> copying,
            Caller caller) {
        String id = spec.id();
        Ids ids = plans.root(source).ids();
        Dataset original = snapshots.dataset(source);
        Map<String, List<Layer>> lent = new LinkedHashMap<>();
        List<Volume> volumes = new ArrayList<>();
        String tip = datasets.planned(source.pool(), id).tip();
        stacks.forEach((name, layers) -> {
            List<Layer> bases = layers.stream().map(l -> l.lentBy(ids)).toList();
            lent.put(name, bases);
            volumes.add(original.findVolume(name)
                    .orElseGet(() -> new Volume(name, tip, List.of(), null))
                    .on(
                            name.equals(Volume.ROOT) ? tip : datasets.newLayer(id),
                            source.pool().driver().needed(bases)));
        });
        return factory.createHeld(
                source.pool(),
                withoutMissing(spec, stacks.keySet(), caller),
                new ContainerFactory.Made(Dataset.fresh(id).with(volumes), lent, copying),
                caller);
    }

    /** A snapshot may be older than a dataset that its container has mounted by now. */
    private static ContainerSpec withoutMissing(ContainerSpec spec, Set<String> volumes, Caller caller) {
        Map<Boolean, List<Mount>> mounts = spec.mounts().stream()
                .collect(Collectors.partitioningBy(
                        m -> m.ownDataset().filter(d -> !volumes.contains(d)).isEmpty()));
        mounts.getOrDefault(false, List.of())
                .forEach(m -> caller.progress().warn("%s is left out: the snapshot has no such dataset".formatted(m)));
        return spec.withMounts(mounts.getOrDefault(true, List.of()));
    }
}
