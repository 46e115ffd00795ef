package berth.linux.process;

import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.Libc;
import berth.linux.Poll;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Runs two programs, of which one reads what the other writes. That passes through this process, which only tells the kernel to move
 * it: so it is counted, and whatever becomes of this process, neither program goes on for long. Each leads a process group of its own,
 * which is killed when the calling thread is interrupted. Source: splice(2).
 */
public final class Pipeline {
    private static final long SYS_SPLICE = 275;
    private static final long NONBLOCK = 2;
    private static final int ERRORS_KEPT = 1 << 16;
    /** How long an interrupt may go unnoticed: poll(2) does not know of it. */
    private static final Duration INTERRUPT_CHECK = Duration.ofMillis(100);

    private final Command writer;
    private final Command reader;
    private final LongConsumer passed;

    /** What both left behind: their errors, and what the reader printed beside those. */
    public record Ended(Captured writer, Captured reader) {}

    /**
     * @param writer its own standard descriptors and grouping do not count, nor do those of {@code reader}
     * @param passed told how many bytes have passed so far, on the calling thread
     */
    public Pipeline(Command writer, Command reader, LongConsumer passed) {
        this.writer = writer;
        this.reader = reader;
        this.passed = passed;
    }

    /**
     * Runs both to their ends, whatever status they end with.
     *
     * @throws KernelException if one cannot be started
     * @throws InterruptedException if the thread was interrupted; both are dead then
     */
    public Ended run() throws InterruptedException {
        try (Pipe written = Pipe.open();
                Pipe read = Pipe.open();
                Pipe writerErrors = Pipe.open();
                Pipe readerErrors = Pipe.open();
                Fd nothing = Fd.openForReading(Path.of("/dev/null"));
                Child from = spawn(writer, nothing, written.writer(), writerErrors.writer());
                Child to = spawnAfter(from, read.reader(), readerErrors.writer())) {
            written.writer().close();
            read.reader().close();
            writerErrors.writer().close();
            readerErrors.writer().close();
            boolean finished = false;
            try {
                Ended ended = new Flow(written.reader(), read.writer())
                        .run(new End(from, writerErrors.reader()), new End(to, readerErrors.reader()));
                finished = true;
                return ended;
            } finally {
                if (!finished) {
                    kill(from);
                    kill(to);
                }
            }
        }
    }

    private Child spawnAfter(Child from, Fd input, Fd errors) {
        try {
            return spawn(reader, input, errors, errors);
        } catch (KernelException e) {
            kill(from);
            throw e;
        }
    }

    private static Child spawn(Command command, Fd in, Fd out, Fd errors) {
        return Spawner.spawn(
                command.withStdin(in).withStdout(out).withStderr(errors).grouped(Command.Grouping.OWN_GROUP));
    }

    private static void kill(Child child) {
        child.signalGroup(Signal.KILL);
        child.await();
    }

    /** One of the programs, and what it complains of. */
    private static final class End {
        private final Child child;
        private final Fd errors;
        private final OutputTail kept = new OutputTail(ERRORS_KEPT, line -> {});

        End(Child child, Fd errors) {
            this.child = child;
            this.errors = errors;
        }

        boolean hasEnded() {
            return child.pidfd().isExited();
        }

        void drain() {
            byte[] buffer = new byte[Fd.CHUNK];
            int count = errors.read(buffer, 0, buffer.length);
            if (count < 0) {
                errors.close();
            } else {
                kept.add(Arrays.copyOf(buffer, count));
            }
        }

        Captured captured() {
            return new Captured(child.await(), new byte[0], kept.bytes());
        }
    }

    /** What passes. */
    private final class Flow {
        private final Fd source;
        private final Fd sink;
        /** Something is there to be moved, for which there may be no room yet. */
        private boolean waitsForRoom;

        private long bytes;

        Flow(Fd source, Fd sink) {
            this.source = source;
            this.sink = sink;
        }

        Ended run(End from, End to) throws InterruptedException {
            while (true) {
                boolean ended = from.hasEnded() && to.hasEnded();
                if (!await(List.of(from, to), ended ? Duration.ZERO : INTERRUPT_CHECK) && ended) {
                    return new Ended(from.captured(), to.captured());
                }
                if (Thread.interrupted()) {
                    throw new InterruptedException(writer.program() + " was interrupted");
                }
            }
        }

        /** Whether anything moved. */
        private boolean await(List<End> ends, Duration limit) {
            List<Poll.Interest> interests = new ArrayList<>();
            List<Runnable> work = new ArrayList<>();
            if (source.isOpen()) {
                interests.add(waitsForRoom ? new Poll.Interest(sink, Poll.OUT) : new Poll.Interest(source, Poll.IN));
                work.add(this::move);
            }
            for (End end : ends) {
                if (end.errors.isOpen()) {
                    interests.add(new Poll.Interest(end.errors, Poll.IN));
                    work.add(end::drain);
                }
                if (!end.hasEnded()) {
                    interests.add(new Poll.Interest(end.child.pidfd().fd(), Poll.IN));
                    work.add(() -> {});
                }
            }
            short[] ready = Poll.await(interests, limit);
            boolean moved = false;
            for (int i = 0; i < ready.length; i++) {
                if (ready[i] != 0) {
                    work.get(i).run();
                    moved = true;
                }
            }
            return moved;
        }

        private void move() {
            if (!waitsForRoom) {
                waitsForRoom = true;
                return;
            }
            waitsForRoom = false;
            long count = Libc.syscall(SYS_SPLICE, source.number(), 0, sink.number(), 0, Fd.CHUNK, NONBLOCK);
            if (count == -Errno.EAGAIN.number() || count == -Errno.EINTR.number()) {
                return;
            }
            if (count == 0 || count == -Errno.EPIPE.number()) {
                // The one has said all, or the other wants to hear no more: its end tells why.
                source.close();
                sink.close();
                return;
            }
            bytes += Libc.check(count, "splice", reader.program());
            passed.accept(bytes);
        }
    }
}
