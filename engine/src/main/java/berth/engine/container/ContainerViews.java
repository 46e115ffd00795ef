package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.event.Events;
import berth.engine.event.Notice;
import berth.engine.lxcfs.Lxcfs;
import berth.engine.lxcfs.Views;
import berth.engine.runtime.Monitor;
import berth.engine.runtime.Monitors;
import berth.linux.KernelException;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What containers see in place of the host's processors, memory and load: views of lxcfs, which each init is given before it runs. Safe for
 * use by several threads.
 */
public final class ContainerViews {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerViews.class);

    private final Containers containers;
    private final RunPlans plans;
    private final Monitors monitors;
    private final Lxcfs lxcfs;
    private final Views views;
    private final ContainerLog log;
    private final Events events;
    private final InstantSource clock;

    ContainerViews(
            Containers containers,
            RunPlans plans,
            Monitors monitors,
            Lxcfs lxcfs,
            Views views,
            ContainerLog log,
            Events events,
            InstantSource clock) {
        this.containers = containers;
        this.plans = plans;
        this.monitors = monitors;
        this.lxcfs = lxcfs;
        this.views = views;
        this.log = log;
        this.events = events;
        this.clock = clock;
    }

    /** Begins to serve them, and to give them back whenever lxcfs had to be started again. */
    public void start() {
        lxcfs.onRenewal(() -> containers.all().forEach(this::restore));
        lxcfs.start();
    }

    /** When the daemon ends: nothing is left of lxcfs, unless a container needs it. */
    public void rest() {
        if (containers.all().stream().noneMatch(c -> c.monitor().isPresent())) {
            lxcfs.stop();
        }
    }

    /** How {@code container}, which may run, sees the machine: {@code own}, or {@code host} and why; empty if it does not run. */
    public Optional<String> of(Container container) {
        return container.initPid().map(init -> {
            String why = lxcfs.absence().map(w -> ": " + w).orElse("");
            return views.has(init) ? "own" : "host" + why;
        });
    }

    /** Gives {@code container}, whose {@code init} waits to be run, its views; a start without them is told of. */
    void prepare(Container container, int init) {
        try {
            views.give(init);
        } catch (KernelException e) {
            missing(container, String.valueOf(e.getMessage()));
        }
        lxcfs.absence().ifPresent(why -> missing(container, why));
    }

    private void missing(Container container, String why) {
        log.add(container, "sees the host's processors and memory: " + why);
        events.publish(new Notice.Event(
                clock.instant(), "views_missing", container.id().pool(), container.name(), Map.of("reason", why)));
    }

    /** Gives {@code container}, if it runs, the views that it has not, or no longer. A failure is logged. */
    private void restore(Container container) {
        container.preparing().lock();
        try {
            init(container).ifPresent(views::restore);
        } catch (KernelException | BerthException e) {
            LOG.warn("{} does not see its own processors and memory: {}", container, e.getMessage());
            log.add(container, "its views of processors and memory cannot be mounted: " + e.getMessage());
        } finally {
            container.preparing().unlock();
        }
    }

    /** Also of one that is being started: it may have been given views of an lxcfs that has died since. */
    private Optional<Integer> init(Container container) {
        if (container.state() != ContainerState.STARTING) {
            return container.initPid();
        }
        try (Monitor monitor = monitors.holding(plans.of(container)).orElse(null)) {
            return monitor == null ? Optional.empty() : monitor.init();
        }
    }

    /** After the daemon was away: gives the containers of {@code pool} the views that they have not, or no longer. */
    void restore(String pool) {
        containers.of(pool).stream().filter(c -> c.state().isUp()).forEach(this::restore);
    }
}
