package berth.engine.storage;

import berth.engine.BerthException;
import berth.engine.store.FileFailure;
import berth.linux.KernelException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** Finds out whether pools can be used. A file system that hangs does not keep the daemon from what it does for other pools. */
final class PoolProbe {
    /** Within this time a file system says whether it can be used. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** So long one look waits for another at the same pool, which may hang for ever on what was unmounted since. */
    private static final Duration POLITENESS = PATIENCE.dividedBy(2);

    private final Map<String, StorageDriver> drivers;
    private final PoolPlaces places;
    /** By pool. One look mounts and makes what the other would. */
    private final Map<String, ReentrantLock> looks = new ConcurrentHashMap<>();

    PoolProbe(Map<String, StorageDriver> drivers, PoolPlaces places) {
        this.drivers = drivers;
        this.places = places;
    }

    /**
     * Begins to find out why {@code pool}, in {@code path}, cannot be used; the answer, which is waited for when it is asked for, is
     * empty if it can. What it stands on is mounted.
     *
     * @param late told, on a thread of its own, if it turns out that it can when nobody waits for that any more
     */
    Supplier<Optional<String>> problem(PoolRecord pool, Path path, Runnable late) {
        CompletableFuture<Optional<String>> answer = new CompletableFuture<Optional<String>>()
                .completeOnTimeout(
                        Optional.of("its file system did not answer for %d s".formatted(PATIENCE.toSeconds())),
                        PATIENCE.toSeconds(),
                        TimeUnit.SECONDS);
        // It may never end, and hears no interrupt.
        Thread.ofPlatform().daemon().name("open-" + pool.name()).start(() -> {
            try {
                Optional<String> problem = lookAlone(pool, path);
                if (!answer.complete(problem) && problem.isEmpty()) {
                    late.run();
                }
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        return () -> await(answer);
    }

    private static Optional<String> await(CompletableFuture<Optional<String>> answer) {
        try {
            return answer.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("nobody waited for its file system to answer");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException own ? own : new IllegalStateException(e);
        }
    }

    private Optional<String> lookAlone(PoolRecord pool, Path path) throws InterruptedException {
        ReentrantLock lock = looks.computeIfAbsent(pool.name(), _ -> new ReentrantLock());
        boolean alone = lock.tryLock(POLITENESS.toMillis(), TimeUnit.MILLISECONDS);
        try {
            return look(pool, path);
        } finally {
            if (alone) {
                lock.unlock();
            }
        }
    }

    private Optional<String> look(PoolRecord pool, Path path) {
        if (!drivers.containsKey(pool.driver())) {
            return Optional.of("this version has no '%s' driver".formatted(pool.driver()));
        }
        try {
            places.open(pool);
        } catch (BerthException e) {
            return Optional.of(e.getMessage() + e.hint().map("; %s"::formatted).orElse(""));
        } catch (KernelException e) {
            return Optional.of(
                    "%s cannot be mounted: %s".formatted(pool.diskFile().orElse(path), e.getMessage()));
        }
        if (!Files.isDirectory(path)) {
            return Optional.of("%s does not exist; is its file system mounted?".formatted(path));
        }
        try {
            if (PoolLayout.markers(path).read(pool.name()).isEmpty()) {
                return Optional.of(
                        "%s does not hold pool '%s'; is its file system mounted?".formatted(path, pool.name()));
            }
            PoolLayout.lay(pool.name(), path, pool.driver());
            drivers.get(pool.driver()).requireUsable(path);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("%s cannot be written: %s".formatted(path, FileFailure.reason(e)));
        } catch (UncheckedIOException e) {
            return Optional.of("%s cannot be written: %s".formatted(path, e.getMessage()));
        } catch (BerthException e) {
            return Optional.of(e.getMessage());
        }
    }
}
