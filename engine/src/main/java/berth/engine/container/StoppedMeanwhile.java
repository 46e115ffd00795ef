package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.operation.Caller;
import berth.engine.store.FileFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * Stops containers while something is done with their files, and starts them again whatever happens meanwhile: also after the daemon
 * was killed, for which it leaves notes that a reboot of the host forgets.
 */
public final class StoppedMeanwhile {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Containers containers;
    private final ContainerRunner runner;
    private final ContainerLog log;
    private final Path notes;

    /** @param notes a directory that a reboot forgets */
    StoppedMeanwhile(Containers containers, ContainerRunner runner, ContainerLog log, Path notes) {
        this.containers = containers;
        this.runner = runner;
        this.log = log;
        this.notes = notes;
    }

    /**
     * What {@code work} makes while {@code container} is stopped. One that runs is told to stop, and runs again afterwards.
     *
     * @throws BerthException what {@code work} threw; or why it cannot be stopped, or started again
     */
    public <T> T during(Container container, Caller caller, Supplier<T> work) {
        if (!container.state().isUp()) {
            return work.get();
        }
        Path note = note(container);
        write(note);
        try {
            runner.stop(container, StopMode.GRACEFUL, LIMIT, caller);
            return work.get();
        } finally {
            startAgain(container, caller, note);
        }
    }

    /** Starts, in the background, those of {@code pool} that a daemon before left stopped. Called once hooks are answered. */
    public void resume(String pool) {
        List<Container> due =
                containers.of(pool).stream().filter(c -> Files.exists(note(c))).toList();
        if (!due.isEmpty()) {
            Thread.ofPlatform().daemon().name("start again " + pool).start(() -> due.forEach(this::resume));
        }
    }

    private void resume(Container container) {
        try {
            startAgain(container, Caller.daemon("start again"), note(container));
        } catch (BerthException e) {
            log.add(container, "it ran before, but cannot be started again: " + e.getMessage());
        }
    }

    /** An interrupt ends the work, not this. */
    private void startAgain(Container container, Caller caller, Path note) {
        boolean interrupted = Thread.interrupted();
        try {
            runner.start(container, LIMIT, caller);
        } finally {
            remove(note);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Path note(Container container) {
        return notes.resolve(container.id().pool() + ":" + container.name());
    }

    private void write(Path note) {
        try {
            Files.createDirectories(notes);
            if (!Files.exists(note)) {
                Files.createFile(note);
            }
        } catch (IOException e) {
            throw FileFailure.of("write", note, e);
        }
    }

    private static void remove(Path note) {
        try {
            Files.deleteIfExists(note);
        } catch (IOException e) {
            throw FileFailure.of("remove", note, e);
        }
    }
}
