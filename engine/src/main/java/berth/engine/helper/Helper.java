package berth.engine.helper;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.store.FileFailure;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.process.Child;
import berth.linux.process.Command;
import berth.linux.process.Pidfd;
import berth.linux.process.PollLoop;
import berth.linux.process.Processes;
import berth.linux.process.Signal;
import berth.linux.process.Spawner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One process of a helper, which writes its number to a file. It outlives the daemon, and the next one finds it. Not safe for
 * several threads: its owner holds a lock around every call.
 */
public final class Helper {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofMillis(2);

    private final String name;
    private final Path pidFile;
    private final String mark;
    private final PollLoop poll;
    private @Nullable Pidfd process;

    /**
     * @param name for messages
     * @param pidFile where it writes its number
     * @param mark a word of its command line that no other process has
     */
    public Helper(String name, Path pidFile, String mark, PollLoop poll) {
        this.name = name;
        this.pidFile = pidFile;
        this.mark = mark;
        this.poll = poll;
    }

    /**
     * Takes over the process that a former daemon has started: whether there is one. Of its unasked end {@code ended} is told,
     * on a thread of its own.
     */
    public boolean adopt(Runnable ended) {
        Pidfd found = process == null ? found().orElse(null) : null;
        if (found != null) {
            process = found;
            poll.onExit(found, () -> ended.run());
        }
        return isRunning();
    }

    /** Starts it and waits until it is ready. @throws BerthException FAILED if it ends instead, or takes too long */
    public void start(List<String> words, BooleanSupplier isReady, Runnable ended) {
        try (Fd nothing = Fd.openForReading(Path.of("/dev/null"));
                Fd nowhere = Fd.openForWriting(Path.of("/dev/null"))) {
            Files.deleteIfExists(pidFile);
            Child child = Spawner.spawn(Command.of(words)
                    .withStdin(nothing)
                    .withStdout(nowhere)
                    .withStderr(nowhere)
                    .withEnvironment(Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"))
                    .grouped(Command.Grouping.OWN_SESSION));
            awaitReady(child, isReady);
            process = own(child);
            poll.onExit(child.pidfd(), () -> {
                child.close();
                ended.run();
            });
        } catch (IOException e) {
            throw FileFailure.of("remove", pidFile, e);
        }
    }

    /** Whether it runs. */
    public boolean isRunning() {
        return process != null && !process.isExited();
    }

    /** Its number, if it runs. */
    public Optional<Integer> pid() {
        return isRunning() && process != null ? Optional.of(process.pid()) : Optional.empty();
    }

    /** Lets go of one that has ended by itself. */
    public void forget() {
        if (process != null) {
            process.close();
            process = null;
        }
    }

    /** Ends it and waits for that. */
    public void end() {
        if (process != null) {
            process.signal(Signal.TERM);
            if (!process.awaitExit(PATIENCE)) {
                process.signal(Signal.KILL);
                process.awaitExit(PATIENCE);
            }
        }
    }

    /** Ends it at once and waits for that: for one that keeps nothing. */
    public void kill() {
        if (process != null) {
            process.signal(Signal.KILL);
            process.awaitExit(PATIENCE);
        }
    }

    /** A descriptor of its own: the child's is needed until its end is seen, whoever lets go of the process before. */
    private static Pidfd own(Child child) {
        try {
            return Pidfd.open(child.pid()).orElseThrow();
        } catch (KernelException e) {
            child.signal(Signal.KILL);
            child.await();
            child.close();
            throw e;
        }
    }

    private void awaitReady(Child child, BooleanSupplier isReady) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!isReady.getAsBoolean()) {
            boolean hasEnded = child.await(PAUSE).isPresent();
            if (hasEnded || System.nanoTime() > deadline) {
                child.signal(Signal.KILL);
                child.await();
                child.close();
                throw new BerthException(
                        ErrorCode.FAILED,
                        hasEnded ? name + " ends when it is started" : name + " does not begin to serve");
            }
        }
    }

    private Optional<Pidfd> found() {
        try {
            int pid = Integer.parseInt(Files.readString(pidFile).strip());
            Optional<Pidfd> opened = Pidfd.open(pid);
            if (opened.isPresent() && (!Processes.commandLine(pid).contains(mark) || Processes.isZombie(pid))) {
                opened.get().close();
                return Optional.empty();
            }
            return opened;
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }
}
