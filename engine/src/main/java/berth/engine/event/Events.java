package berth.engine.event;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Passes events on to whoever subscribed. Publishing never waits: a subscriber that does not keep up loses its oldest events and
 * is told how many.
 */
public final class Events {
    private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();

    /** Tells every subscriber, each in the same order as long as one thread publishes. */
    public void publish(Notice.Event event) {
        subscriptions.forEach(s -> s.put(event));
    }

    /** @param capacity how many unread events are kept */
    public Subscription subscribe(int capacity) {
        Subscription subscription = new Subscription(capacity);
        subscriptions.add(subscription);
        return subscription;
    }

    /** Events from the moment of its making until it is closed. Read by one thread. */
    public final class Subscription implements AutoCloseable {
        private final int capacity;
        private final ReentrantLock mutex = new ReentrantLock();
        private final Condition arrived = mutex.newCondition();
        private final Deque<Notice.Event> queue = new ArrayDeque<>();
        private long lost;
        private boolean closed;

        private Subscription(int capacity) {
            if (capacity < 1) {
                throw new IllegalArgumentException("a subscription needs room for an event");
            }
            this.capacity = capacity;
        }

        /** The next notice; empty if none came within {@code patience}, or when it is closed and read to its end. */
        public Optional<Notice> next(Duration patience) throws InterruptedException {
            long left = patience.toNanos();
            mutex.lock();
            try {
                while (queue.isEmpty() && lost == 0) {
                    if (closed || left <= 0) {
                        return Optional.empty();
                    }
                    left = arrived.awaitNanos(left);
                }
                if (lost > 0) {
                    Notice.Lost gap = new Notice.Lost(lost);
                    lost = 0;
                    return Optional.of(gap);
                }
                return Optional.of(queue.removeFirst());
            } finally {
                mutex.unlock();
            }
        }

        /** Whether nothing will arrive any more. */
        public boolean isClosed() {
            mutex.lock();
            try {
                return closed;
            } finally {
                mutex.unlock();
            }
        }

        /** Ends it; a reader that waits is woken. Closing twice does nothing. */
        @Override
        public void close() {
            subscriptions.remove(this);
            mutex.lock();
            try {
                closed = true;
                arrived.signalAll();
            } finally {
                mutex.unlock();
            }
        }

        private void put(Notice.Event event) {
            mutex.lock();
            try {
                if (queue.size() == capacity) {
                    queue.removeFirst();
                    lost++;
                }
                queue.addLast(event);
                arrived.signal();
            } finally {
                mutex.unlock();
            }
        }
    }
}
