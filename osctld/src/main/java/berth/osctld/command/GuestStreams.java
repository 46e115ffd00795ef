package berth.osctld.command;

import berth.engine.container.ContainerShell;
import berth.engine.runtime.GuestProcess;
import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.Poll;
import berth.linux.process.ExitStatus;
import berth.linux.process.Pipe;
import berth.linux.socket.Pty;
import berth.linux.socket.Terminal;
import berth.osctld.server.Session;
import berth.osctld.server.StandardStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The standard streams of a program inside a container. Files, pipes and sockets are handed over. A terminal never is: who
 * holds it could type into the caller's shell, and it is no controlling terminal for the program. Between two terminals, a
 * caller's at both ends, the program gets one of its own; a single end that is a terminal becomes a pipe.
 */
final class GuestStreams implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GuestStreams.class);
    private static final Duration SLICE = Duration.ofMillis(50);

    private static final long GLANCE_NANOS = 500_000;

    private final Session session;
    private final Optional<Pty> pty;
    private final Map<StandardStream, Pipe> pipes = new EnumMap<>(StandardStream.class);
    private final AtomicBoolean ended = new AtomicBoolean();
    private final List<Thread> copiers = new ArrayList<>();

    GuestStreams(Session session) {
        this.session = session;
        this.pty = isTerminal(StandardStream.STDIN) && isTerminal(StandardStream.STDOUT)
                ? Optional.of(Pty.open())
                : Optional.empty();
        if (pty.isEmpty()) {
            for (StandardStream stream : StandardStream.values()) {
                if (isTerminal(stream)) {
                    pipes.put(stream, Pipe.open());
                }
            }
        }
    }

    /** What the program is given. */
    ContainerShell.Streams streams() {
        return new ContainerShell.Streams(
                given(StandardStream.STDIN), given(StandardStream.STDOUT), given(StandardStream.STDERR));
    }

    /** Passes bytes, signals and sizes on until {@code process}, which has {@link #streams}, ends: how. */
    ExitStatus run(GuestProcess process) {
        pty.ifPresent(p -> p.slave().close());
        closeGivenPipes();
        try (Terminal.Mode _ = pty.isPresent() ? Terminal.raw(session.descriptor(StandardStream.STDIN)) : () -> {};
                var _ = session.signals().handle(process::signal);
                var _ = session.signals().onResize(this::resize)) {
            resize(session.invocation().window());
            startCopying();
            ExitStatus status = process.await();
            stopCopying();
            return status;
        }
    }

    /** Closes what is this side's. */
    @Override
    public void close() {
        pty.ifPresent(Pty::close);
        pipes.values().forEach(Pipe::close);
    }

    private boolean isTerminal(StandardStream stream) {
        return session.invocation().isTerminal(stream);
    }

    private Fd given(StandardStream stream) {
        if (pty.isPresent() && isTerminal(stream)) {
            return pty.get().slave();
        }
        Pipe pipe = pipes.get(stream);
        if (pipe == null) {
            return session.descriptor(stream);
        }
        return stream == StandardStream.STDIN ? pipe.reader() : pipe.writer();
    }

    private void closeGivenPipes() {
        pipes.forEach((stream, pipe) -> {
            if (stream == StandardStream.STDIN) {
                pipe.reader().close();
            } else {
                pipe.writer().close();
            }
        });
    }

    private void resize(Terminal.Size size) {
        pty.filter(_ -> size.rows() > 0).ifPresent(p -> Terminal.resize(p.master(), size));
    }

    private void startCopying() {
        pty.ifPresent(p -> {
            copy("output", () -> show(p.master(), session.out()));
            copy("input", () -> {
                awaitTakeover(p.master());
                type(p.master());
            });
        });
        pipes.forEach((stream, pipe) -> {
            switch (stream) {
                case STDIN -> copy("input", () -> type(pipe.writer()));
                case STDOUT -> copy("output", () -> show(pipe.reader(), session.out()));
                case STDERR -> copy("errors", () -> show(pipe.reader(), session.err()));
            }
        });
    }

    private void copy(String name, Runnable work) {
        copiers.add(Thread.ofPlatform().daemon().name("guest-" + name).start(work));
    }

    /** What the program wrote before its end is still shown; what its children keep writing is not waited for. */
    private void stopCopying() {
        ended.set(true);
        boolean interrupted = false;
        for (Thread copier : copiers) {
            if (copier.getName().endsWith("input")) {
                copier.interrupt();
            }
            try {
                copier.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** lxc-attach throws away what was typed before it took the terminal over. Source: LXC 5.0, lxc_setup_tios. */
    private void awaitTakeover(Fd master) {
        while (!ended.get() && Terminal.isByLine(master)) {
            LockSupport.parkNanos(GLANCE_NANOS);
        }
    }

    private void show(Fd from, OutputStream to) {
        byte[] buffer = new byte[Fd.CHUNK];
        try {
            while (true) {
                if (Poll.await(from, Poll.IN, ended.get() ? Duration.ZERO : SLICE) == 0) {
                    if (ended.get()) {
                        return;
                    }
                    continue;
                }
                int count = from.read(buffer, 0, buffer.length);
                if (count < 0) {
                    return;
                }
                to.write(buffer, 0, count);
            }
        } catch (KernelException e) {
            // A pty whose other side is closed.
            if (!e.is(Errno.EIO)) {
                LOG.warn("output of a command could not be read: {}", e.getMessage());
            }
        } catch (IOException e) {
            LOG.debug("a caller reads no more: {}", e.getMessage());
        }
    }

    private void type(Fd to) {
        byte[] buffer = new byte[Fd.CHUNK];
        InputStream in = session.in();
        try {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                to.writeFully(buffer, 0, count);
            }
        } catch (KernelException | IOException e) {
            LOG.debug("a command takes no more input: {}", e.getMessage());
        }
        if (pty.isEmpty()) {
            to.close();
        }
    }
}
