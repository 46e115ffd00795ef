package berth.engine.container;

import berth.engine.operation.Locks;
import berth.engine.operation.Progress;
import berth.engine.operation.Step;
import berth.engine.storage.Dataset;
import berth.engine.storage.Pools;
import java.io.IOException;
import java.time.InstantSource;
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
    private final InstantSource clock;

    Retirement(
            Pools pools,
            Containers containers,
            Departures departures,
            Locks locks,
            ContainerLog log,
            MoveKind trash,
            DeleteKind delete,
            InstantSource clock) {
        this.pools = pools;
        this.containers = containers;
        this.departures = departures;
        this.locks = locks;
        this.log = log;
        this.trash = trash;
        this.delete = delete;
        this.clock = clock;
    }

    /** {@code former} will be what {@code successor} takes the place of, of that {@code revision} and made of {@code dataset}. */
    void begin(ContainerId former, ContainerId successor, int revision, Dataset dataset) {
        departures.leave(containers.existing(former), successor);
        departures.arrive(successor, revision, dataset);
    }

    /** It will not. */
    void abandon(ContainerId former, ContainerId successor) {
        departures.end(former);
        departures.end(successor);
    }

    /**
     * Takes {@code former} away, if it is what it was at {@link #begin}. Otherwise it was used, and is what its users know: then it
     * stays, and {@code successor} goes to the trash, unless that was used, too. May be run again.
     *
     * @param surrender how that goes
     * @throws berth.engine.BerthException if the pool of {@code former} is away, or somebody works on one of them
     */
    void retire(Former former, ContainerId successor, Optional<MoveKind.Plan> surrender, Progress progress)
            throws IOException, InterruptedException {
        ContainerId id = former.container();
        if (!pools.isInstalled(former.pool())) {
            tell(
                    successor,
                    "pool '%s' is not installed any more: what was left of %s there is forgotten"
                            .formatted(former.pool(), id));
            departures.end(successor);
            return;
        }
        pools.usable(former.pool());
        containers.names(former.pool());
        // A move holds them, what completes that later on does not.
        try (Locks.Held _ = locks.attempt(Containers.exclusive(id), "ct mv");
                Locks.Held _ = locks.attempt(Containers.exclusive(successor), "ct mv")) {
            Optional<Container> found = containers.find(id);
            if (departures.isRetiring(id)
                    || found.filter(c -> departures.stands(c, successor)).isPresent()) {
                departures.retiring(id);
                if (former.trashed().isPresent()) {
                    discard(former.trashed().get(), progress);
                }
                if (former.deleted().isPresent()) {
                    run(delete.steps(former.deleted().get(), progress));
                }
            } else if (found.isPresent()) {
                keep(id, successor, surrender, progress);
            }
            // Else it was renamed or deleted since: what has its name no more is not what has left.
            departures.end(id);
            departures.end(successor);
        }
    }

    private void keep(ContainerId former, ContainerId successor, Optional<MoveKind.Plan> surrender, Progress progress)
            throws IOException, InterruptedException {
        boolean isUnused = departures.isRetiring(successor)
                || containers
                        .find(successor)
                        .filter(c -> departures.stands(c, successor))
                        .isPresent();
        String used = "it was used before its move to %s could be completed".formatted(successor);
        if (isUnused && surrender.isPresent()) {
            tell(former, used + ": it stays, and what came there goes to the trash of that pool");
            departures.retiring(successor);
            discard(surrender.get(), progress);
        } else {
            tell(former, used + ", as was what came there: both stay; delete the one that is not wanted");
            tell(
                    successor,
                    "%s was used before its move to here could be completed, as was this: both stay".formatted(former));
        }
    }

    private void tell(ContainerId id, String message) {
        containers.find(id).ifPresent(c -> log.add(c, message));
    }

    /** To the trash, which keeps it from now on: the move may have waited for longer than that keeps anything. */
    private void discard(MoveKind.Plan plan, Progress progress) throws IOException, InterruptedException {
        run(trash.steps(plan.at(clock.instant()), progress));
    }

    /** Made when they are run, as they need the pool too. Each may be run again. */
    private static void run(List<Step> steps) throws IOException, InterruptedException {
        for (Step step : steps) {
            step.run().run();
        }
    }
}
