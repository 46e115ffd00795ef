package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.operation.Progress;
import berth.linux.Fd;
import berth.linux.FdInputStream;
import berth.linux.process.Child;
import berth.linux.process.ExitStatus;
import berth.linux.process.Signal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * A running build: its archive is read from a pipe and ends well only if the program does; its messages are followed on a thread of
 * their own.
 */
final class SandboxBuild implements ImageBuilder.Build, ArchiveReader {
    private static final int LINES_KEPT = 40;
    private static final int LINES_SHOWN = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final String program;
    private final Child child;
    /** What the program enters. */
    private final Fd userns;
    /** The program ends when this is closed. */
    private final Fd hold;

    private final ReadAhead output;
    private final ArchiveReader tree;
    private final Thread messages;
    private final Deque<String> lines = new ArrayDeque<>();
    private boolean ended;
    /** It is closed as a build and as a reader. */
    private boolean closed;

    /** Takes ownership of {@code child} and of the descriptors, the other ends of its pipes. */
    SandboxBuild(String program, Child child, Fd userns, Fd hold, Fd out, Fd err, Progress progress) {
        this.program = program;
        this.child = child;
        this.userns = userns;
        this.hold = hold;
        this.output = ReadAhead.of(new FdInputStream(out));
        this.tree = new TarReader(output);
        this.messages = Thread.ofPlatform().daemon().name("build-messages").start(() -> follow(err, progress));
    }

    @Override
    public ArchiveReader reader() {
        return this;
    }

    @Override
    public Optional<ArchiveEntry> next() throws IOException {
        try {
            Optional<ArchiveEntry> entry = tree.next();
            if (entry.isEmpty()) {
                finish();
            }
            return entry;
        } catch (CorruptArchiveException e) {
            finish();
            throw e;
        }
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        try {
            return tree.read(buffer, offset, length);
        } catch (CorruptArchiveException e) {
            finish();
            throw e;
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (!ended && child.await(Duration.ZERO).isEmpty()) {
            hold.close();
            if (child.await(PATIENCE).isEmpty()) {
                child.signalGroup(Signal.KILL);
                child.await();
            }
        }
        hold.close();
        userns.close();
        output.close();
        child.close();
    }

    /** @throws BerthException FAILED if the program did not end well, with its reasons */
    private void finish() {
        ExitStatus status = child.await();
        ended = true;
        try {
            messages.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!status.isSuccess()) {
            throw new BerthException(
                    ErrorCode.FAILED, "%s failed (%s): %s".formatted(program, status, String.join("; ", reasons())));
        }
    }

    private void follow(Fd err, Progress progress) {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(new FdInputStream(err), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                String shown = line.replaceAll("\\p{Cntrl}", " ").strip();
                keep(shown);
                if (!shown.isEmpty()) {
                    progress.step(shown.startsWith("I: ") ? shown.substring("I: ".length()) : shown);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private synchronized void keep(String line) {
        if (!line.isEmpty()) {
            lines.add(line);
        }
        if (lines.size() > LINES_KEPT) {
            lines.remove();
        }
    }

    /** The last lines that say what went wrong, or the last of all. */
    private synchronized List<String> reasons() {
        List<String> errors = lines.stream()
                .filter(line -> line.matches("(E|Err|W|dpkg|- Curl error).*"))
                .toList();
        List<String> shown = new ArrayList<>(errors.isEmpty() ? lines : errors);
        return shown.subList(Math.max(0, shown.size() - LINES_SHOWN), shown.size());
    }
}
