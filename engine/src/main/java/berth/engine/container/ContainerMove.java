package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.network.managed.Networks;
import berth.engine.operation.Caller;
import berth.engine.operation.LockKey;
import berth.engine.operation.LockRequest;
import berth.engine.operation.Locks;
import berth.engine.storage.Datasets;
import berth.engine.store.Change;
import java.time.InstantSource;
import java.util.List;

/** Gives containers other ids. Safe for use by several threads. */
public final class ContainerMove {
    private final Containers containers;
    private final Datasets datasets;
    private final Networks networks;
    private final SnapshotMounts mounts;
    private final Locks locks;
    private final PoolOperations operations;
    private final MoveKind kind;
    private final InstantSource clock;

    ContainerMove(
            Containers containers,
            Datasets datasets,
            Networks networks,
            SnapshotMounts mounts,
            Locks locks,
            PoolOperations operations,
            MoveKind kind,
            InstantSource clock) {
        this.containers = containers;
        this.datasets = datasets;
        this.networks = networks;
        this.mounts = mounts;
        this.locks = locks;
        this.operations = operations;
        this.kind = kind;
        this.clock = clock;
    }

    /**
     * Calls a stopped container {@code id} from now on; all that it has stays its own, its user among it.
     *
     * @throws BerthException EXISTS; WRONG_STATE if it runs; IN_USE if a network forwards ports to it
     */
    public Container rename(Container container, String id, Caller caller) {
        ContainerId target = new ContainerId(container.id().pool(), id);
        try (Locks.Held _ = locks.acquire(
                List.of(
                        LockRequest.shared(LockKey.Kind.POOL, target.pool()),
                        LockRequest.shared(
                                LockKey.Kind.USER,
                                target.pool() + ":" + container.spec().user()),
                        Containers.exclusive(container.id()),
                        Containers.exclusive(target)),
                caller.patience(),
                caller.actor().command(),
                caller.progress())) {
            containers.current(container);
            containers.requireFree(target, "choose another id");
            requireMovable(container);
            mounts.unmountAll(container);
            operations
                    .of(target.pool())
                    .run(
                            kind,
                            new MoveKind.Plan(
                                    target.pool(),
                                    MoveKind.Spot.container(container.name()),
                                    MoveKind.Spot.container(id),
                                    MoveKind.revisions(
                                            container.spec().withId(id),
                                            containers.history(container),
                                            new Change(
                                                    clock.instant(),
                                                    caller.actor().user(),
                                                    caller.actor().command())),
                                    datasets.of(target.pool(), container.name()).ownedBy(id)),
                            caller.actor(),
                            caller.progress());
            return containers.existing(target);
        }
    }

    /** Refuses to go on with one that must stay what and where it is. @throws BerthException WRONG_STATE if it runs; IN_USE */
    void requireMovable(Container container) {
        if (container.state() != ContainerState.STOPPED) {
            throw new BerthException(
                    ErrorCode.WRONG_STATE,
                    "container '%s' is %s"
                            .formatted(container.name(), container.state().word()),
                    "stop it first: 'osctl ct stop %s'".formatted(container.name()));
        }
        refuseForwarded(container);
    }

    private void refuseForwarded(Container container) {
        networks.all().stream()
                .filter(n -> n.forwards().stream()
                        .anyMatch(f -> f.container().equals(container.id().toString())))
                .findFirst()
                .ifPresent(n -> {
                    throw new BerthException(
                            ErrorCode.IN_USE,
                            "network '%s' forwards ports to container '%s'".formatted(n.name(), container.name()),
                            "take them away first: 'osctl network forward ls %s'".formatted(n.name()));
                });
    }
}
