package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.event.Events;
import berth.engine.event.Notice;
import berth.engine.group.Group;
import berth.engine.group.GroupSpec;
import berth.engine.group.Groups;
import berth.engine.operation.Caller;
import berth.engine.operation.LockKey;
import berth.engine.operation.LockRequest;
import berth.engine.operation.Locks;
import berth.engine.schedule.Schedule;
import berth.engine.storage.Pool;
import berth.engine.storage.Pools;
import berth.engine.storage.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Snapshots that are taken by themselves: when, and which of them are kept. What a container says counts, otherwise what the
 * nearest group above it says, otherwise what its pool says. Safe for use by several threads.
 */
public final class SnapshotSchedules {
    /** The longest time until what failed is tried again. */
    private static final Duration AGAIN = Duration.ofMinutes(10);

    private final Containers containers;
    private final Groups groups;
    private final Pools pools;
    private final Snapshots snapshots;
    private final SnapshotMounts mounts;
    private final Locks locks;
    private final ContainerLog log;
    private final Events events;
    private final InstantSource clock;
    private final Map<ContainerId, Failure> failures = new ConcurrentHashMap<>();
    /** When it was last seen that a container holds what its newest snapshot holds, so that there was none to take. */
    private final Map<ContainerId, Instant> unchanged = new ConcurrentHashMap<>();

    private final Semaphore changes = new Semaphore(0);

    SnapshotSchedules(
            Containers containers,
            Groups groups,
            Pools pools,
            Snapshots snapshots,
            SnapshotMounts mounts,
            Locks locks,
            ContainerLog log,
            Events events,
            InstantSource clock) {
        this.containers = containers;
        this.groups = groups;
        this.pools = pools;
        this.snapshots = snapshots;
        this.mounts = mounts;
        this.locks = locks;
        this.log = log;
        this.events = events;
        this.clock = clock;
    }

    /**
     * What holds for a container.
     *
     * @param from who says so: the id of the container, the path of a group, or the name of the pool, as users name them
     */
    public record Effective(Schedule schedule, String from) {}

    /** Why the last snapshot was not taken, or an old one not deleted. */
    public record Failure(Instant at, String reason) {}

    /** What holds for {@code container}; empty if nobody says anything. */
    public Optional<Effective> of(Container container) {
        Schedule own = container.spec().snapshots();
        if (own != null) {
            return Optional.of(new Effective(own, container.name()));
        }
        String pool = container.id().pool();
        for (Group group :
                Groups.chain(new Group(pool, container.spec().group())).reversed()) {
            Schedule shared = groups.spec(group).snapshots();
            if (shared != null) {
                return Optional.of(new Effective(shared, "group " + group.path()));
            }
        }
        return Optional.ofNullable(pools.settings(pool).snapshots()).map(s -> new Effective(s, "pool " + pool));
    }

    /** Says it for one container; null if its groups and its pool shall say it. */
    public void set(Container container, @Nullable Schedule schedule, Caller caller) {
        containers.change(container, caller, spec -> spec.withSnapshots(schedule));
        unchanged.remove(container.id());
        changes.release();
    }

    /** Says it for all in a group; null if the groups above it and the pool shall say it. */
    public void set(Group group, @Nullable Schedule schedule, Caller caller) {
        try (Locks.Held _ = locks.acquire(
                List.of(
                        LockRequest.shared(LockKey.Kind.POOL, group.pool()),
                        LockRequest.exclusive(LockKey.Kind.GROUP, group.pool() + ":" + group.path())),
                caller.patience(),
                caller.actor().command())) {
            groups.change(group, (GroupSpec spec) -> spec.withSnapshots(schedule));
        }
        changes.release();
    }

    /** Says it for all in a pool; null if nothing is said. */
    public void set(Pool pool, @Nullable Schedule schedule, Caller caller) {
        try (Locks.Held _ = locks.acquire(
                List.of(LockRequest.shared(LockKey.Kind.POOL, pool.name())),
                caller.patience(),
                caller.actor().command())) {
            pools.change(pool.name(), settings -> settings.withSnapshots(schedule));
        }
        changes.release();
    }

    /** Waits until anybody says something else, at most {@code limit}. */
    public void awaitChange(Duration limit) throws InterruptedException {
        if (changes.tryAcquire(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            changes.drainPermits();
        }
    }

    /** When the newest was taken that was not asked for; empty if there is none. */
    public Optional<Instant> last(Container container) {
        return scheduled(container).stream().map(Snapshot::at).reduce((_, later) -> later);
    }

    /** When the next is taken; empty if never. */
    public Optional<Instant> next(Container container) {
        return of(container).flatMap(e -> e.schedule().next(done(container), clock.instant()));
    }

    /** Why the last was not taken; empty if it was. */
    public Optional<Failure> failure(Container container) {
        return Optional.ofNullable(failures.get(container.id()));
    }

    /**
     * Takes a snapshot of {@code container} if it is time for one, and deletes those that are not to be kept any more. What goes
     * wrong is told by its log, an event and {@link #failure}, and tried again later. A container that is busy has its turn at
     * the next call.
     */
    public void look(Container container, Caller caller) {
        Effective effective = of(container).orElse(null);
        if (effective == null || effective.schedule().every().isEmpty()) {
            failures.remove(container.id());
            return;
        }
        if (isToRest(container, effective.schedule().every().get())) {
            return;
        }
        try {
            if (effective.schedule().isDue(done(container), clock.instant())) {
                take(container, caller);
            }
            prune(container, effective.schedule(), caller);
            if (failures.remove(container.id()) != null) {
                log.add(container, "snapshots are taken by themselves again");
            }
        } catch (BerthException e) {
            if (e.code() != ErrorCode.BUSY && e.code() != ErrorCode.TIMEOUT) {
                failed(container, String.valueOf(e.getMessage()));
            }
        } catch (RuntimeException e) {
            failed(container, String.valueOf(e));
        }
    }

    private void take(Container container, Caller caller) {
        Optional<Snapshot> taken = snapshots.takeScheduled(container, caller);
        if (taken.isEmpty()) {
            unchanged.put(container.id(), clock.instant());
            return;
        }
        log.add(
                container,
                "snapshot %s was taken by itself".formatted(taken.get().name()));
        publish(container, "snapshot", Map.of("name", taken.get().name()));
    }

    private void prune(Container container, Schedule schedule, Caller caller) {
        Set<String> names = schedule.keep().expendable(scheduled(container), Snapshot::at, clock.instant()).stream()
                .map(Snapshot::name)
                .filter(name -> mounts.find(container, name).isEmpty())
                .collect(Collectors.toCollection(LinkedHashSet::new));
        if (!names.isEmpty()) {
            snapshots.delete(container, names, caller);
            log.add(container, "snapshots are not kept any longer: " + String.join(", ", names));
        }
    }

    /** After a failure, unless the clock was set back since. */
    private boolean isToRest(Container container, Duration period) {
        Failure failure = failures.get(container.id());
        if (failure == null) {
            return false;
        }
        Duration rest = period.compareTo(AGAIN) < 0 ? period : AGAIN;
        Instant now = clock.instant();
        return !now.isBefore(failure.at()) && now.isBefore(failure.at().plus(rest));
    }

    private void failed(Container container, String reason) {
        Failure former = failures.put(container.id(), new Failure(clock.instant(), reason));
        if (former == null || !former.reason().equals(reason)) {
            log.add(container, "no snapshot could be taken or deleted by itself: " + reason);
            publish(container, "snapshot-failed", Map.of("reason", reason));
        }
    }

    private void publish(Container container, String type, Map<String, String> attributes) {
        events.publish(new Notice.Event(clock.instant(), type, container.id().pool(), container.name(), attributes));
    }

    private List<Snapshot> scheduled(Container container) {
        return snapshots.of(container).stream()
                .filter(s -> s.origin() == Snapshot.Origin.SCHEDULED)
                .toList();
    }

    private List<Instant> done(Container container) {
        List<Instant> done =
                new ArrayList<>(scheduled(container).stream().map(Snapshot::at).toList());
        Optional.ofNullable(unchanged.get(container.id())).ifPresent(done::add);
        return done;
    }
}
