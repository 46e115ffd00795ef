package berth.engine.container;

import berth.engine.runtime.Monitor;
import berth.engine.storage.Pool;
import berth.engine.store.Revision;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A container of an open pool: what it is and what it is doing.
 *
 * <p>Readable by any thread; changed only by who holds its lock.
 */
public final class Container {
    private final ContainerId id;
    private final Pool pool;
    private final ReentrantLock lock = new ReentrantLock();
    private final ReentrantLock preparing = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile Revision<ContainerSpec> revision;
    private volatile ContainerState state = ContainerState.STOPPED;
    private volatile @Nullable Monitor monitor;
    private volatile @Nullable Instant since;
    private volatile @Nullable Boot boot;

    Container(Pool pool, Revision<ContainerSpec> revision) {
        this.id = new ContainerId(pool.name(), revision.value().id());
        this.pool = pool;
        this.revision = revision;
    }

    /** Its pool and name. */
    public ContainerId id() {
        return id;
    }

    /** Its id within its pool. */
    public String name() {
        return id.name();
    }

    /** The pool that holds it. */
    public Pool pool() {
        return pool;
    }

    /** What it is. */
    public ContainerSpec spec() {
        return revision.value();
    }

    /** What it is, since when and why. */
    public Revision<ContainerSpec> revision() {
        return revision;
    }

    /** What it is doing. */
    public ContainerState state() {
        return state;
    }

    /** When it was started; empty while it is stopped. */
    public Optional<Instant> since() {
        return Optional.ofNullable(since);
    }

    /** LXC's process that holds it; empty while it is stopped. */
    public Optional<Monitor> monitor() {
        return Optional.ofNullable(monitor);
    }

    /** Whether {@code found}, and not a later one, is the monitor that holds it. */
    @SuppressWarnings("ReferenceEquality") // A monitor's descriptor is its identity.
    boolean isHeldBy(Monitor found) {
        return monitor == found;
    }

    /** Its process 1 as the host numbers it; empty while there is none. */
    public Optional<Integer> initPid() {
        return monitor().flatMap(Monitor::init);
    }

    /** What it runs from instead of its own root file system; empty while it does not. */
    public Optional<Boot> boot() {
        return Optional.ofNullable(boot);
    }

    /** The name it has for itself. */
    public String hostname() {
        return spec().chosenHostname().orElseGet(() -> defaultHostname(name()));
    }

    /** Waits until it is in one of {@code states}: which, empty if that did not happen within {@code limit}. */
    public Optional<ContainerState> await(Set<ContainerState> states, Duration limit) throws InterruptedException {
        long left = limit.toNanos();
        lock.lockInterruptibly();
        try {
            while (!states.contains(state)) {
                if (left <= 0) {
                    return Optional.empty();
                }
                left = changed.awaitNanos(left);
            }
            return Optional.of(state);
        } finally {
            lock.unlock();
        }
    }

    /** Held by whoever prepares it for its next init; the lock that a start holds is another one. */
    ReentrantLock preparing() {
        return preparing;
    }

    void revise(Revision<ContainerSpec> next) {
        revision = next;
    }

    /** It is on its way to or from running, or cannot be used. */
    void becomes(ContainerState next) {
        change(next, monitor, since);
    }

    /** It runs, or is frozen, under {@code found}. */
    void runs(ContainerState next, Monitor found, Instant start) {
        change(next, found, start);
    }

    /** It runs from {@code other} until it ends. */
    void bootedFrom(Boot other) {
        boot = other;
    }

    /** Nothing of it runs any more. */
    void stopped() {
        boot = null;
        Monitor last = monitor;
        change(ContainerState.STOPPED, null, null);
        if (last != null) {
            last.close();
        }
    }

    private void change(ContainerState next, @Nullable Monitor nextMonitor, @Nullable Instant nextSince) {
        lock.lock();
        try {
            monitor = nextMonitor;
            since = nextSince;
            state = next;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** An id may hold what a host name may not. */
    private static String defaultHostname(String name) {
        String letters = name.replace('_', '-');
        String cut = letters.substring(0, Math.min(letters.length(), 63));
        return cut.replaceAll("^-+|-+$", "");
    }

    @Override
    public String toString() {
        return id.toString();
    }
}
