package berth.osctld.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import berth.engine.container.StartGate.Verdict;
import berth.linux.KernelException;
import berth.linux.socket.PeerCredentials;
import berth.linux.socket.UnixListener;
import berth.linux.socket.UnixStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class HookServerTest {
    private static final int THIS_USER = -1;
    /** More than the share of one user. */
    private static final int MANY = 20;

    private static final byte[] QUESTION = {5, 0, 0, 0, 'K', 1, 0, 0, 0, 1};
    private static final byte[] READY = {1, 0, 0, 0, 'k', 0};
    private static final byte[] NOTHING = {};

    private final AtomicBoolean known = new AtomicBoolean(true);
    private final AtomicReference<Function<PeerCredentials, Verdict>> prepare =
            new AtomicReference<>(_ -> new Verdict.Ready());
    private final Path socket;
    private final HookServer server;

    HookServerTest(@TempDir Path directory) {
        socket = directory.resolve("sock");
        server = new HookServer(
                UnixListener.bind(socket, 0600, THIS_USER, THIS_USER),
                _ -> known.get(),
                peer -> prepare.get().apply(peer),
                InstantSource.system());
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static void awaited(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] answerTo(byte[] question) {
        try (UnixStream stream = UnixStream.connect(socket)) {
            stream.write(question);
            return rest(stream);
        }
    }

    /** What comes up to the end. A server that does not want all that was sent resets the connection after its answer. */
    private static byte[] rest(UnixStream stream) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] part = new byte[4096];
        try {
            for (int n = stream.read(part, 0, part.length); n > 0; n = stream.read(part, 0, part.length)) {
                bytes.write(part, 0, n);
            }
        } catch (KernelException reset) {
            return bytes.toByteArray();
        }
        return bytes.toByteArray();
    }

    private static String message(byte[] answer) {
        assertThat(answer).hasSizeGreaterThan(Frame.HEADER);
        assertThat(answer[4]).isEqualTo((byte) 'k');
        assertThat(answer[5]).isEqualTo((byte) 1);
        return new String(answer, 6, answer.length - 6, UTF_8);
    }

    @Test
    void aHookIsAnsweredWhenItsContainerIsReady() {
        AtomicInteger pid = new AtomicInteger();
        prepare.set(peer -> {
            pid.set(peer.pid());
            return new Verdict.Ready();
        });

        assertThat(answerTo(QUESTION)).isEqualTo(READY);
        assertThat(pid).hasValue((int) ProcessHandle.current().pid());
    }

    @Test
    void aFailureIsToldInOneLineOfBoundedLength() {
        prepare.set(_ -> new Verdict.Failed("no\nsuch network\u001b[31m" + "x".repeat(5000)));

        assertThat(message(answerTo(QUESTION)))
                .startsWith("no such network [31mxxx")
                .hasSize(1024);
    }

    @Test
    void aRefusalIsTold() {
        prepare.set(_ -> new Verdict.Refused("it is somebody else"));

        assertThat(message(answerTo(QUESTION))).isEqualTo("this process is no container's hook: it is somebody else");
    }

    @Test
    void aStrangerIsTurnedAwayUnheard() {
        known.set(false);
        prepare.set(_ -> {
            throw new AssertionError("asked");
        });

        try (UnixStream stream = UnixStream.connect(socket)) {
            assertThat(message(rest(stream))).contains("no container's hook");
        }
    }

    @Test
    void aHookOfAContainerThatIsNotKnownYetIsNotAnswered() {
        prepare.set(_ -> new Verdict.Later());

        assertThat(answerTo(QUESTION)).isEqualTo(NOTHING);
    }

    @Test
    void whoAsksWrongIsRefusedUnprepared() {
        prepare.set(_ -> {
            throw new AssertionError("asked");
        });

        assertThat(message(answerTo("GET / HTTP/1.1\r\n\r\n".getBytes(UTF_8)))).contains("does not ask as one");
        assertThat(message(answerTo(new byte[] {5, 0, 0, 0, 'K', 2, 0, 0, 0, 1})))
                .contains("does not ask as one");
    }

    @Test
    void whoSaysNothingIsRefusedSoon() {
        try (UnixStream stream = UnixStream.connect(socket)) {
            assertThat(message(rest(stream))).contains("does not ask as one");
        }
    }

    @Test
    void aUserWhoHasHisShareComesAgain() {
        CountDownLatch go = new CountDownLatch(1);
        prepare.set(_ -> {
            awaited(go);
            return new Verdict.Ready();
        });
        List<UnixStream> streams =
                Stream.generate(() -> UnixStream.connect(socket)).limit(MANY).toList();
        streams.getFirst().write(QUESTION);

        assertThat(rest(streams.getLast())).isEqualTo(NOTHING);
        go.countDown();

        assertThat(rest(streams.getFirst())).isEqualTo(READY);
        streams.forEach(UnixStream::close);
        assertThat(answerTo(QUESTION)).isEqualTo(READY);
    }

    @Test
    void aPreparationThatBreaksIsNotAnsweredAndHarmsNobodyElse() {
        prepare.set(_ -> {
            throw new IllegalStateException("a defect");
        });
        assertThat(answerTo(QUESTION)).isEqualTo(NOTHING);

        prepare.set(_ -> new Verdict.Ready());
        assertThat(answerTo(QUESTION)).isEqualTo(READY);
    }

    @Test
    void theEndOfTheDaemonAnswersNoHook() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch closing = new CountDownLatch(1);
        prepare.set(_ -> {
            begun.countDown();
            awaited(closing);
            return new Verdict.Failed("cut off");
        });
        try (UnixStream stream = UnixStream.connect(socket)) {
            stream.write(QUESTION);
            begun.await();
            Thread end = Thread.ofPlatform().start(server::close);

            assertThat(rest(stream)).isEqualTo(NOTHING);

            closing.countDown();
            end.join();
        }
    }
}
