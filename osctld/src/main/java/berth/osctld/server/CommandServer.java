package berth.osctld.server;

import berth.linux.KernelException;
import berth.linux.process.ExitStatus;
import berth.linux.process.Signal;
import berth.linux.socket.UnixListener;
import berth.linux.socket.UnixStream;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the command socket. Each session has two platform threads, since both block in the kernel: one reads the hello and
 * runs the command, the other receives signals while it runs. Threads are kept for the next session.
 */
public final class CommandServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CommandServer.class);
    private static final ExitStatus BROKEN = Exits.of(70);
    private static final int GRACE_SECONDS = 10;
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final UnixListener listener;
    private final Program program;
    private final Semaphore room;
    private final Set<SocketSession> running = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("session-", 1).factory());

    /**
     * @param listener socket to serve; closed with this
     * @param program what each session runs
     * @param sessions how many sessions may run at once; more wait
     */
    public CommandServer(UnixListener listener, Program program, int sessions) {
        this.listener = listener;
        this.program = program;
        this.room = new Semaphore(sessions);
    }

    /** Accepts connections until {@link #close()}. */
    public void serve() {
        while (true) {
            room.acquireUninterruptibly();
            Optional<UnixStream> stream = accept();
            if (stream.isEmpty()) {
                return;
            }
            threads.execute(() -> converse(stream.get()));
        }
    }

    private Optional<UnixStream> accept() {
        while (true) {
            try {
                return listener.accept();
            } catch (KernelException e) {
                LOG.error("a command connection could not be accepted: {}", e.getMessage());
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    /** Takes no more connections, cancels the commands that run and gives them a moment to clean up. */
    @Override
    public void close() {
        listener.close();
        running.forEach(session -> session.signals().deliver(Signal.TERM));
        threads.shutdown();
        try {
            if (!threads.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("{} commands did not end in time", running.size());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void converse(UnixStream stream) {
        try (stream;
                FrameReader frames = new FrameReader(stream)) {
            greet(stream, frames);
        } catch (RejectedExecutionException e) {
            LOG.debug("a command came while the daemon was ending");
        } catch (KernelException e) {
            LOG.debug("a command connection broke: {}", e.getMessage());
        } finally {
            room.release();
        }
    }

    private void greet(UnixStream stream, FrameReader frames) {
        try {
            Optional<SocketSession> session = SocketSession.greet(stream, frames);
            if (session.isPresent()) {
                run(session.get(), stream);
            }
        } catch (MalformedFrameException e) {
            LOG.warn("closed a command connection of pid {}: {}", stream.peer().pid(), e.getMessage());
        }
    }

    private void run(SocketSession session, UnixStream stream) {
        running.add(session);
        Future<?> receiving = threads.submit(() -> receive(session));
        try {
            ExitStatus status;
            try (session) {
                status = runProgram(session);
            }
            // After the descriptors are closed: whoever reads the output must see its end when osctl ends.
            session.exit(status);
        } finally {
            running.remove(session);
            stream.shutdown();
            awaitEnd(receiving);
        }
    }

    private ExitStatus runProgram(SocketSession session) {
        session.signals().begin();
        try {
            return program.run(session);
        } catch (RuntimeException | Error e) {
            LOG.error("a command broke: {}", session.invocation().arguments(), e);
            return BROKEN;
        } finally {
            session.signals().end();
        }
    }

    private static void receive(SocketSession session) {
        try {
            session.receive();
        } catch (MalformedFrameException e) {
            LOG.warn("closed a command session of pid {}: {}", session.peer().pid(), e.getMessage());
        } catch (KernelException e) {
            LOG.debug("a command session broke: {}", e.getMessage());
        }
    }

    private static void awaitEnd(Future<?> receiving) {
        try {
            receiving.get();
        } catch (ExecutionException e) {
            LOG.error("a session's receiver broke", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
