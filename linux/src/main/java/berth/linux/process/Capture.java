package berth.linux.process;

import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.Poll;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Runs a program to its end and keeps what it printed. The program leads a process group of its own; what is left of the
 * group is killed when time is up or the calling thread is interrupted.
 *
 * <p>Descriptors that the program's own children keep open do not delay the end: once the program has ended, what is in
 * the pipes is read and the rest is let go.
 */
public final class Capture {
    private static final int DEFAULT_LIMIT = 1 << 20;
    /** A pipe that polls writable takes this much without blocking. Source: pipe(7), PIPE_BUF. */
    private static final int PIPE_BUF = 4096;
    /** How long an interrupt may go unnoticed: poll(2) does not know of it. */
    private static final Duration INTERRUPT_CHECK = Duration.ofMillis(100);

    private final Command command;
    private final byte[] input;
    private final int limit;
    private final Consumer<String> errorLines;

    private Capture(Command command, byte[] input, int limit, Consumer<String> errorLines) {
        this.command = command;
        this.input = input;
        this.limit = limit;
        this.errorLines = errorLines;
    }

    /** The output of {@code command}, whose own standard descriptors and grouping do not count. */
    public static Capture of(Command command) {
        return new Capture(command, new byte[0], DEFAULT_LIMIT, line -> {});
    }

    /** With these bytes on its standard input, nothing by default. */
    public Capture withInput(byte[] bytes) {
        return new Capture(command, bytes.clone(), limit, errorLines);
    }

    /** Keeping at most this many bytes of each of output and errors, 1 MiB by default. */
    public Capture keeping(int bytes) {
        return new Capture(command, input, bytes, errorLines);
    }

    /** Giving each line of its standard error to {@code lines} as it comes, on the calling thread. */
    public Capture withErrorLines(Consumer<String> lines) {
        return new Capture(command, input, limit, lines);
    }

    /**
     * Runs it, whatever status it ends with.
     *
     * @throws KernelException if it cannot be started
     * @throws TimeoutException if it still ran after {@code timeout}; it is dead then
     * @throws InterruptedException if the thread was interrupted; it is dead then
     */
    public Captured run(Duration timeout) throws TimeoutException, InterruptedException {
        try (Pipe in = Pipe.open();
                Pipe out = Pipe.open();
                Pipe err = Pipe.open();
                Child child = Spawner.spawn(command.withStdin(in.reader())
                        .withStdout(out.writer())
                        .withStderr(err.writer())
                        .grouped(Command.Grouping.OWN_GROUP))) {
            in.reader().close();
            out.writer().close();
            err.writer().close();
            boolean finished = false;
            try {
                Captured captured = pump(child, in.writer(), out.reader(), err.reader(), timeout);
                finished = true;
                return captured;
            } finally {
                if (!finished) {
                    child.signalGroup(Signal.KILL);
                    child.await();
                }
            }
        }
    }

    private Captured pump(Child child, Fd in, Fd out, Fd err, Duration timeout)
            throws TimeoutException, InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        OutputTail errors = new OutputTail(limit, errorLines);
        int sent = feed(in, 0, false);
        while (true) {
            boolean ended = child.pidfd().isExited();
            List<Poll.Interest> interests = new ArrayList<>();
            addIfOpen(interests, in, Poll.OUT);
            addIfOpen(interests, out, Poll.IN);
            addIfOpen(interests, err, Poll.IN);
            interests.add(new Poll.Interest(child.pidfd().fd(), Poll.IN));
            short[] ready = Poll.await(interests, ended ? Duration.ZERO : INTERRUPT_CHECK);
            boolean moved = false;
            for (int i = 0; i < ready.length - 1; i++) {
                Fd fd = interests.get(i).fd();
                if (ready[i] == 0) {
                    continue;
                }
                moved = true;
                if (fd == in) {
                    sent = feed(in, sent, true);
                } else if (fd == out) {
                    drain(out, bytes -> keepHead(output, bytes));
                } else {
                    drain(err, errors::add);
                }
            }
            if (ended && !moved) {
                errors.finish();
                return new Captured(child.await(), output.toByteArray(), errors.bytes());
            }
            if (Thread.interrupted()) {
                throw new InterruptedException(command.program() + " was interrupted");
            }
            if (System.nanoTime() > deadline) {
                throw new TimeoutException(command.program() + " took longer than " + timeout.toSeconds() + " s");
            }
        }
    }

    private static void addIfOpen(List<Poll.Interest> interests, Fd fd, short events) {
        if (fd.isOpen()) {
            interests.add(new Poll.Interest(fd, events));
        }
    }

    private int feed(Fd in, int sent, boolean writable) {
        int done = sent;
        if (writable && done < input.length) {
            try {
                done += in.writeSome(input, done, Math.min(PIPE_BUF, input.length - done));
            } catch (KernelException e) {
                if (!e.is(Errno.EPIPE)) {
                    throw e;
                }
                done = input.length;
            }
        }
        if (done == input.length) {
            in.close();
        }
        return done;
    }

    private static void drain(Fd fd, Consumer<byte[]> sink) {
        byte[] buffer = new byte[Fd.CHUNK];
        int n = fd.read(buffer, 0, buffer.length);
        if (n < 0) {
            fd.close();
        } else {
            sink.accept(Arrays.copyOf(buffer, n));
        }
    }

    private void keepHead(ByteArrayOutputStream output, byte[] bytes) {
        output.write(bytes, 0, Math.min(bytes.length, limit - output.size()));
    }
}
