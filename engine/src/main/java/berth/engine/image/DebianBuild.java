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
 * A running mmdebstrap: its archive is read from a pipe and ends well only if the program does; its messages are followed on a
 * thread of their own.
 */
final class DebianBuild implements ImageBuilder.Build, ArchiveReader {
    private static final int LINES_KEPT = 40;
    private static final int LINES_SHOWN = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Child child;
    private final ReadAhead output;
    private final DebianTree tree;
    private final Thread messages;
    private final Deque<String> lines = new ArrayDeque<>();
    private boolean ended;
    /** It is closed as a build and as a reader. */
    private boolean closed;

    /** Takes ownership of {@code child} and of the reading ends of its pipes. */
    DebianBuild(Child child, Fd out, Fd err, Progress progress) {
        this.child = child;
        this.output = ReadAhead.of(new FdInputStream(out));
        this.tree = new DebianTree(new TarReader(output));
        this.messages = Thread.ofPlatform().daemon().name("mmdebstrap-messages").start(() -> follow(err, progress));
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
            // It removes its temporary tree when asked to end, but not when killed.
            child.signalGroup(Signal.TERM);
            if (child.await(PATIENCE).isEmpty()) {
                child.signalGroup(Signal.KILL);
                child.await();
            }
        }
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
                    ErrorCode.FAILED, "mmdebstrap failed (%s): %s".formatted(status, String.join("; ", reasons())));
        }
    }

    private void follow(Fd err, Progress progress) {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(new FdInputStream(err), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                String shown = line.replaceAll("\\p{Cntrl}", " ").strip();
                keep(shown);
                if (shown.startsWith("I: ")) {
                    progress.step(shown.substring("I: ".length()));
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
        List<String> errors =
                lines.stream().filter(line -> line.matches("(E|Err|W|dpkg).*")).toList();
        List<String> shown = new ArrayList<>(errors.isEmpty() ? lines : errors);
        return shown.subList(Math.max(0, shown.size() - LINES_SHOWN), shown.size());
    }
}
