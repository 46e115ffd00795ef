package berth.hosttest;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** A command that runs. What a test leaves running is killed after it. */
public final class Running {
    /** How many times as long as elsewhere everything takes on this machine. */
    static final int SLOWNESS = Integer.getInteger("berth.slowness", 1);

    /** Far more than anything takes: a command that hangs fails its test instead of the whole run. Slow machines need more. */
    public static final Duration PATIENCE = Duration.ofSeconds(45).multipliedBy(SLOWNESS);

    private static final Queue<Running> STARTED = new ConcurrentLinkedQueue<>();

    private final String command;
    private final Process process;
    private final Path output;
    private final Path errors;

    Running(String command, Process process, Path output, Path errors) {
        this.command = command;
        this.process = process;
        this.output = output;
        this.errors = errors;
        STARTED.add(this);
    }

    /** Kills every command that still runs. */
    static void killAll() {
        for (Running running = STARTED.poll(); running != null; running = STARTED.poll()) {
            running.process.descendants().forEach(ProcessHandle::destroyForcibly);
            running.process.destroyForcibly();
        }
    }

    public long pid() {
        return process.pid();
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** Sends it the signal {@code name}, for instance {@code INT}. */
    public void signal(String name) {
        signal(process.pid(), name);
    }

    /** Sends the signal {@code name} to the process {@code pid} of the host. */
    public static void signal(long pid, String name) {
        try {
            int status = new ProcessBuilder("kill", "-s", name, Long.toString(pid))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new AssertionError("process %d cannot be sent SIG%s".formatted(pid, name));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes {@code text} to its input, which stays open. */
    void type(String text) {
        try {
            OutputStream input = process.getOutputStream();
            input.write(text.getBytes(StandardCharsets.UTF_8));
            input.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends its input. */
    void endInput() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public boolean isRunning() {
        return process.isAlive();
    }

    /** What it has written to standard output so far. */
    public String output() {
        return read(output);
    }

    /** Waits until it has written {@code text} to standard output. */
    public Running shows(String text) {
        await(text).atMost(PATIENCE).until(this::output, o -> o.contains(text));
        return this;
    }

    /** Waits until it has written {@code text} to standard error. */
    Running complains(String text) {
        await(text).atMost(PATIENCE).until(() -> read(errors), o -> o.contains(text));
        return this;
    }

    /** Waits for its end. */
    public Result result() {
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("'%s' did not end within %s; it wrote:%n%s%s"
                        .formatted(command, PATIENCE, read(output), read(errors)));
            }
            return new Result(command, process.exitValue(), Files.readAllBytes(output), Files.readAllBytes(errors));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
