package berth.engine.operation;

import static berth.engine.operation.LockKey.Kind.CONTAINER;
import static berth.engine.operation.LockKey.Kind.POOL;
import static berth.engine.operation.LockKey.Kind.USER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LocksTest {
    private Instant now = Instant.EPOCH;
    private final Locks locks = new Locks(() -> now);
    private final BlockingQueue<String> granted = new LinkedBlockingQueue<>();

    private Locks.Held lock(LockRequest request, String holder) {
        return locks.acquire(List.of(request), Wait.FOREVER, holder);
    }

    /** Somebody who waits for a lock and, once it is granted, holds it until told to let go. */
    private final class Other {
        private final CountDownLatch letGo = new CountDownLatch(1);
        private final Thread thread;

        private Other(LockRequest request, String name) throws InterruptedException {
            CountDownLatch queued = new CountDownLatch(1);
            thread = Thread.ofVirtual().start(() -> {
                Progress progress = new Telling(queued::countDown);
                try (Locks.Held _ = locks.acquire(List.of(request), Wait.FOREVER, name, progress)) {
                    granted.add(name);
                    queued.countDown();
                    letGo.await();
                } catch (InterruptedException e) {
                    granted.add(name + " interrupted");
                } catch (BerthException e) {
                    granted.add(name + " " + e.code());
                }
            });
            queued.await();
        }

        private void letGo() {
            letGo.countDown();
        }
    }

    private record Telling(Runnable onNote) implements Progress {
        @Override
        public void note(String text) {
            onNote.run();
        }
    }

    private @Nullable String next() throws InterruptedException {
        return granted.poll(10, TimeUnit.SECONDS);
    }

    @Test
    void whoDoesNotWantToWaitIsToldWhoHoldsIt() throws InterruptedException {
        Other other = new Other(LockRequest.exclusive(CONTAINER, "web"), "ct start web");
        now = now.plusSeconds(3);
        assertThatThrownBy(
                        () -> locks.acquire(List.of(LockRequest.shared(CONTAINER, "web")), Wait.NO_WAIT, "ct stop web"))
                .isInstanceOfSatisfying(
                        BerthException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUSY))
                .hasMessage("container 'web' is held by 'ct start web' since 3 s");
        other.letGo();
    }

    @Test
    void waitingIsBounded() throws InterruptedException {
        Other other = new Other(LockRequest.exclusive(CONTAINER, "web"), "ct start web");
        assertThatThrownBy(() -> locks.acquire(
                        List.of(LockRequest.exclusive(CONTAINER, "web")),
                        Wait.atMost(Duration.ofMillis(5)),
                        "ct stop web"))
                .isInstanceOf(BerthException.class);
        other.letGo();
    }

    @Test
    void locksAreGrantedInTheOrderInWhichTheyWereAskedFor() throws InterruptedException {
        Locks.Held held = lock(LockRequest.exclusive(CONTAINER, "web"), "first");
        Other second = new Other(LockRequest.exclusive(CONTAINER, "web"), "second");
        Other third = new Other(LockRequest.exclusive(CONTAINER, "web"), "third");
        held.close();
        assertThat(next()).isEqualTo("second");
        assertThat(granted).isEmpty();
        second.letGo();
        assertThat(next()).isEqualTo("third");
        third.letGo();
    }

    @Test
    void sharersHoldTogetherButNotPastAnExclusiveWaiter() throws InterruptedException {
        Other reader = new Other(LockRequest.shared(POOL, "tank"), "reader");
        Other second = new Other(LockRequest.shared(POOL, "tank"), "second reader");
        assertThat(List.of(next() + "", next() + "")).containsExactly("reader", "second reader");
        Other writer = new Other(LockRequest.exclusive(POOL, "tank"), "writer");
        Other late = new Other(LockRequest.shared(POOL, "tank"), "late reader");
        assertThat(granted).isEmpty();
        reader.letGo();
        second.letGo();
        assertThat(next()).isEqualTo("writer");
        writer.letGo();
        assertThat(next()).isEqualTo("late reader");
        late.letGo();
    }

    @Test
    void aWaiterThatGivesUpLetsThoseBehindItPass() throws InterruptedException {
        Other reader = new Other(LockRequest.shared(POOL, "tank"), "reader");
        assertThat(next()).isEqualTo("reader");
        Other writer = new Other(LockRequest.exclusive(POOL, "tank"), "writer");
        Other late = new Other(LockRequest.shared(POOL, "tank"), "late reader");
        writer.thread.interrupt();
        assertThat(List.of(next() + "", next() + "")).containsExactlyInAnyOrder("writer CANCELLED", "late reader");
        reader.letGo();
        late.letGo();
    }

    @Test
    void aWaiterWhoCannotBeToldThatItWaitsLeavesNothingBehind() throws InterruptedException {
        Other other = new Other(LockRequest.exclusive(CONTAINER, "web"), "other");
        Progress deaf = new Telling(() -> {
            throw new UncheckedIOException(new IOException("broken pipe"));
        });
        assertThatThrownBy(() -> locks.acquire(
                        List.of(LockRequest.shared(POOL, "tank"), LockRequest.exclusive(CONTAINER, "web")),
                        Wait.FOREVER,
                        "deaf",
                        deaf))
                .isInstanceOf(UncheckedIOException.class);
        other.letGo();
        assertThat(next()).isEqualTo("other");
        lock(LockRequest.exclusive(CONTAINER, "web"), "next").close();
        assertThat(locks.entries()).isEmpty();
    }

    @Test
    void nothingIsHeldAfterARefusal() throws InterruptedException {
        Other other = new Other(LockRequest.exclusive(CONTAINER, "web"), "other");
        assertThat(next()).isEqualTo("other");
        assertThatThrownBy(() -> locks.acquire(
                        List.of(LockRequest.exclusive(CONTAINER, "web"), LockRequest.exclusive(POOL, "tank")),
                        Wait.NO_WAIT,
                        "both"))
                .isInstanceOf(BerthException.class);
        Locks.Held pool = locks.acquire(List.of(LockRequest.exclusive(POOL, "tank")), Wait.NO_WAIT, "pool");
        pool.close();
        other.letGo();
    }

    @Test
    void unusedLocksAreForgotten() {
        Locks.Held held = lock(LockRequest.exclusive(CONTAINER, "web"), "x");
        assertThat(locks.entries()).hasSize(1);
        held.close();
        held.close();
        assertThat(locks.entries()).isEmpty();
    }

    @Test
    void twoRequestsForOneObjectAreOneAndTheExclusiveOneCounts() {
        try (Locks.Held _ = locks.acquire(
                List.of(LockRequest.shared(POOL, "tank"), LockRequest.exclusive(POOL, "tank")), Wait.NO_WAIT, "x")) {
            assertThat(locks.entries()).extracting(Locks.Entry::mode).containsExactly(LockRequest.Mode.EXCLUSIVE);
        }
    }

    @Test
    void lockingTheSameOrAnEarlierObjectWhileHoldingOneIsADefect() {
        try (Locks.Held _ = lock(LockRequest.shared(USER, "u"), "x")) {
            assertThatThrownBy(() -> lock(LockRequest.shared(USER, "u"), "x"))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> lock(LockRequest.shared(POOL, "p"), "x"))
                    .hasMessage("pool 'p' must be locked before user 'u'");
            lock(LockRequest.exclusive(CONTAINER, "web"), "x").close();
        }
    }

    @Test
    void anAttemptNeedsNoOrderAndDoesNotWait() throws InterruptedException {
        Other other = new Other(LockRequest.shared(CONTAINER, "a"), "ct show a");
        try (Locks.Held _ = lock(LockRequest.exclusive(CONTAINER, "web"), "x")) {
            assertThatThrownBy(() -> locks.attempt(LockRequest.exclusive(CONTAINER, "a"), "x"))
                    .hasMessageStartingWith("container 'a' is held by 'ct show a'");
            locks.attempt(LockRequest.exclusive(CONTAINER, "b"), "x").close();
            locks.attempt(LockRequest.exclusive(CONTAINER, "web"), "x").close();

            assertThat(locks.entries())
                    .extracting(e -> e.key().toString())
                    .containsExactlyInAnyOrder("container 'a'", "container 'web'");
        }
        other.letGo();
    }

    @Test
    void aLockMayBeReleasedByAnotherThread() throws InterruptedException {
        Locks.Held held = lock(LockRequest.exclusive(CONTAINER, "web"), "x");
        Thread.ofVirtual().start(held::close).join();
        assertThat(locks.entries()).isEmpty();
    }

    @Test
    void anInterruptedThreadStaysInterrupted() throws InterruptedException {
        Other other = new Other(LockRequest.exclusive(CONTAINER, "web"), "other");
        AtomicReference<Boolean> still = new AtomicReference<>(false);
        Thread waiter = Thread.ofVirtual().unstarted(() -> {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> lock(LockRequest.exclusive(CONTAINER, "web"), "waiter"))
                    .hasMessage("cancelled while waiting for container 'web'");
            still.set(Thread.currentThread().isInterrupted());
        });
        waiter.start();
        waiter.join();
        assertThat(still.get()).isTrue();
        other.letGo();
    }
}
