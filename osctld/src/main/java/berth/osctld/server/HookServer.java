package berth.osctld.server;

import berth.engine.container.StartGate.Verdict;
import berth.linux.KernelException;
import berth.linux.Poll;
import berth.linux.socket.PeerCredentials;
import berth.linux.socket.UnixListener;
import berth.linux.socket.UnixStream;
import berth.osctld.output.RawText;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the hook socket, to which every user of the host can connect: {@code osctl hook} asks there before each init of a
 * container. Whoever is nobody's hook is turned away before a byte of his is read; the others have a bounded number of threads,
 * of which no user gets more than a share. A hook that finds no room, or is cut off, comes again: it is never failed for that.
 *
 * <p>Threads are the platform's, since preparing a container blocks in the kernel.
 */
public final class HookServer implements AutoCloseable {
    /** What a hook sends: that it is a hook, of version 1, and which. */
    private static final byte[] QUESTION = question();

    private static final byte HOOK = 'K';
    private static final byte HOOKED = 'k';
    private static final int VERSION = 1;
    private static final byte START_HOST = 1;
    private static final byte OK = 0;
    private static final byte FAILURE = 1;
    private static final int LONGEST_MESSAGE = 1024;

    private static final Logger LOG = LoggerFactory.getLogger(HookServer.class);
    private static final Duration READ_LIMIT = Duration.ofSeconds(2);
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final int GRACE_SECONDS = 10;
    private static final int ROOM = 64;
    private static final int SHARE = 16;
    private static final int WARNINGS = 10;
    private static final Duration WARNINGS_PER = Duration.ofMinutes(1);

    private final UnixListener listener;
    private final Predicate<PeerCredentials> recognises;
    private final Function<PeerCredentials, Verdict> prepare;
    private final Allowance warnings;
    private final Map<Integer, Integer> sharesByUser = new ConcurrentHashMap<>();
    private final Set<UnixStream> running = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("hook-", 1).factory());

    /**
     * @param listener socket to serve; closed with this
     * @param recognises whether a peer may be a hook, to be told at once
     * @param prepare what is done for it
     */
    public HookServer(
            UnixListener listener,
            Predicate<PeerCredentials> recognises,
            Function<PeerCredentials, Verdict> prepare,
            InstantSource clock) {
        this.listener = listener;
        this.recognises = recognises;
        this.prepare = prepare;
        this.warnings = new Allowance(WARNINGS, WARNINGS_PER, clock);
    }

    /** Begins to accept connections, until {@link #close()}. */
    public void start() {
        Thread.ofPlatform().daemon().name("hooks").start(this::serve);
    }

    private void serve() {
        while (true) {
            try {
                Optional<UnixStream> stream = listener.accept();
                if (stream.isEmpty()) {
                    return;
                }
                receive(stream.get());
            } catch (KernelException e) {
                LOG.error("a hook's connection could not be accepted: {}", e.getMessage());
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    /** Takes no more connections and cuts off the hooks under way, which will ask the next daemon. */
    @Override
    public void close() {
        listener.close();
        threads.shutdown();
        running.forEach(UnixStream::shutdown);
        try {
            if (!threads.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("{} hooks did not end in time", running.size());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void receive(UnixStream stream) {
        PeerCredentials peer = stream.peer();
        boolean known = false;
        try {
            known = recognises.test(peer);
        } catch (RuntimeException e) {
            LOG.error("it cannot be found out who process {} is", peer.pid(), e);
        }
        if (!known) {
            try (stream) {
                refuse(stream, peer, "it is not in the cgroup of a monitor");
            } catch (KernelException e) {
                LOG.debug("a stranger is gone: {}", e.getMessage());
            }
        } else if (!admit(peer)) {
            stream.close();
        } else {
            hand(stream, peer);
        }
    }

    private void hand(UnixStream stream, PeerCredentials peer) {
        running.add(stream);
        try {
            threads.execute(() -> converse(stream, peer));
        } catch (RejectedExecutionException e) {
            release(stream, peer);
        }
    }

    private void converse(UnixStream stream, PeerCredentials peer) {
        try {
            if (asks(stream)) {
                answer(stream, peer, prepare.apply(peer));
            } else {
                refuse(stream, peer, "it does not ask as one");
            }
        } catch (KernelException e) {
            LOG.debug("a hook's connection broke: {}", e.getMessage());
        } catch (RuntimeException | Error e) {
            LOG.error("the hook of process {} broke", peer.pid(), e);
        } finally {
            release(stream, peer);
        }
    }

    private void answer(UnixStream stream, PeerCredentials peer, Verdict verdict) {
        switch (verdict) {
            case Verdict.Ready _ -> stream.write(new Frame(HOOKED, new byte[] {OK}).bytes());
            case Verdict.Failed failed -> fail(stream, failed.why());
            case Verdict.Refused refused -> refuse(stream, peer, refused.why());
            case Verdict.Later _ -> warn("process %d of user %d is of a container that is not known; it waits", peer);
        }
    }

    private void refuse(UnixStream stream, PeerCredentials peer, String why) {
        warn("process %d of user %d is no container's hook: " + why, peer);
        fail(stream, "this process is no container's hook: " + why);
    }

    private static void fail(UnixStream stream, String message) {
        byte[] text = RawText.encode(message.replaceAll("\\p{Cntrl}+", " "));
        int length = Math.min(text.length, LONGEST_MESSAGE);
        byte[] payload = ByteBuffer.allocate(1 + length)
                .put(FAILURE)
                .put(text, 0, length)
                .array();
        stream.write(new Frame(HOOKED, payload).bytes());
    }

    /** Whether it sends what a hook sends, soon. */
    private static boolean asks(UnixStream stream) {
        byte[] received = new byte[QUESTION.length];
        long deadline = System.nanoTime() + READ_LIMIT.toNanos();
        int length = 0;
        while (length < received.length) {
            Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            if (Poll.await(stream.fd(), Poll.IN, left) == 0) {
                return false;
            }
            int got = stream.read(received, length, received.length - length);
            if (got <= 0) {
                return false;
            }
            length += got;
        }
        return Arrays.equals(received, QUESTION);
    }

    /** Whether there is room for one more of this user. */
    private boolean admit(PeerCredentials peer) {
        boolean[] admitted = {false};
        if (running.size() < ROOM) {
            sharesByUser.compute(peer.uid(), (_, share) -> {
                int taken = share == null ? 0 : share;
                admitted[0] = taken < SHARE;
                return admitted[0] ? Integer.valueOf(taken + 1) : share;
            });
        }
        return admitted[0];
    }

    private void release(UnixStream stream, PeerCredentials peer) {
        running.remove(stream);
        sharesByUser.computeIfPresent(peer.uid(), (_, share) -> share > 1 ? share - 1 : null);
        stream.close();
    }

    private void warn(String text, PeerCredentials peer) {
        if (warnings.take()) {
            LOG.warn(text.formatted(peer.pid(), peer.uid()));
        }
    }

    private static byte[] question() {
        byte[] payload = ByteBuffer.allocate(Integer.BYTES + 1)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(VERSION)
                .put(START_HOST)
                .array();
        return new Frame(HOOK, payload).bytes();
    }
}
