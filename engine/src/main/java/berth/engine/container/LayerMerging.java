package berth.engine.container;

import berth.engine.operation.Caller;
import berth.engine.storage.Dataset;
import berth.engine.storage.Datasets;
import berth.engine.storage.Layer;
import berth.engine.storage.Volume;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Merges the layers of containers that stand on many. That takes as long as listing their files, and meanwhile the container can
 * be used: its lock is held only while the merged layer takes the place of the others, which were frozen all the time. Safe for
 * use by several threads, each on other containers.
 */
public final class LayerMerging {
    /** How long layers are left alone that could not be merged, as on a full disk. */
    private static final Duration REST = Duration.ofMinutes(10);

    private final Containers containers;
    private final Datasets datasets;
    private final RunPlans plans;
    private final PoolOperations operations;
    private final MergeKind kind;
    private final InstantSource clock;
    private final Map<ContainerId, Instant> failed = new ConcurrentHashMap<>();

    LayerMerging(
            Containers containers,
            Datasets datasets,
            RunPlans plans,
            PoolOperations operations,
            MergeKind kind,
            InstantSource clock) {
        this.containers = containers;
        this.datasets = datasets;
        this.plans = plans;
        this.operations = operations;
        this.kind = kind;
        this.clock = clock;
    }

    /** On how many layers that file system of {@code container} stands that has most; empty if that cannot be read. */
    public Optional<Integer> depth(Container container) {
        return deepest(container).map(v -> v.below().size());
    }

    /**
     * Merges the layers of the file system of {@code container} that has most, if it is stopped and they are many. If something
     * else is made of what meanwhile, it is started, or it is busy, nothing has happened.
     *
     * @throws berth.engine.BerthException what keeps them from being merged
     */
    public void look(Container container, Caller caller) {
        Volume volume = toMerge(container).orElse(null);
        if (volume == null) {
            return;
        }
        Dataset before = datasets.of(container.id().pool(), container.name());
        String merging = Datasets.mergingLayer(container.name());
        Path layer = container.pool().containers().resolve(merging);
        try {
            container.pool().driver().merge(plans.filesystem(container, volume).with(merging, volume.below()), merging);
            containers.locked(container, caller, () -> {
                if (toMerge(container).isPresent()
                        && before.equals(datasets.of(container.id().pool(), container.name()))) {
                    use(container, before, volume, merging, caller);
                }
            });
            failed.remove(container.id());
        } catch (RuntimeException e) {
            failed.put(container.id(), clock.instant());
            throw e;
        } finally {
            container.pool().driver().destroy(layer);
        }
    }

    private Optional<Volume> toMerge(Container container) {
        Instant failure = failed.get(container.id());
        if (container.state() != ContainerState.STOPPED
                || (failure != null && clock.instant().isBefore(failure.plus(REST)))) {
            return Optional.empty();
        }
        return deepest(container)
                .filter(v -> v.below().size() > container.pool().driver().comfortable());
    }

    private Optional<Volume> deepest(Container container) {
        return datasets.find(container.id().pool(), container.name())
                .flatMap(d -> d.all().stream()
                        .max(Comparator.comparingInt(v -> v.below().size())));
    }

    private void use(Container container, Dataset before, Volume volume, String merging, Caller caller) {
        String merged = datasets.newLayer(container.name());
        MergeKind.Plan plan = new MergeKind.Plan(
                container.id().pool(),
                container.name(),
                volume.name(),
                merging,
                merged,
                before.with(volume.on(volume.tip(), List.of(Layer.own(merged)))),
                before.layers());
        operations.of(container.id().pool()).run(kind, plan, caller.actor(), caller.progress());
    }
}
