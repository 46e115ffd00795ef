package berth.engine.operation;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One lock per object, granted in the order in which it was asked for.
 *
 * <p>All locks of an operation are taken by one {@link #acquire}, in the order of their keys; a thread that already holds some
 * may only add later ones. So no two operations can wait for each other, and breaking the rule is a defect that shows at once
 * instead of a deadlock that shows some day. Locks nobody holds or wants take no memory.
 */
public final class Locks {
    private final InstantSource clock;
    private final ReentrantLock mutex = new ReentrantLock();
    private final Map<LockKey, Queue> queues = new HashMap<>();

    public Locks(InstantSource clock) {
        this.clock = clock;
    }

    /** Locks that are held until it is closed, by any thread; closing twice does nothing. */
    public interface Held extends AutoCloseable {
        @Override
        void close();
    }

    /** Somebody who holds or awaits a lock, for people who look for who blocks whom. */
    public record Entry(LockKey key, LockRequest.Mode mode, String holder, Instant since, boolean granted) {}

    /**
     * Takes every lock of {@code requests}; of two requests for one object the exclusive one counts.
     *
     * @param holder what the locks are for, as others are told, for instance {@code ct start web}
     * @throws BerthException BUSY if one is not granted in time, CANCELLED if the thread is interrupted; nothing is held then
     * @throws IllegalStateException if this thread holds one of them, or a later one, already
     */
    public Held acquire(Collection<LockRequest> requests, Wait wait, String holder) {
        return acquire(requests, wait, holder, Progress.none());
    }

    /** As {@link #acquire(Collection, Wait, String)}; {@code progress} is told whom it waits for. */
    public Held acquire(Collection<LockRequest> requests, Wait wait, String holder, Progress progress) {
        SortedMap<LockKey, LockRequest.Mode> wanted = new TreeMap<>();
        for (LockRequest request : requests) {
            wanted.merge(request.key(), request.mode(), (a, b) -> a == b ? a : LockRequest.Mode.EXCLUSIVE);
        }
        long deadline = System.nanoTime() + TimeUnit.NANOSECONDS.convert(wait.limit());
        List<Claim> claims = new ArrayList<>(wanted.size());
        mutex.lock();
        try {
            refuseDisorder(wanted);
            wanted.forEach((key, mode) -> claims.add(take(key, mode, holder, deadline, progress)));
        } catch (RuntimeException | Error e) {
            claims.forEach(this::drop);
            throw e;
        } finally {
            mutex.unlock();
        }
        return () -> release(claims);
    }

    /**
     * Takes one lock without waiting, whichever others this thread holds: nobody can wait for it because of that. One that it holds
     * exclusively already stays its own.
     *
     * @throws BerthException BUSY if somebody holds it
     */
    public Held attempt(LockRequest request, String holder) {
        mutex.lock();
        try {
            if (isMine(request.key())) {
                return () -> {};
            }
            Claim claim = take(request.key(), request.mode(), holder, System.nanoTime(), Progress.none());
            return () -> release(List.of(claim));
        } finally {
            mutex.unlock();
        }
    }

    private boolean isMine(LockKey key) {
        Queue queue = queues.get(key);
        return queue != null
                && queue.claims.stream()
                        .anyMatch(c -> c.granted
                                && c.mode == LockRequest.Mode.EXCLUSIVE
                                && c.owner.equals(Thread.currentThread()));
    }

    /** Who holds and awaits what at this moment. */
    public List<Entry> entries() {
        mutex.lock();
        try {
            return queues.values().stream()
                    .flatMap(q -> q.claims.stream())
                    .map(c -> new Entry(c.key, c.mode, c.holder, c.since, c.granted))
                    .toList();
        } finally {
            mutex.unlock();
        }
    }

    private void refuseDisorder(SortedMap<LockKey, LockRequest.Mode> wanted) {
        if (wanted.isEmpty()) {
            return;
        }
        LockKey first = wanted.firstKey();
        for (Queue queue : queues.values()) {
            for (Claim claim : queue.claims) {
                if (claim.owner.equals(Thread.currentThread()) && claim.key.compareTo(first) >= 0) {
                    throw new IllegalStateException("%s must be locked before %s".formatted(first, claim.key));
                }
            }
        }
    }

    private Claim take(LockKey key, LockRequest.Mode mode, String holder, long deadline, Progress progress) {
        Queue queue = queues.computeIfAbsent(key, k -> new Queue());
        Claim claim = new Claim(key, mode, holder, clock.instant(), mutex.newCondition());
        queue.claims.addLast(claim);
        queue.grant(clock.instant());
        long left = deadline - System.nanoTime();
        if (!claim.granted && left > 0) {
            String blocker = queue.claims.getFirst().holder;
            try {
                unlocked(() -> progress.note("waiting for %s, held by '%s'".formatted(key, blocker)));
            } catch (RuntimeException | Error e) {
                // Left in the queue it would be granted one day, to a thread that has long gone.
                drop(claim);
                throw e;
            }
        }
        boolean interrupted = false;
        while (!claim.granted && !interrupted && left > 0) {
            try {
                left = claim.turn.awaitNanos(left);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (claim.granted) {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return claim;
        }
        BerthException refusal = interrupted ? cancelled(claim) : busy(queue, claim);
        drop(claim);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        throw refusal;
    }

    /** Runs what may block, as a write to somebody's terminal does, without holding up everybody else. */
    private void unlocked(Runnable action) {
        mutex.unlock();
        try {
            action.run();
        } finally {
            mutex.lock();
        }
    }

    private void release(List<Claim> claims) {
        mutex.lock();
        try {
            claims.forEach(this::drop);
        } finally {
            mutex.unlock();
        }
    }

    private void drop(Claim claim) {
        Queue queue = queues.get(claim.key);
        if (queue == null || !queue.claims.remove(claim)) {
            return;
        }
        if (queue.claims.isEmpty()) {
            queues.remove(claim.key);
        } else {
            queue.grant(clock.instant());
        }
    }

    private static BerthException cancelled(Claim claim) {
        return new BerthException(ErrorCode.CANCELLED, "cancelled while waiting for %s".formatted(claim.key));
    }

    private BerthException busy(Queue queue, Claim claim) {
        Claim blocker = queue.claims.getFirst();
        Duration held = Duration.between(blocker.since, clock.instant());
        return new BerthException(
                ErrorCode.BUSY,
                "%s is held by '%s' since %d s".formatted(claim.key, blocker.holder, Math.max(0, held.toSeconds())),
                "try again when it is done, or let the command wait its turn");
    }

    /** The claims on one object in the order in which they were made: first those granted, then those waiting. */
    private static final class Queue {
        private final Deque<Claim> claims = new ArrayDeque<>();

        /** Grants what may be granted: one exclusive claim at the head, or every shared one up to the first exclusive. */
        private void grant(Instant now) {
            Iterator<Claim> order = claims.iterator();
            boolean first = true;
            while (order.hasNext()) {
                Claim claim = order.next();
                boolean exclusive = claim.mode == LockRequest.Mode.EXCLUSIVE;
                if (exclusive && !first) {
                    return;
                }
                if (!claim.granted) {
                    claim.granted = true;
                    claim.since = now;
                    claim.turn.signal();
                }
                if (exclusive) {
                    return;
                }
                first = false;
            }
        }
    }

    private static final class Claim {
        private final LockKey key;
        private final LockRequest.Mode mode;
        private final String holder;
        private Instant since;
        private final Condition turn;
        private final Thread owner = Thread.currentThread();
        private boolean granted;

        private Claim(LockKey key, LockRequest.Mode mode, String holder, Instant since, Condition turn) {
            this.key = key;
            this.mode = mode;
            this.holder = holder;
            this.since = since;
            this.turn = turn;
        }
    }
}
