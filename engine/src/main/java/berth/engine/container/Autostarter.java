package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.operation.Caller;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    private final Path done;

    /** @param done a directory that a reboot forgets; it remembers which pools have had their start */
    Autostarter(Containers containers, ContainerRunner runner, ContainerLog log, Path done) {
        this.containers = containers;
        this.runner = runner;
        this.log = log;
        this.done = done;
    }

    /** Starts them in the background, unless that was done since the host's boot: a restarted daemon starts nothing again. */
    public void start(String pool) {
        Path mark = done.resolve(pool);
        if (Files.exists(mark)) {
            return;
        }
        try {
            Files.createDirectories(done);
            Files.writeString(mark, "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<Container> due = containers.of(pool).stream()
                .filter(c -> c.spec().chosenAutostart().isPresent())
                .sorted(Comparator.comparingInt((Container c) -> c.spec()
                                .chosenAutostart()
                                .map(Autostart::priority)
                                .orElse(Autostart.DEFAULT_PRIORITY))
                        .thenComparing(Container::name))
                .toList();
        Queue<Container> queue = new ConcurrentLinkedQueue<>(due);
        for (int i = 0; i < Math.min(PARALLEL, due.size()); i++) {
            Thread.ofPlatform().daemon().name("autostart " + pool).start(() -> drain(queue));
        }
    }

    private void drain(Queue<Container> queue) {
        for (Container next = queue.poll(); next != null; next = queue.poll()) {
            try {
                runner.start(next, LIMIT, Caller.daemon("autostart"));
                int delay = next.spec().chosenAutostart().map(Autostart::delay).orElse(0);
                Thread.sleep(Duration.ofSeconds(delay));
            } catch (BerthException e) {
                log.add(next, "autostart failed: " + e.getMessage());
            } catch (InterruptedException e) {
                return;
            }
        }
    }
}
