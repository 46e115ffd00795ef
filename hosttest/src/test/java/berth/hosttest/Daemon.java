package berth.hosttest;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The daemon of one instance: the real {@code osctld}, started and ended as often as a test likes. */
public final class Daemon {
    private final String instance;
    private final Path log;
    private final List<String> prefix;
    private @Nullable Process process;
    private int begin;

    /** @param prefix the words of a program that runs it in its place, for instance nsenter(1) */
    Daemon(String instance, Path log, List<String> prefix) {
        this.instance = instance;
        this.log = log;
        this.prefix = List.copyOf(prefix);
    }

    /** Starts it without waiting for anything. It may be told to die at fail points. */
    void start() {
        begin = wholeLog().length();
        List<String> words = new ArrayList<>(prefix);
        words.addAll(List.of(
                Checkout.programs().resolve("osctld").toString(),
                "--instance",
                instance,
                "--foreground",
                "--allow-fail-points"));
        ProcessBuilder builder = new ProcessBuilder(words)
                .directory(new java.io.File("/"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isRunning() {
        return process != null && process.isAlive();
    }

    public long pid() {
        return current().pid();
    }

    /** Ends it without warning. */
    void kill() {
        current().destroyForcibly();
        awaitEnd();
    }

    /** Asks it to end, as a service manager would: its exit status. */
    int stop() {
        current().destroy();
        awaitEnd();
        return current().exitValue();
    }

    /** Waits until it has ended. */
    void awaitEnd() {
        await("the end of osctld").atMost(Running.PATIENCE).until(() -> !isRunning());
    }

    /** All that the newest of them has written so far. */
    public String log() {
        String all = wholeLog();
        return all.substring(Math.min(begin, all.length()));
    }

    /** All that any of them has written. */
    String wholeLog() {
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends it whatever state it is in. */
    void destroy() {
        if (process != null) {
            process.destroyForcibly();
            try {
                process.waitFor(Duration.ofSeconds(10).toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private Process current() {
        if (process == null) {
            throw new IllegalStateException("osctld was never started");
        }
        return process;
    }
}
