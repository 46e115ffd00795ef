package berth.engine.container;

import berth.engine.operation.Locks;
import berth.engine.operation.Progress;
import berth.engine.operation.Step;
import berth.engine.storage.Pools;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The end of containers whose place others in other pools take, which may have to wait until those pools are back. */
final class Retirement {
    /**
     * The container, in another pool, that it takes the place of.
     *
     * @param trashed how it goes to the trash, if it does
     * @param deleted how it is deleted for good, if it is
     */
    record Former(String pool, String id, Optional<MoveKind.Plan> trashed, Optional<DeleteKind.Plan> deleted) {
        ContainerId container() {
            return new ContainerId(pool, id);
        }
    }

    private final Pools pools;
    private final Containers containers;
    private final Departures departures;
    private final Locks locks;
    private final ContainerLog log;
    private final MoveKind trash;
    private final DeleteKind delete;

    Retirement(
            Pools pools,
            Containers containers,
            Departures departures,
            Locks locks,
            ContainerLog log,
            MoveKind trash,
            DeleteKind delete) {
        this.pools = pools;
        this.containers = containers;
        this.departures = departures;
        this.locks = locks;
        this.log = log;
        this.trash = trash;
        this.delete = delete;
    }

    /** {@code former} will be what {@code successor} takes the place of. */
    void begin(ContainerId former, ContainerId successor) {
        departures.leave(containers.existing(former), successor);
    }

    /** It will not. */
    void abandon(ContainerId former) {
        departures.end(former);
    }

    /**
     * Takes {@code former} away, if it is what it was at {@link #begin}. Otherwise it was used, and is what its users know: then it
     * stays, and {@code successor} goes to the trash. May be run again.
     *
     * @param surrender how that goes
     * @throws berth.engine.BerthException if the pool of {@code former} is away, or somebody works on it
     */
    void retire(Former former, ContainerId successor, Optional<MoveKind.Plan> surrender, Progress progress)
            throws IOException, InterruptedException {
        pools.usable(former.pool());
        containers.names(former.pool());
        ContainerId id = former.container();
        // A move holds it, what completes that later on does not.
        try (Locks.Held _ = locks.attempt(Containers.exclusive(id), "ct mv")) {
            Optional<Container> used = containers.find(id).filter(c -> !departures.stands(c, successor));
            used.ifPresent(c -> log.add(
                    c,
                    "it was used before its move to %s could be completed: it stays, and what came there goes to the trash of that pool"
                            .formatted(successor)));
            List<Step> steps = new ArrayList<>();
            if (used.isPresent()) {
                surrender.ifPresent(p -> steps.addAll(trash.steps(p, progress)));
            } else {
                former.trashed().ifPresent(p -> steps.addAll(trash.steps(p, progress)));
                former.deleted().ifPresent(p -> steps.addAll(delete.steps(p, progress)));
            }
            // Made here, as they need the pool too. Each may be run again.
            for (Step step : steps) {
                step.run().run();
            }
            departures.end(id);
        }
    }
}
