package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.operation.Caller;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Starts, once after each boot of the host, the containers of a pool that are to start with it. */
public final class Autostarter {
    private static final int PARALLEL = 2;
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Containers containers;
    private final ContainerRunner runner;
    private final ContainerLog log;
    private final Path begun;

    /** @param begun a directory that a reboot forgets; for each pool it remembers which containers still wait for their start */
    Autostarter(Containers containers, ContainerRunner runner, ContainerLog log, Path begun) {
        this.containers = containers;
        this.runner = runner;
        this.log = log;
        this.begun = begun;
    }

    /**
     * Starts them in the background. A restarted daemon starts nothing twice, only those that the one before, dying, had
     * not come to.
     */
    public void start(String pool) {
        Path waiting = begun.resolve(pool);
        List<Container> due = containers.of(pool).stream()
                .filter(c -> c.spec().chosenAutostart().isPresent())
                .sorted(Comparator.comparingInt(Autostart::priorityOf).thenComparing(Container::name))
                .toList();
        if (!Files.exists(waiting)) {
            remember(waiting, due);
        }
        Queue<Container> queue = new ConcurrentLinkedQueue<>(
                due.stream().filter(c -> Files.exists(mark(waiting, c))).toList());
        for (int i = Math.min(PARALLEL, queue.size()); i > 0; i--) {
            Thread.ofPlatform().daemon().name("autostart " + pool).start(() -> drain(queue, waiting));
        }
    }

    /** {@code container} is not started any more if it still waits for that: somebody has decided otherwise. */
    public void leaveOut(Container container) {
        remove(mark(begun.resolve(container.id().pool()), container));
    }

    private void drain(Queue<Container> queue, Path waiting) {
        for (Container next = queue.poll(); next != null; next = queue.poll()) {
            try {
                Path mark = mark(waiting, next);
                if (!Files.exists(mark)) {
                    continue;
                }
                startOne(next, mark);
                int delay = next.spec().chosenAutostart().map(Autostart::delay).orElse(0);
                Thread.sleep(Duration.ofSeconds(delay));
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void startOne(Container container, Path mark) {
        try {
            runner.start(container, LIMIT, Caller.daemon("autostart"));
        } catch (BerthException e) {
            log.add(container, "autostart failed: " + e.getMessage());
        }
        remove(mark);
    }

    private static void remove(Path mark) {
        try {
            Files.deleteIfExists(mark);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All of them at once, or a daemon that dies here would leave some out. */
    private void remember(Path waiting, List<Container> due) {
        try {
            Files.createDirectories(begun);
            Path unfinished = Files.createTempDirectory(begun, ".new");
            for (Container container : due) {
                Files.createFile(mark(unfinished, container));
            }
            Files.move(unfinished, waiting, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path mark(Path waiting, Container container) {
        return waiting.resolve(container.name());
    }
}
