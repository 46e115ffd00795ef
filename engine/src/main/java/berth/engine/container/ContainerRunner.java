package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.event.Events;
import berth.engine.event.Notice;
import berth.engine.image.ImageStores;
import berth.engine.operation.Caller;
import berth.engine.operation.LockKey;
import berth.engine.operation.LockRequest;
import berth.engine.operation.Locks;
import berth.engine.operation.Operations;
import berth.engine.runtime.Monitor;
import berth.engine.runtime.Monitors;
import berth.engine.runtime.RunPlan;
import berth.linux.cgroup.Cgroup;
import berth.linux.cgroup.CgroupHost;
import berth.linux.process.PollLoop;
import berth.linux.process.Processes;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts, stops and suspends containers, and notices when they end by themselves. Safe for use by several threads: each call
 * holds the container's lock while it changes what the container does.
 */
public final class ContainerRunner {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerRunner.class);
    private static final Duration FREEZE_LIMIT = Duration.ofSeconds(10);
    private static final String AUTONOMOUS_END = "its end was noticed";

    private final Containers containers;
    private final Departures departures;
    private final RunPlans plans;
    private final Boots boots;
    private final ImageStores images;
    private final Monitors monitors;
    private final Halt halt;
    private final CgroupHost cgroups;
    private final Locks locks;
    private final Operations operations;
    private final StartKind startKind;
    private final StopKind stopKind;
    private final ContainerNetwork network;
    private final PollLoop poll;
    private final Events events;
    private final ContainerLog log;
    private final InstantSource clock;

    ContainerRunner(
            Containers containers,
            Departures departures,
            RunPlans plans,
            Boots boots,
            ImageStores images,
            Monitors monitors,
            Halt halt,
            CgroupHost cgroups,
            Locks locks,
            Operations operations,
            StartKind startKind,
            StopKind stopKind,
            ContainerNetwork network,
            PollLoop poll,
            Events events,
            ContainerLog log,
            InstantSource clock) {
        this.containers = containers;
        this.departures = departures;
        this.plans = plans;
        this.boots = boots;
        this.images = images;
        this.monitors = monitors;
        this.halt = halt;
        this.cgroups = cgroups;
        this.locks = locks;
        this.operations = operations;
        this.startKind = startKind;
        this.stopKind = stopKind;
        this.network = network;
        this.poll = poll;
        this.events = events;
        this.log = log;
        this.clock = clock;
    }

    /**
     * Starts {@code container} and waits at most {@code limit} until its init runs. One that runs already stays as it is.
     *
     * @return whether it was started by this call
     */
    public boolean start(Container container, Duration limit, Caller caller) {
        try (Locks.Held _ = lock(container, caller)) {
            containers.current(container);
            if (container.state().isUp()) {
                return false;
            }
            startHeld(container, Optional.empty(), limit, caller);
            return true;
        }
    }

    /**
     * Starts {@code container} from another image, with its own root file system mounted in that, until it ends; a reboot inside
     * is no end.
     *
     * @param wish names the image by a name or by its id
     * @param stop how it is stopped first if it runs; empty if that is refused
     */
    public void boot(Container container, Boot wish, Optional<StopWish> stop, Duration limit, Caller caller) {
        String pool = container.id().pool();
        Boot boot = new Boot(images.of(pool).get(wish.image()).id(), wish.place());
        try (Locks.Held _ = locks.acquire(
                List.of(
                        LockRequest.shared(LockKey.Kind.POOL, pool),
                        LockRequest.shared(LockKey.Kind.IMAGE, pool + ":" + boot.image()),
                        Containers.exclusive(container.id())),
                caller.patience(),
                caller.actor().command(),
                caller.progress())) {
            containers.current(container);
            images.of(pool).get(boot.image());
            if (container.state() != ContainerState.STOPPED && stop.isEmpty()) {
                throw new BerthException(
                        ErrorCode.WRONG_STATE,
                        "container '%s' is %s"
                                .formatted(container.name(), container.state().word()),
                        "stop it first, or add --force");
            }
            stop.ifPresent(how -> stopHeld(container, how.mode(), how.limit(), caller));
            startHeld(container, Optional.of(boot), limit, caller);
        }
    }

    /** How a container is to be stopped that may run, and how long its init may take. */
    public record StopWish(StopMode mode, Duration limit) {}

    /** Stops {@code container}, giving its init at most {@code limit}. */
    public StopOutcome stop(Container container, StopMode mode, Duration limit, Caller caller) {
        try (Locks.Held _ = lock(container, caller)) {
            containers.current(container);
            return stopHeld(container, mode, limit, caller);
        }
    }

    /** Stops {@code container} if it runs, and starts it. */
    public void restart(Container container, StopMode mode, Duration stopLimit, Duration startLimit, Caller caller) {
        try (Locks.Held _ = lock(container, caller)) {
            containers.current(container);
            stopHeld(container, mode, stopLimit, caller);
            startHeld(container, Optional.empty(), startLimit, caller);
        }
    }

    /** Asks the init of {@code container} to reboot, as {@code reboot} inside would; returns when it was told. */
    public void reboot(Container container, Caller caller) throws InterruptedException {
        try (Locks.Held _ = lock(container, caller)) {
            requireUp(container);
            int init = container
                    .initPid()
                    .orElseThrow(() -> new BerthException(
                            ErrorCode.WRONG_STATE, "container '%s' is rebooting already".formatted(container.name())));
            if (!halt.askForReboot(plans.of(container), init)) {
                throw new BerthException(
                        ErrorCode.FAILED,
                        "the init of container '%s' does not know how to reboot".formatted(container.name()),
                        "use 'osctl ct restart %s' without --reboot".formatted(container.name()));
            }
        }
    }

    /** Suspends every process of {@code container}. */
    public void freeze(Container container, Caller caller) {
        try (Locks.Held _ = lock(container, caller)) {
            requireUp(container);
            cgroup(container).freeze(FREEZE_LIMIT);
            turn(container, ContainerState.FROZEN);
        }
    }

    /** Lets {@code container} run on. */
    public void thaw(Container container, Caller caller) {
        try (Locks.Held _ = lock(container, caller)) {
            requireUp(container);
            cgroup(container).thaw();
            turn(container, ContainerState.RUNNING);
        }
    }

    /** Stops the container whose lock is held by the caller. */
    StopOutcome stopHeld(Container container, StopMode mode, Duration limit, Caller caller) {
        if (container.state() == ContainerState.STOPPED) {
            return new StopOutcome(StopOutcome.How.WAS_STOPPED, Duration.ZERO);
        }
        ContainerState before = container.state();
        Instant begin = clock.instant();
        announce(container, ContainerState.STOPPING);
        boolean wasUp = monitorIsUp(container);
        try {
            operations.run(
                    stopKind,
                    new StopKind.Plan(container.id().pool(), container.name(), mode, limit.toMillis()),
                    caller.actor(),
                    caller.progress());
        } catch (RuntimeException e) {
            if (!wasUp || monitorIsUp(container)) {
                announce(container, before);
            }
            throw e;
        }
        Duration took = Duration.between(begin, clock.instant());
        boolean killed = stopKind.hadToKill(container.id());
        StopOutcome.How how = !killed
                ? StopOutcome.How.BY_INIT
                : mode == StopMode.KILL ? StopOutcome.How.KILLED : StopOutcome.How.KILLED_LATE;
        ended(
                container,
                "%s after %d ms by %s"
                        .formatted(how.words(), took.toMillis(), caller.actor().command()));
        return new StopOutcome(how, took);
    }

    /** What the kernel shows of {@code container} becomes its state; what an end left on the host is taken away. */
    void adopt(Container container) {
        RunPlan plan = plans.of(container);
        var monitor = monitors.holding(plan);
        if (monitor.isPresent()) {
            boolean frozen = cgroup(container).isFrozen();
            boots.noted(plan).ifPresent(container::bootedFrom);
            watch(container, monitor.get(), frozen ? ContainerState.FROZEN : ContainerState.RUNNING);
            log.add(
                    container,
                    "found %s%s"
                            .formatted(
                                    container.state().word(),
                                    container
                                            .initPid()
                                            .map(init -> ", init is process " + init)
                                            .orElse(", on its way from one init to the next")));
            return;
        }
        boolean isBootLeft = boots.isLeft(container, plan);
        if (Files.exists(plan.paths().directory()) || cgroup(container).exists()) {
            halt.cleanUp(plan);
            log.add(container, "had ended while no daemon watched; cleaned up");
        }
        if (isBootLeft) {
            discardBoot(container);
        }
    }

    private void startHeld(Container container, Optional<Boot> boot, Duration limit, Caller caller) {
        // Before anything is done that would have to be undone.
        plans.requireWhole(container);
        departures.end(container.id());
        RunPlan plan = plans.of(container);
        Instant begin = clock.instant();
        container.becomes(ContainerState.STARTING);
        events.publish(event(container, ContainerState.STARTING));
        try {
            operations.run(
                    startKind,
                    new StartKind.Plan(container.id().pool(), container.name(), limit.toMillis(), boot),
                    caller.actor(),
                    caller.progress());
        } catch (RuntimeException e) {
            ended(container, "start by %s failed: %s".formatted(caller.actor().command(), e.getMessage()));
            throw e;
        }
        boot.ifPresent(container::bootedFrom);
        Monitor monitor = monitors.find(plan).orElse(null);
        if (monitor == null) {
            halt.cleanUp(plan);
            ended(container, "ended as soon as it was started");
            return;
        }
        watch(container, monitor, ContainerState.RUNNING);
        log.add(
                container,
                "started%s by %s in %d ms"
                        .formatted(
                                boot.map(b -> " from image %.12s".formatted(b.image()))
                                        .orElse(""),
                                caller.actor().command(),
                                Duration.between(begin, clock.instant()).toMillis()));
    }

    private void watch(Container container, Monitor monitor, ContainerState state) {
        Instant since = Processes.startedAt(monitor.process().pid()).orElseGet(clock::instant);
        container.runs(state, monitor, since);
        events.publish(event(container, state));
        poll.onExit(monitor.process(), () -> noticeEnd(container, monitor));
    }

    /** The monitor has ended: with a stop by a command, which cleans up itself, or by a halt inside or a kill from outside. */
    private void noticeEnd(Container container, Monitor monitor) {
        try (Locks.Held _ = lock(container, Caller.daemon(AUTONOMOUS_END))) {
            if (container.isHeldBy(monitor)) {
                String text = "ended by itself";
                try {
                    halt.cleanUp(plans.of(container));
                } catch (RuntimeException e) {
                    // It has ended nevertheless; the next start takes away what is in its way.
                    LOG.error("What {} leaves on the host stays", container, e);
                    text += "; what it left stays: " + e.getMessage();
                }
                ended(container, text);
            }
        }
    }

    private void ended(Container container, String text) {
        boolean hadBoot = container.boot().isPresent();
        container.stopped();
        if (hadBoot) {
            discardBoot(container);
        }
        network.stopped(container);
        events.publish(event(container, ContainerState.STOPPED));
        log.add(container, text);
    }

    /** What a run from another image has left; it stands in the way of nothing if it stays. */
    private void discardBoot(Container container) {
        try {
            boots.discard(container);
        } catch (RuntimeException e) {
            LOG.warn("What {} had for one run stays until its pool is imported anew: {}", container, e.getMessage());
        }
    }

    private void turn(Container container, ContainerState next) {
        announce(container, next);
        log.add(container, next.word());
    }

    private void announce(Container container, ContainerState next) {
        container.becomes(next);
        events.publish(event(container, next));
    }

    private static void requireUp(Container container) {
        if (!EnumSet.of(ContainerState.RUNNING, ContainerState.FROZEN).contains(container.state())) {
            throw new BerthException(
                    ErrorCode.WRONG_STATE,
                    "container '%s' is %s"
                            .formatted(container.name(), container.state().word()),
                    "start it with 'osctl ct start %s'".formatted(container.name()));
        }
    }

    private static boolean monitorIsUp(Container container) {
        return container.monitor().filter(m -> !m.process().isExited()).isPresent();
    }

    private Cgroup cgroup(Container container) {
        return cgroups.at(plans.cgroup(container));
    }

    private Locks.Held lock(Container container, Caller caller) {
        return locks.acquire(
                List.of(
                        LockRequest.shared(LockKey.Kind.POOL, container.id().pool()),
                        Containers.exclusive(container.id())),
                caller.patience(),
                caller.actor().command(),
                caller.progress());
    }

    private Notice.Event event(Container container, ContainerState state) {
        return new Notice.Event(
                clock.instant(), "state", container.id().pool(), container.name(), Map.of("state", state.word()));
    }
}
